//! The names of the store: log types, target directories and hour files.
//!
//! `<root>/<type>/<target>/<YYYY-MM-DD_HH>.log`, the hour in UTC. Names are
//! read defensively, since a data directory may hold anything; names that we
//! write ourselves are made of safe characters only.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};

/// Bytes of the part of a file name that says its hour: `YYYY-MM-DD_HH`.
const HOUR_NAME_LEN: usize = 13;

/// One full hour in UTC: what one file covers, `[start, start + 1h)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(DateTime<Utc>);

impl Hour {
    /// The hour that contains `time`, or nothing when a file name of four year
    /// digits cannot express it.
    pub fn containing(time: DateTime<Utc>) -> Option<Hour> {
        if !(0..=9999).contains(&time.year()) {
            return None;
        }
        let start = time.date_naive().and_hms_opt(time.hour(), 0, 0)?;
        Some(Hour(start.and_utc()))
    }

    /// The hour that a file name stands for. Only the first 13 bytes count, so
    /// `2009-11-10_22.log.1` is read like `2009-11-10_22.log`; the mark between
    /// date and hour may be `_` or `T`.
    pub fn from_file_name(name: &[u8]) -> Option<Hour> {
        let head = std::str::from_utf8(name.get(..HOUR_NAME_LEN)?).ok()?;
        let bytes = head.as_bytes();
        let shape = bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            10 => matches!(byte, b'_' | b'T'),
            _ => byte.is_ascii_digit(),
        });
        if !shape {
            return None;
        }
        let number = |range: std::ops::Range<usize>| head.get(range)?.parse::<u32>().ok();
        let year = i32::try_from(number(0..4)?).ok()?;
        let date = NaiveDate::from_ymd_opt(year, number(5..7)?, number(8..10)?)?;
        Some(Hour(date.and_hms_opt(number(11..13)?, 0, 0)?.and_utc()))
    }

    /// First instant of the hour.
    pub fn start(self) -> DateTime<Utc> {
        self.0
    }

    /// First instant after the hour.
    pub fn end(self) -> DateTime<Utc> {
        self.0
            .checked_add_signed(TimeDelta::hours(1))
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// `YYYY-MM-DD_HH.log`.
    pub fn file_name(self) -> String {
        format!("{self}.log")
    }
}

impl fmt::Display for Hour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hour(start) = self;
        write!(
            f,
            "{:04}-{:02}-{:02}_{:02}",
            start.year(),
            start.month(),
            start.day(),
            start.hour()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(name: &str) -> Option<String> {
        Hour::from_file_name(name.as_bytes()).map(|it| it.to_string())
    }

    #[test]
    fn file_names_are_read_by_their_first_13_bytes() {
        let accepted = Some("2009-11-10_22".to_owned());
        for name in [
            "2009-11-10_22.log",
            "2009-11-10_22",
            "2009-11-10_22.log.1",
            "2009-11-10_22.tmp",
            "2009-11-10T22.log",
        ] {
            assert_eq!(hour(name), accepted, "{name}");
        }
        for name in [
            "0000-00-00_00.log",
            "2009-11-10_24.log",
            "2009-13-01_00.log",
            "2009-02-30_00.log",
            "hello-world-long.log",
            "a.log",
            ".gitkeep",
            "",
            "2009-11-10_2",
            "2009-11-10_+2.log",
            "2009-11-1가_22.log",
        ] {
            assert_eq!(hour(name), None, "{name}");
        }
    }

    #[test]
    fn an_hour_holds_its_start_and_not_its_end() {
        let hour = Hour::from_file_name(b"2009-11-10_22.log").unwrap();
        assert_eq!(hour.start().to_rfc3339(), "2009-11-10T22:00:00+00:00");
        assert_eq!(hour.end().to_rfc3339(), "2009-11-10T23:00:00+00:00");
        assert_eq!(Hour::containing(hour.start()), Some(hour));
        assert_ne!(Hour::containing(hour.end()), Some(hour));
        assert_eq!(hour.file_name(), "2009-11-10_22.log");
    }

    #[test]
    fn years_that_a_name_cannot_express_have_no_hour() {
        assert_eq!(Hour::containing(DateTime::<Utc>::MAX_UTC), None);
        assert_eq!(Hour::containing(DateTime::<Utc>::MIN_UTC), None);
    }
}
