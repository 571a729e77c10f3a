//! Sizes and lengths of time as the original's configuration writes them.

use std::time::Duration;

use crate::letheql::parse_millis;

/// Bytes of each unit. All are powers of 1024, `GB` too, as in the original.
const SIZE_UNITS: [(&str, u64); 16] = [
    ("B", 1),
    ("k", 1 << 10),
    ("KB", 1 << 10),
    ("KiB", 1 << 10),
    ("m", 1 << 20),
    ("MB", 1 << 20),
    ("MiB", 1 << 20),
    ("g", 1 << 30),
    ("GB", 1 << 30),
    ("GiB", 1 << 30),
    ("TB", 1 << 40),
    ("TiB", 1 << 40),
    ("PB", 1 << 50),
    ("PiB", 1 << 50),
    ("EB", 1 << 60),
    ("EiB", 1 << 60),
];

/// Nanoseconds of each unit: Go's, and days and weeks.
const TIME_UNITS: [(&str, u64); 9] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
    ("w", 604_800_000_000_000),
];

/// The original counts bytes and nanoseconds in 64 bits with a sign.
const MAX: u128 = i64::MAX as u128;

/// Bytes of a size such as `100g`, `1.5GiB` or `1GB512MB`; `0` needs no unit.
pub(super) fn size(text: &str) -> Result<u64, String> {
    if text.starts_with('-') {
        return Err(format!("`{text}` is negative: write `0` for no bound"));
    }
    if is_number(text) && text != "0" {
        return Err(format!("`{text}` has no unit: write `{text}B` for bytes"));
    }
    sum(text, &SIZE_UNITS).ok_or_else(|| {
        format!("`{text}` is no size below 8EB: write one such as `500MB`, `1.5GiB` or `100g`")
    })
}

/// A length of time in whole units from the largest down, such as `15d` or
/// `1d12h`; years have 365 days, and `0` needs no unit.
pub(super) fn days(text: &str) -> Result<Duration, String> {
    let millis = match text {
        "0" => Some(0),
        _ => parse_millis(text),
    };
    millis
        .map(Duration::from_millis)
        .filter(|it| it.as_nanos() <= MAX)
        .ok_or_else(|| {
            format!("`{text}` is no time below 292y: write one such as `15d`, `36h` or `1d12h`")
        })
}

/// A length of time as Go writes it, such as `20s`, `1m30s` or `1.5h`, within
/// `shortest` and a day.
pub(super) fn seconds(text: &str, shortest: Duration) -> Result<Duration, String> {
    if is_number(text) && text != "0" {
        return Err(format!("`{text}` has no unit: write `{text}s` for seconds"));
    }
    let longest = Duration::from_secs(86_400);
    sum(text, &TIME_UNITS)
        .map(Duration::from_nanos)
        .filter(|it| (shortest..=longest).contains(it))
        .ok_or_else(|| {
            format!(
                "`{text}` is no time from {shortest:?} to 24h: write one such as `20s` or `1m30s`"
            )
        })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())
}

/// The sum of numbers with units, each of which may have a fraction.
fn sum(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    if text == "0" {
        return Some(0);
    }
    let mut rest = text;
    let mut total = 0u128;
    while !rest.is_empty() {
        let (number, tail) = split(rest, |it| it.is_ascii_digit() || it == '.');
        let (unit, tail) = split(tail, |it| !it.is_ascii_digit() && it != '.');
        let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
        total = total.checked_add(times(number, *factor)?)?;
        rest = tail;
    }
    (!text.is_empty() && total <= MAX)
        .then(|| u64::try_from(total).ok())
        .flatten()
}

/// The longest beginning of `text` that is made of such characters, and the rest.
fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|it| !belongs(it)).unwrap_or(text.len()))
}

/// A decimal number times `factor`, rounded down. Computed in whole numbers, so
/// that no digit of a large size is lost.
fn times(number: &str, factor: u64) -> Option<u128> {
    /// More digits of a fraction make no difference to a nanosecond of a week.
    const DIGITS: usize = 18;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if !is_number(&format!("{whole}{fraction}")) {
        return None;
    }
    let factor = u128::from(factor);
    let whole: u128 = format!("0{whole}").parse().ok()?;
    let digits: String = fraction.chars().take(DIGITS).collect();
    let fraction: u128 = format!("{digits:0<DIGITS$}").parse().ok()?;
    let fraction = fraction.checked_mul(factor)? / 10u128.pow(18);
    whole.checked_mul(factor)?.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_are_sums_of_powers_of_1024() {
        for (text, bytes) in [
            ("0", 0),
            ("0g", 0),
            ("10B", 10),
            ("1k", 1 << 10),
            ("7g", 7 << 30),
            ("1.5GB", 3 << 29),
            ("1GB512MB", 3 << 29),
            ("1000GB", 1000 << 30),
            (".5KiB", 512),
            ("7EB", 7 << 60),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused_with_advice() {
        for text in [
            "", "-1B", "1K", "1kb", "1 GB", " 1GB", "8EB", "1.2.3GB", ".GB", "GB", "1GB5", "-0",
        ] {
            assert!(size(text).is_err(), "{text}");
        }
        let message = size("1000").unwrap_err();
        assert_eq!(message, "`1000` has no unit: write `1000B` for bytes");
        let message = size("-1B").unwrap_err();
        assert_eq!(message, "`-1B` is negative: write `0` for no bound");
    }

    #[test]
    fn times_have_bounds() {
        let shortest = Duration::from_millis(100);
        let read = |text| seconds(text, shortest).map(|it| it.as_millis());
        assert_eq!(read("1m30s"), Ok(90_000));
        assert_eq!(read("1.5h"), Ok(5_400_000));
        assert_eq!(read("1d"), Ok(86_400_000));
        assert_eq!(read("100000µs"), Ok(100));
        for text in ["", "0", "20", "-5s", "99ms", "25h", "1m 30s", "20S", "20ns"] {
            assert!(read(text).is_err(), "{text}");
        }
        let message = read("20").unwrap_err();
        assert_eq!(message, "`20` has no unit: write `20s` for seconds");
    }

    #[test]
    fn retention_is_in_whole_units_from_the_largest_down() {
        assert_eq!(days("1d12h"), Ok(Duration::from_secs(36 * 3600)));
        assert_eq!(days("0"), Ok(Duration::ZERO));
        for text in ["", "1", "1.5h", "1d1d", "300y", "1us", "15d "] {
            assert!(days(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            let _ = size(&text);
            let _ = days(&text);
            let _ = seconds(&text, Duration::ZERO);
        }

        #[test]
        fn whole_numbers_of_bytes_are_exact(bytes in 0..=i64::MAX as u64) {
            prop_assert_eq!(size(&format!("{bytes}B")), Ok(bytes));
        }
    }
}
