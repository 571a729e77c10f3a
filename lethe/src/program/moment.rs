//! Times on a command line: `now`, `now-1h`, RFC 3339, or seconds since 1970.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

use crate::letheql::parse_millis;

/// A time that may depend on when it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// That long ago.
    Ago(TimeDelta),
    /// That instant.
    At(DateTime<Utc>),
}

impl Moment {
    /// The instant that is meant at the time `now`; one too long ago to be
    /// expressed is the first that can be.
    pub fn instant(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Moment::Ago(span) => now
                .checked_sub_signed(span)
                .unwrap_or(DateTime::<Utc>::MIN_UTC),
            Moment::At(instant) => instant,
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Moment, String> {
        parse(text).ok_or_else(|| {
            "use `now`, `now-1h`, RFC 3339 such as `2009-11-10T23:00:00Z`, or seconds since 1970"
                .to_owned()
        })
    }
}

fn parse(text: &str) -> Option<Moment> {
    if let Some(ago) = text.strip_prefix("now") {
        let millis = match ago {
            "" => 0,
            _ => i64::try_from(parse_millis(ago.strip_prefix('-')?)?).ok()?,
        };
        return TimeDelta::try_milliseconds(millis).map(Moment::Ago);
    }
    let instant = match text.parse() {
        Ok(seconds) => DateTime::from_timestamp(seconds, 0)?,
        Err(_) => DateTime::parse_from_rfc3339(text).ok()?.to_utc(),
    };
    Some(Moment::At(instant))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moments_are_relative_or_absolute() {
        let now: DateTime<Utc> = "2009-11-10T23:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("now", "2009-11-10T23:00:00Z"),
            ("now-1h30m", "2009-11-10T21:30:00Z"),
            ("2009-11-10T23:00:00+09:00", "2009-11-10T14:00:00Z"),
            ("0", "1970-01-01T00:00:00Z"),
        ] {
            let instant = text.parse::<Moment>().unwrap().instant(now);
            let expected: DateTime<Utc> = expected.parse().unwrap();
            assert_eq!(instant, expected, "{text}");
        }
        for text in ["", "now-", "now+1h", "now-1", "yesterday", "-1h"] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(now-)?.{0,30}") {
            let _ = text.parse::<Moment>().map(|it| it.instant(DateTime::<Utc>::MIN_UTC));
        }
    }
}
