//! Durations as Prometheus writes them: `5m`, `1h30m`, `500ms`.

/// Units from the largest down, with their milliseconds. Years are 365 days.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 24 * 3_600_000),
    ("w", 7 * 24 * 3_600_000),
    ("d", 24 * 3_600_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Milliseconds of a duration: units from the largest down, each at most once.
pub fn parse_millis(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total = 0u64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let (_, millis) = units.find(|(name, _)| *name == unit)?;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(*millis)?)?;
        rest = tail;
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::parse_millis;

    #[test]
    fn units_go_from_large_to_small() {
        assert_eq!(parse_millis("5m"), Some(300_000));
        assert_eq!(parse_millis("1h30m"), Some(5_400_000));
        assert_eq!(parse_millis("1d12h"), Some(129_600_000));
        assert_eq!(parse_millis("500ms"), Some(500));
        for bad in [
            "",
            "5",
            "m",
            "30m1h",
            "1m1m",
            "1x",
            "1.5h",
            "99999999999999y",
        ] {
            assert_eq!(parse_millis(bad), None, "{bad}");
        }
    }
}
