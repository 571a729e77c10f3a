//! Whether a silence makes sense, before an Alertmanager is asked.

use chrono::DateTime;
use venti_alert::Timestamp;
use venti_alert::config::MatchPattern;
use venti_model::api::silences::{NewSilence, SilenceMatcher};

use crate::notify::alert;

/// Why it does not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("id: `{0}` is no id of a silence")]
    Id(String),
    #[error("matchers: at least one is needed")]
    NoMatchers,
    #[error("matchers: one has no `name`")]
    NoName,
    #[error("matchers: the expression for `{0}` cannot be read: {1}")]
    Expression(String, String),
    #[error("matchers: all of them match a missing label, so the silence could match every alert")]
    MatchesAll,
    #[error("{0}: `{1}` is no time: write it as 2026-11-21T15:04:05Z")]
    Time(&'static str, String),
    #[error("endsAt: it is not after the start")]
    EndsBeforeStart,
    #[error("endsAt: it is in the past")]
    IsOver,
    #[error("comment: say why, for whoever wonders about the silence")]
    NoComment,
}

/// Checks a silence that is to be made at `now`. What is about names of labels only is left to
/// Alertmanager, whose versions differ.
pub(crate) fn check(silence: &NewSilence, now: Timestamp) -> Result<(), Refused> {
    if let Some(id) = &silence.id
        && !is_id(id)
    {
        return Err(Refused::Id(id.clone()));
    }
    if silence.matchers.is_empty() {
        return Err(Refused::NoMatchers);
    }
    let mut can_match_all = true;
    for matcher in &silence.matchers {
        can_match_all &= matches_nothing(matcher)?;
    }
    if can_match_all {
        return Err(Refused::MatchesAll);
    }
    let starts_at = match &silence.starts_at {
        Some(text) => time("startsAt", text)?,
        None => now,
    };
    let ends_at = time("endsAt", &silence.ends_at)?;
    if ends_at <= starts_at {
        return Err(Refused::EndsBeforeStart);
    }
    if ends_at <= now {
        return Err(Refused::IsOver);
    }
    if silence.comment.trim().is_empty() {
        return Err(Refused::NoComment);
    }
    Ok(())
}

/// Whether a text is an id of a silence, a UUID: nothing else becomes part of a path.
pub(crate) fn is_id(text: &str) -> bool {
    let is_digit = |it: char| it.is_ascii_hexdigit() || it == '-';
    text.len() == 36 && text.chars().all(is_digit)
}

/// Whether a matcher matches an alert without the label.
fn matches_nothing(matcher: &SilenceMatcher) -> Result<bool, Refused> {
    if matcher.name.is_empty() {
        return Err(Refused::NoName);
    }
    let is_match = if matcher.is_regex {
        let pattern = MatchPattern::parse(&matcher.value);
        let wrong = |it| Refused::Expression(matcher.name.clone(), it);
        pattern.map_err(wrong)?.is_match("")
    } else {
        matcher.value.is_empty()
    };
    Ok(is_match == matcher.is_equal)
}

fn time(key: &'static str, text: &str) -> Result<Timestamp, Refused> {
    let wrong = || Refused::Time(key, text.to_owned());
    // Nanoseconds reach to 2262; what is later is as good as for ever, and Alertmanager's to say.
    DateTime::parse_from_rfc3339(text).map_err(|_| wrong())?;
    alert::time(text).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matcher(name: &str, value: &str, is_regex: bool, is_equal: bool) -> SilenceMatcher {
        SilenceMatcher {
            name: name.to_owned(),
            value: value.to_owned(),
            is_regex,
            is_equal,
        }
    }

    fn silence(matchers: Vec<SilenceMatcher>) -> NewSilence {
        NewSilence {
            id: None,
            matchers,
            starts_at: None,
            ends_at: "1970-01-01T02:00:00Z".to_owned(),
            created_by: None,
            comment: "a test".to_owned(),
        }
    }

    fn at(seconds: f64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn what_makes_sense_is_let_through() {
        let matchers = vec![
            matcher("alertname", "Down", false, true),
            matcher("team", ".*", true, true),
        ];
        assert_eq!(check(&silence(matchers), at(3600.0)), Ok(()));
    }

    #[test]
    fn what_does_not_is_refused_with_the_reason() {
        let one = || vec![matcher("a", "b", false, true)];
        let refused = |it: &NewSilence| check(it, at(3600.0)).unwrap_err();
        assert_eq!(refused(&silence(Vec::new())), Refused::NoMatchers);
        for (value, is_regex, is_equal) in [
            ("", false, true),
            (".*", true, true),
            ("b", false, false),
            ("b+", true, false),
        ] {
            let all = vec![matcher("a", value, is_regex, is_equal)];
            assert_eq!(refused(&silence(all)), Refused::MatchesAll, "{value}");
        }
        let broken = refused(&silence(vec![matcher("a", "(", true, true)]));
        assert!(matches!(broken, Refused::Expression(name, _) if name == "a"));
        let unnamed = silence(vec![matcher("", "b", false, true)]);
        assert_eq!(refused(&unnamed), Refused::NoName);
        assert_eq!(
            check(&silence(one()), at(7200.0)),
            Err(Refused::EndsBeforeStart)
        );
        let past = NewSilence {
            starts_at: Some("1970-01-01T00:00:00Z".to_owned()),
            ..silence(one())
        };
        assert_eq!(check(&past, at(7200.0)), Err(Refused::IsOver));
        let late = NewSilence {
            ends_at: "tomorrow".to_owned(),
            ..silence(one())
        };
        assert_eq!(
            refused(&late),
            Refused::Time("endsAt", "tomorrow".to_owned())
        );
        let silent = NewSilence {
            comment: " ".to_owned(),
            ..silence(one())
        };
        assert_eq!(refused(&silent), Refused::NoComment);
        let path = NewSilence {
            id: Some("../../status".to_owned()),
            ..silence(one())
        };
        assert!(matches!(refused(&path), Refused::Id(_)));
    }

    proptest! {
        #[test]
        fn never_panics(
            value in ".{0,20}",
            name in "[a-z]{0,3}",
            is_regex: bool,
            is_equal: bool,
            time in "([0-9TZ:.+-]{0,30}|.{0,10})",
        ) {
            let it = NewSilence {
                ends_at: time.clone(),
                starts_at: Some(time),
                ..silence(vec![matcher(&name, &value, is_regex, is_equal)])
            };
            let _ = check(&it, at(0.0));
        }
    }
}
