//! Durations as configuration files and queries write them.
//!
//! One reader serves both dialects of the original's world: Prometheus' (`1d12h`, units
//! `y w d h m s ms`) and Go's (`1.5h`, `1m30s`, `250µs`). Every number needs a unit, except
//! a bare `0`.

use std::time::Duration;

/// Why a text is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Nothing was given.
    #[error("empty duration: write for example `30s` or `1h30m`")]
    Empty,
    /// A number stands without its unit.
    #[error("missing unit in duration `{0}`: write for example `{0}s`")]
    MissingUnit(String),
    /// The unit is none of ours.
    #[error("unknown unit `{unit}` in duration `{text}`: use ns, us, ms, s, m, h, d, w or y")]
    UnknownUnit {
        /// The whole text.
        text: String,
        /// The unit in question.
        unit: String,
    },
    /// It does not start with a number, or is otherwise no duration.
    #[error("`{0}` is no duration: write for example `30s` or `1h30m`")]
    Invalid(String),
    /// More than fits, about 292 years.
    #[error("duration `{0}` is too long")]
    TooLong(String),
}

/// 365-day years, as Prometheus counts them.
const UNITS: [(&str, f64); 11] = [
    ("ns", 1e-9),
    ("us", 1e-6),
    ("µs", 1e-6),
    ("μs", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
    ("d", 86_400.0),
    ("w", 604_800.0),
    ("y", 31_536_000.0),
];

/// Reads a duration; signs and blanks are not part of either dialect.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    if text.is_empty() {
        return Err(DurationError::Empty);
    }
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let mut rest = text;
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .ok_or_else(|| DurationError::MissingUnit(text.to_owned()))?;
        let (number, tail) = rest.split_at(digits);
        let number: f64 = number
            .parse()
            .map_err(|_| DurationError::Invalid(text.to_owned()))?;
        let unit_end = tail
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let (_, seconds) = UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .ok_or_else(|| DurationError::UnknownUnit {
                text: text.to_owned(),
                unit: unit.to_owned(),
            })?;
        total += number * seconds;
        rest = tail;
    }
    if total > i64::MAX as f64 / 1e9 {
        return Err(DurationError::TooLong(text.to_owned()));
    }
    Duration::try_from_secs_f64(total).map_err(|_| DurationError::TooLong(text.to_owned()))
}

/// The shortest Prometheus spelling of whole seconds: `90` is `1m30s`, `0` is `0s`.
pub fn format_seconds(mut seconds: u64) -> String {
    if seconds == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (unit, size) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] {
        if seconds >= size {
            text += &format!("{}{unit}", seconds / size);
            seconds %= size;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_both_dialects() {
        let cases = [
            ("30s", 30.0),
            ("1m30s", 90.0),
            ("1.5h", 5400.0),
            ("1d12h", 129_600.0),
            ("250ms", 0.25),
            ("10µs", 1e-5),
            ("0", 0.0),
            ("0s", 0.0),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse(text), Ok(Duration::from_secs_f64(seconds)), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(parse(""), Err(DurationError::Empty));
        assert_eq!(parse("30"), Err(DurationError::MissingUnit("30".into())));
        assert!(matches!(
            parse("3 s"),
            Err(DurationError::UnknownUnit { .. })
        ));
        assert!(matches!(
            parse("1x"),
            Err(DurationError::UnknownUnit { .. })
        ));
        assert!(matches!(
            parse("-5s"),
            Err(DurationError::UnknownUnit { .. } | DurationError::Invalid(_))
        ));
        assert_eq!(parse("9999y"), Err(DurationError::TooLong("9999y".into())));
    }

    proptest! {
        #[test]
        fn formatted_reads_back(seconds in 0u64..10_000_000_000) {
            prop_assert_eq!(parse(&format_seconds(seconds)).map(|it| it.as_secs()).ok(), Some(seconds).filter(|s| *s <= 9_223_372_036));
        }

        #[test]
        fn never_panics(text in ".{0,20}") {
            let _ = parse(&text);
        }
    }
}
