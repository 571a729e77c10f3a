//! Times of lines, and ranges of them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// Nanoseconds of a second.
const NANOS: i128 = 1_000_000_000;

/// An instant to the nanosecond. Wider than a count of nanoseconds in 64 bits:
/// lines may carry any year of four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
    nanos: u32,
}

/// All instants from `start` to `end`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    /// First instant.
    pub start: Timestamp,
    /// Last instant.
    pub end: Timestamp,
}

impl TimeRange {
    /// Whether an instant lies in the range.
    pub fn contains(&self, time: Timestamp) -> bool {
        self.start <= time && time <= self.end
    }
}

impl Timestamp {
    /// The first instant.
    pub const MIN: Timestamp = Timestamp {
        seconds: i64::MIN,
        nanos: 0,
    };
    /// The last instant.
    pub const MAX: Timestamp = Timestamp {
        seconds: i64::MAX,
        nanos: 999_999_999,
    };

    /// An instant by its seconds since 1970 and the nanoseconds in that second.
    pub fn new(seconds: i64, nanos: u32) -> Timestamp {
        Timestamp { seconds, nanos }
    }

    /// Whole seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds since 1970.
    pub fn nanos(self) -> i128 {
        i128::from(self.seconds) * NANOS + i128::from(self.nanos)
    }

    /// The instant so many nanoseconds after 1970, or the nearest that can be
    /// expressed.
    pub fn from_nanos(nanos: i128) -> Timestamp {
        let seconds = nanos.div_euclid(NANOS);
        let bound = if seconds < 0 { i64::MIN } else { i64::MAX };
        Timestamp {
            seconds: i64::try_from(seconds).unwrap_or(bound),
            nanos: u32::try_from(nanos.rem_euclid(NANOS)).unwrap_or(0),
        }
    }

    /// Reads the time of a line: RFC 3339 as Go reads it, which also accepts
    /// `,` before a fraction, fractions of any length (cut after nine digits)
    /// and hours of one digit, but neither lower-case letters nor blanks.
    pub fn parse(text: &[u8]) -> Option<Timestamp> {
        let mut digits = Digits { rest: text };
        let year = digits.take(4)?;
        digits.expect(b'-')?;
        let month = digits.take(2)?;
        digits.expect(b'-')?;
        let day = digits.take(2)?;
        digits.expect(b'T')?;
        let hour = digits.take(2).or_else(|| digits.take(1))?;
        digits.expect(b':')?;
        let minute = digits.take(2)?;
        digits.expect(b':')?;
        let second = digits.take(2)?;
        let nanos = digits.fraction();
        let offset = digits.offset()?;
        if hour > 23 || minute > 59 || second > 59 || !digits.rest.is_empty() {
            return None;
        }
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        let days = i64::from(date.to_epoch_days());
        let clock = i64::from(hour * 3_600 + minute * 60 + second);
        Some(Timestamp {
            seconds: days * 86_400 + clock - offset,
            nanos,
        })
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Timestamp {
        Timestamp {
            seconds: time.timestamp(),
            nanos: time.timestamp_subsec_nanos(),
        }
    }
}

impl From<Timestamp> for DateTime<Utc> {
    /// The same instant, or the nearest that can be expressed.
    fn from(time: Timestamp) -> DateTime<Utc> {
        let bound = if time.seconds < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        };
        DateTime::from_timestamp(time.seconds, 0)
            .and_then(|it| it.checked_add_signed(TimeDelta::nanoseconds(time.nanos.into())))
            .unwrap_or(bound)
    }
}

struct Digits<'a> {
    rest: &'a [u8],
}

impl Digits<'_> {
    /// A number of exactly so many digits; takes nothing when there are fewer.
    fn take(&mut self, count: usize) -> Option<u32> {
        let (number, rest) = self.rest.split_at_checked(count)?;
        let mut value = 0;
        for byte in number {
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value * 10 + u32::from(byte - b'0');
        }
        self.rest = rest;
        Some(value)
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        (*first == wanted).then_some(())
    }

    /// Nanoseconds of `.5`, which may be missing.
    fn fraction(&mut self) -> u32 {
        let [b'.' | b',', digits @ ..] = self.rest else {
            return 0;
        };
        let len = digits.iter().take_while(|it| it.is_ascii_digit()).count();
        if len == 0 {
            return 0;
        }
        let mut nanos = 0;
        for at in 0..9 {
            let digit = digits
                .get(at)
                .filter(|_| at < len)
                .map_or(0, |it| u32::from(it - b'0'));
            nanos = nanos * 10 + digit;
        }
        self.rest = digits.get(len..).unwrap_or_default();
        nanos
    }

    /// Seconds east of UTC, of `Z` or `+09:00`.
    fn offset(&mut self) -> Option<i64> {
        let (sign, rest) = self.rest.split_first()?;
        self.rest = rest;
        let sign = match sign {
            b'Z' => return Some(0),
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let hours = self.take(2)?;
        self.expect(b':')?;
        let minutes = self.take(2)?;
        (hours <= 24 && minutes <= 60).then(|| sign * i64::from(hours * 3_600 + minutes * 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Option<String> {
        let time = Timestamp::parse(text.as_bytes())?;
        Some(DateTime::<Utc>::from(time).to_rfc3339_opts(chrono::SecondsFormat::Nanos, true))
    }

    #[test]
    fn times_are_read_as_go_reads_them() {
        for (text, expected) in [
            ("2009-11-10T22:59:00Z", "2009-11-10T22:59:00.000000000Z"),
            ("2009-11-10T22:59:00.5Z", "2009-11-10T22:59:00.500000000Z"),
            ("2009-11-10T22:59:00,5Z", "2009-11-10T22:59:00.500000000Z"),
            (
                "2009-11-10T22:59:00.1234567891Z",
                "2009-11-10T22:59:00.123456789Z",
            ),
            (
                "2009-11-10T23:00:08+09:00",
                "2009-11-10T14:00:08.000000000Z",
            ),
            (
                "2009-11-10T23:00:08-00:00",
                "2009-11-10T23:00:08.000000000Z",
            ),
            (
                "2009-11-10T14:00:22+24:00",
                "2009-11-09T14:00:22.000000000Z",
            ),
            ("2009-11-10T4:00:13Z", "2009-11-10T04:00:13.000000000Z"),
            ("0000-01-01T00:00:18Z", "0000-01-01T00:00:18.000000000Z"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000000000Z"),
        ] {
            assert_eq!(parsed(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "2009-11-10t22:59:00Z",
            "2009-11-10T22:59:00z",
            "2009-11-10 22:59:00Z",
            "2009-11-10T22:59Z",
            "2009-11-10T22:59:60Z",
            "2009-11-10T24:00:00Z",
            "2009-02-30T00:00:00Z",
            "2009-11-10T22:59:00+0900",
            "2009-11-10T22:59:00.Z",
            "2009-11-10T22:59:00Z ",
            " 2009-11-10T22:59:00Z",
            "2009-11-10T22:59:00",
            "2009-11-10T22:59:00+25:00",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_we_write_reads_back(seconds in -62_167_219_200i64..253_402_300_800, nanos in 0u32..1_000_000_000) {
            let time = DateTime::from_timestamp(seconds, nanos).unwrap();
            let text = time.to_rfc3339_opts(chrono::SecondsFormat::Nanos, true);
            prop_assert_eq!(Timestamp::parse(text.as_bytes()), Some(Timestamp::from(time)));
        }

        #[test]
        fn no_bytes_panic(text in any::<Vec<u8>>()) {
            let _ = Timestamp::parse(&text);
        }
    }
}
