//! Points and ranges of time as users write them, and time zones as offsets.
//!
//! "Now" is always an argument. Times are unix seconds as `f64`, as Prometheus speaks them;
//! a double holds milliseconds exactly for the next hundred thousand years.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime};

use crate::duration;

/// A time zone, reduced to what drawing needs: how far east of UTC it is at a given moment.
///
/// A function and not a number, because a range may cross a daylight-saving change.
#[derive(Clone, Copy, Debug)]
pub struct Zone {
    offset_at: fn(f64) -> i32,
}

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Zone = Zone { offset_at: |_| 0 };

    /// A zone from a function of unix seconds to seconds east of UTC.
    pub const fn new(offset_at: fn(f64) -> i32) -> Self {
        Self { offset_at }
    }

    /// Seconds east of UTC at `unix_seconds`.
    pub fn offset_at(&self, unix_seconds: f64) -> i32 {
        (self.offset_at)(unix_seconds)
    }

    /// The wall clock of this zone at `unix_seconds`; `None` outside the calendar chrono knows.
    pub fn local(&self, unix_seconds: f64) -> Option<NaiveDateTime> {
        let shifted = unix_seconds + f64::from(self.offset_at(unix_seconds));
        if !shifted.is_finite() || shifted.abs() > 8.0e12 {
            return None;
        }
        DateTime::from_timestamp_millis((shifted * 1000.0).round() as i64).map(|it| it.naive_utc())
    }

    /// `YYYY-MM-DD HH:MM:SS` in this zone, or an empty text where the calendar ends.
    pub fn format(&self, unix_seconds: f64) -> String {
        self.local(unix_seconds.floor())
            .map(|it| it.to_string())
            .unwrap_or_default()
    }

    /// The unix seconds of a wall clock reading in this zone.
    ///
    /// A reading that a daylight-saving change skips or repeats resolves to one of its
    /// neighbours; the guess is corrected once, which is exact everywhere else.
    pub fn to_unix(&self, local: NaiveDateTime) -> f64 {
        let as_utc = local.and_utc().timestamp_millis() as f64 / 1000.0;
        let guess = as_utc - f64::from(self.offset_at(as_utc));
        as_utc - f64::from(self.offset_at(guess))
    }
}

/// One end of a time range as the user gave it: relative to now, or fixed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TimePoint {
    /// `now`, or so many seconds before it.
    NowMinus(i64),
    /// A fixed moment, unix seconds.
    At(f64),
}

/// Why a text is no point in time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no time: write `now`, `now-15m`, `2024-05-31 13:00:00`, RFC 3339 or unix seconds"
)]
pub struct TimeError(pub String);

impl TimePoint {
    /// The moment meant, unix seconds.
    pub fn resolve(self, now: f64) -> f64 {
        match self {
            TimePoint::NowMinus(seconds) => now - seconds as f64,
            TimePoint::At(at) => at,
        }
    }

    /// Reads what a user typed; a date without a zone is a wall clock reading in `zone`.
    ///
    /// Accepts everything [`FromStr`] does, and `YYYY-MM-DD`, `YYYY-MM-DD HH:MM[:SS]` with a
    /// blank or a `T`.
    pub fn parse_in(text: &str, zone: Zone) -> Result<Self, TimeError> {
        let text = text.trim();
        if let Ok(point) = text.parse() {
            return Ok(point);
        }
        let local = wall_clock(text).ok_or_else(|| TimeError(text.to_owned()))?;
        Ok(TimePoint::At(zone.to_unix(local)))
    }
}

/// Reads a date, or date and time to the minute, second or fraction, by making RFC 3339 of it:
/// chrono's reader of free patterns would be a tenth of the frontend's model code.
fn wall_clock(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
    let seconds = if time.len() == "00:00".len() {
        ":00"
    } else {
        ""
    };
    let rfc3339 = format!("{date}T{time}{seconds}Z");
    DateTime::parse_from_rfc3339(&rfc3339)
        .ok()
        .map(|it| it.naive_utc())
}

/// `now`, `now-15m`, RFC 3339, unix seconds (or milliseconds, from 10¹¹ on).
impl FromStr for TimePoint {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let error = || TimeError(text.to_owned());
        if let Some(rest) = text.strip_prefix("now") {
            return match rest.strip_prefix('-') {
                None if rest.is_empty() => Ok(TimePoint::NowMinus(0)),
                Some(back) => {
                    let back = duration::parse(back).map_err(|_| error())?;
                    Ok(TimePoint::NowMinus(back.as_secs().min(MAX_SECONDS) as i64))
                }
                None => Err(error()),
            };
        }
        if let Ok(number) = text.parse::<f64>() {
            let seconds = if number.abs() >= 1e11 {
                number / 1000.0
            } else {
                number
            };
            return if seconds.is_finite() && seconds.abs() <= MAX_SECONDS as f64 {
                Ok(TimePoint::At(seconds))
            } else {
                Err(error())
            };
        }
        DateTime::parse_from_rfc3339(text)
            .map(|it| TimePoint::At(it.timestamp_millis() as f64 / 1000.0))
            .map_err(|_| error())
    }
}

/// The end of the year 9999: beyond it calendars and query servers give up.
const MAX_SECONDS: u64 = 253_402_300_799;

/// The form used in URLs; [`FromStr`] reads it back.
impl fmt::Display for TimePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TimePoint::NowMinus(0) => f.write_str("now"),
            TimePoint::NowMinus(seconds) => {
                write!(
                    f,
                    "now-{}",
                    duration::format_seconds(seconds.unsigned_abs())
                )
            }
            TimePoint::At(at) => write!(f, "{at}"),
        }
    }
}

/// A range as the user chose it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeRange {
    /// Its older end.
    pub from: TimePoint,
    /// Its newer end.
    pub to: TimePoint,
}

impl TimeRange {
    /// The last so many seconds.
    pub const fn last(seconds: i64) -> Self {
        Self {
            from: TimePoint::NowMinus(seconds),
            to: TimePoint::NowMinus(0),
        }
    }

    /// Both ends in unix seconds, the older one first and never equal: a range that a user
    /// turned round is put right, and an empty one lasts a second.
    pub fn resolve(self, now: f64) -> Span {
        let (a, b) = (self.from.resolve(now), self.to.resolve(now));
        let (start, end) = if a <= b { (a, b) } else { (b, a) };
        Span {
            start,
            end: end.max(start + 1.0),
        }
    }

    /// Whether the range moves with the clock, so that refreshing it can show something new.
    pub fn is_live(self) -> bool {
        matches!(self.from, TimePoint::NowMinus(_)) || matches!(self.to, TimePoint::NowMinus(_))
    }
}

/// A resolved range: unix seconds, `start < end`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Its older end.
    pub start: f64,
    /// Its newer end.
    pub end: f64,
}

impl Span {
    /// How long it lasts, seconds.
    pub fn seconds(self) -> f64 {
        self.end - self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SEOUL: Zone = Zone::new(|_| 9 * 3600);

    #[test]
    fn reads_relative_and_fixed_points() {
        let cases = [
            ("now", TimePoint::NowMinus(0)),
            ("now-5m", TimePoint::NowMinus(300)),
            ("now-1d", TimePoint::NowMinus(86_400)),
            ("1700000000", TimePoint::At(1.7e9)),
            ("1700000000123", TimePoint::At(1_700_000_000.123)),
            ("2023-11-14T22:13:20Z", TimePoint::At(1.7e9)),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        for bad in [
            "",
            "now+5m",
            "nowhere",
            "now-",
            "now-5",
            "yesterday",
            "NaN",
            "1e300",
        ] {
            assert!(bad.parse::<TimePoint>().is_err(), "{bad}");
        }
    }

    #[test]
    fn reads_wall_clock_in_the_users_zone() {
        for text in [
            "2023-11-15 07:13:20",
            "2023-11-15T07:13:20",
            " 2023-11-15 07:13:20 ",
        ] {
            assert_eq!(
                TimePoint::parse_in(text, SEOUL),
                Ok(TimePoint::At(1.7e9)),
                "{text}"
            );
        }
        assert!(TimePoint::parse_in("2023-02-30", SEOUL).is_err());
    }

    #[test]
    fn resolves_turned_and_empty_ranges() {
        let turned = TimeRange {
            from: TimePoint::NowMinus(0),
            to: TimePoint::NowMinus(60),
        };
        assert_eq!(
            turned.resolve(100.0),
            Span {
                start: 40.0,
                end: 100.0
            }
        );
        let empty = TimeRange {
            from: TimePoint::At(5.0),
            to: TimePoint::At(5.0),
        };
        assert_eq!(
            empty.resolve(100.0),
            Span {
                start: 5.0,
                end: 6.0
            }
        );
    }

    proptest! {
        #[test]
        fn display_reads_back(seconds in 0i64..100_000_000, at in 0u64..4_000_000_000_000) {
            for point in [TimePoint::NowMinus(seconds), TimePoint::At(at as f64 / 1000.0)] {
                // Fixed points below 10¹¹ are seconds: the only ones the interface writes.
                prop_assert_eq!(point.to_string().parse(), Ok(point));
            }
        }

        #[test]
        fn never_panics(text in ".{0,40}", at in any::<f64>()) {
            let _ = TimePoint::parse_in(&text, SEOUL);
            let _ = SEOUL.format(at);
        }
    }
}
