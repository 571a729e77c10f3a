//! Responsible for moments: values that are a time, shown in the viewer's zone.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDateTime, Timelike};

use super::FormatOptions;
use super::duration;

/// The date and time that sorts as text.
pub(super) const ISO: &str = "YYYY-MM-DD HH:mm:ss";

/// How a moment is shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Style {
    /// By a pattern in the letters of moment.js, as Grafana's `time:` takes it.
    Full(Cow<'static, str>),
    /// The short pattern for a moment of the current day.
    NoDateIfToday {
        pattern: &'static str,
        today: &'static str,
    },
    /// `5 minutes ago`; the full date where nobody says what time it is.
    FromNow,
}

impl Style {
    /// The text of a moment, nothing where it lies outside the calendar.
    pub(super) fn text(&self, value: f64, options: &FormatOptions) -> Option<String> {
        let seconds = unix_seconds(value);
        let local = options.zone.local(seconds)?;
        Some(match (self, options.now) {
            (Self::Full(pattern), _) => render(pattern, local),
            (Self::NoDateIfToday { pattern, today }, now) => {
                let now = now.and_then(|now| options.zone.local(now));
                let is_today = now.is_some_and(|now| now.date() == local.date());
                render(if is_today { today } else { pattern }, local)
            }
            (Self::FromNow, Some(now)) if now.is_finite() => from_now(seconds - now),
            (Self::FromNow, _) => render(ISO, local),
        })
    }
}

/// Prometheus and the original write seconds, Grafana expects milliseconds. No
/// moment before 1973 in milliseconds and none after the year 5138 in seconds
/// turns up in practice, so the size tells which it is.
fn unix_seconds(value: f64) -> f64 {
    if value.abs() >= 1e11 {
        value / 1000.0
    } else {
        value
    }
}

fn from_now(seconds: f64) -> String {
    let millis = (seconds.abs() * 1000.0) as u64;
    if millis < 1000 {
        return "now".to_owned();
    }
    let words = duration::words(millis, 1);
    if seconds < 0.0 {
        words + " ago"
    } else {
        format!("in {words}")
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// Longer before shorter, because the first that fits is taken.
const TOKENS: [&str; 21] = [
    "YYYY", "YY", "MMMM", "MMM", "MM", "M", "DD", "D", "dddd", "ddd", "HH", "H", "hh", "h", "mm",
    "m", "ss", "s", "SSS", "A", "a",
];

/// `pattern` with its tokens filled in; text in brackets and everything else
/// stays as it is.
fn render(pattern: &str, at: NaiveDateTime) -> String {
    let mut out = String::with_capacity(pattern.len() + 4);
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        if let Some((literal, after)) = rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
            out.push_str(literal);
            rest = after;
        } else if let Some(token) = TOKENS.iter().find(|token| rest.starts_with(**token)) {
            out.push_str(&field(token, at));
            rest = &rest[token.len()..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

fn field(token: &str, at: NaiveDateTime) -> String {
    let two = |number: u32| format!("{number:02}");
    let name = |names: &'static [&'static str], index: u32, letters: usize| {
        let name = names.get(index as usize).copied().unwrap_or_default();
        name.get(..letters).unwrap_or(name).to_owned()
    };
    let (afternoon, hour12) = at.hour12();
    match token {
        "YYYY" => format!("{:04}", at.year()),
        "YY" => format!("{:02}", at.year().rem_euclid(100)),
        "MMMM" => name(&MONTHS, at.month0(), usize::MAX),
        "MMM" => name(&MONTHS, at.month0(), 3),
        "MM" => two(at.month()),
        "M" => at.month().to_string(),
        "DD" => two(at.day()),
        "D" => at.day().to_string(),
        "dddd" => name(&DAYS, at.weekday().num_days_from_monday(), usize::MAX),
        "ddd" => name(&DAYS, at.weekday().num_days_from_monday(), 3),
        "HH" => two(at.hour()),
        "H" => at.hour().to_string(),
        "hh" => two(hour12),
        "h" => hour12.to_string(),
        "mm" => two(at.minute()),
        "m" => at.minute().to_string(),
        "ss" => two(at.second()),
        "s" => at.second().to_string(),
        "SSS" => format!("{:03}", at.nanosecond() / 1_000_000 % 1000),
        "A" => if afternoon { "PM" } else { "AM" }.to_owned(),
        _ => if afternoon { "pm" } else { "am" }.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Zone;

    const SEOUL: Zone = Zone::new(|_| 9 * 3600);

    fn text(style: &Style, value: f64, now: Option<f64>) -> String {
        let options = FormatOptions {
            zone: SEOUL,
            now,
            ..FormatOptions::default()
        };
        style.text(value, &options).unwrap_or_default()
    }

    #[test]
    fn patterns() {
        for (pattern, expected) in [
            (ISO, "2023-11-15 07:13:20"),
            ("MM/DD/YYYY h:mm:ss a", "11/15/2023 7:13:20 am"),
            ("ddd D MMM YY, H:m:s.SSS A", "Wed 15 Nov 23, 7:13:20.500 AM"),
            ("dddd [the day] MMMM", "Wednesday the day November"),
            ("[YYYY", "[2023"),
            ("한 YYYY", "한 2023"),
        ] {
            let style = Style::Full(pattern.into());
            assert_eq!(text(&style, 1_700_000_000.5, None), expected);
        }
    }

    #[test]
    fn seconds_and_milliseconds() {
        let style = Style::Full(ISO.into());
        assert_eq!(text(&style, 1.7e9, None), text(&style, 1.7e12, None));
        assert_eq!(text(&style, 1e300, None), "");
    }

    #[test]
    fn relative_to_now() {
        let now = Some(1.7e9);
        let short = Style::NoDateIfToday {
            pattern: ISO,
            today: "HH:mm:ss",
        };
        // 00:00 in Seoul on the day of `now`, and the second before.
        let midnight = 1_699_974_000.0;
        assert_eq!(text(&short, midnight, now), "00:00:00");
        assert_eq!(text(&short, midnight - 1.0, now), "2023-11-14 23:59:59");
        assert_eq!(text(&short, midnight, None), "2023-11-15 00:00:00");
        for (value, expected) in [
            (1.7e9 + 300.0, "in 5 minutes"),
            (1.7e9 - 300.0, "5 minutes ago"),
            (1.7e9 - 0.5, "now"),
        ] {
            assert_eq!(text(&Style::FromNow, value, now), expected);
        }
        assert_eq!(text(&Style::FromNow, 1.7e9, None), "2023-11-15 07:13:20");
    }
}
