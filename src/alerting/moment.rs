//! Moments and values of the API, to what a reader wants of them.

use venti_model::duration::format_seconds;
use venti_model::time::TimePoint;

/// The unix seconds of an RFC 3339 text; nothing for the year 1, which means never, and for what
/// is no moment.
pub(super) fn moment(text: &str) -> Option<f64> {
    match text.parse() {
        Ok(TimePoint::At(seconds)) if seconds > 0.0 => Some(seconds),
        _ => None,
    }
}

/// How long ago something was, in its two largest units: `12s`, `3m20s`, `2d4h`. A moment to come
/// is now: clocks differ a little.
pub(super) fn age(since: f64, now: f64) -> String {
    let seconds = (now - since).max(0.0) as u64;
    let unit = match seconds {
        86_400.. => 3600,
        3600.. => 60,
        _ => 1,
    };
    format_seconds(seconds - seconds % unit)
}

/// How long something took or takes, in seconds: `3ms`, `1.25s`, `1m30s`.
pub(super) fn length(seconds: f64) -> String {
    let milliseconds = seconds * 1000.0;
    if !seconds.is_finite() || seconds <= 0.0 {
        "0s".to_owned()
    } else if milliseconds < 1.0 {
        "<1ms".to_owned()
    } else if milliseconds < 1000.0 {
        format!("{milliseconds:.0}ms")
    } else if seconds < 60.0 {
        format!("{}s", (seconds * 100.0).round() / 100.0)
    } else {
        format_seconds(seconds.round() as u64)
    }
}

/// The value of an alert, which comes as `5e+00`, with at most six digits that count; what is no
/// number stays as it is.
pub(super) fn value(text: &str) -> String {
    match text.parse::<f64>() {
        Ok(0.0) => "0".to_owned(),
        Ok(value) if (1e-4..1e15).contains(&value.abs()) => {
            let magnitude = value.abs().log10().floor() as i32;
            let decimals = usize::try_from(5 - magnitude).unwrap_or_default();
            let text = format!("{value:.decimals$}");
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                text
            }
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_a_calendar() {
        assert_eq!(moment("1970-01-01T00:00:01.5Z"), Some(1.5));
        assert_eq!(moment("2023-11-15T07:13:20+09:00"), Some(1.7e9));
        for none in ["0001-01-01T00:00:00Z", "", "now", "now-5m", "yesterday"] {
            assert_eq!(moment(none), None, "{none}");
        }
    }

    #[test]
    fn ages_have_two_units() {
        let cases = [
            (0.0, "0s"),
            (-5.0, "0s"),
            (12.9, "12s"),
            (200.0, "3m20s"),
            (3600.0, "1h"),
            (3725.0, "1h2m"),
            (187_500.0, "2d4h"),
            (f64::NAN, "0s"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(age(1000.0, 1000.0 + seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn lengths_are_short() {
        let cases = [
            (0.0, "0s"),
            (-1.0, "0s"),
            (f64::NAN, "0s"),
            (0.000_7, "<1ms"),
            (0.0031, "3ms"),
            (1.254, "1.25s"),
            (30.0, "30s"),
            (90.0, "1m30s"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(length(seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn values_are_read_at_a_glance() {
        let cases = [
            ("5e+00", "5"),
            ("0e+00", "0"),
            ("-5e-01", "-0.5"),
            ("1.2345678e+03", "1234.57"),
            ("1.0000001e+02", "100"),
            ("1.2e+07", "12000000"),
            ("1e+300", "1e+300"),
            ("1e-07", "1e-07"),
            ("NaN", "NaN"),
            ("+Inf", "+Inf"),
            ("what", "what"),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text), expected, "{text}");
        }
    }
}
