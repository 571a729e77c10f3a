//! Responsible for durations written out: words, clocks, `HH:MM:SS`.

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Largest first. No months: they have no fixed length.
const UNITS: [(u64, &str); 7] = [
    (365 * DAY, "year"),
    (7 * DAY, "week"),
    (DAY, "day"),
    (HOUR, "hour"),
    (MINUTE, "minute"),
    (SECOND, "second"),
    (1, "millisecond"),
];

/// A way to write a duration out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Style {
    /// `2 hours, 5 minutes`.
    Words,
    /// `26:05:07`.
    Hours,
    /// `1 d 02:05:07`.
    Days,
    /// `02h:05m:07s:010ms`.
    Clock,
}

impl Style {
    /// The text of a finite number of seconds. `decimals` says how much is
    /// shown: one unit more than that in words, two digits a unit on a clock.
    pub(super) fn text(self, seconds: f64, decimals: Option<u8>) -> String {
        // The cast saturates; the year 292 million is far enough.
        let millis = (seconds.abs() * 1000.0).round() as u64;
        let whole = (seconds.abs()).round() as u64;
        let minus = if seconds < 0.0 && millis > 0 { "-" } else { "" };
        match self {
            Self::Words => {
                let text = words(millis, usize::from(decimals.unwrap_or(1)) + 1);
                if minus.is_empty() {
                    text
                } else {
                    text + " ago"
                }
            }
            Self::Hours => format!("{minus}{}", hours(whole)),
            Self::Days if whole < 86_400 => format!("{minus}{}", hours(whole)),
            Self::Days => format!("{minus}{} d {}", whole / 86_400, hours(whole % 86_400)),
            Self::Clock => format!("{minus}{}", clock(millis, decimals)),
        }
    }
}

/// The `count` largest units of a duration, those that are zero left out:
/// `1 day, 5 minutes` asks for three.
pub(super) fn words(millis: u64, count: usize) -> String {
    let first = UNITS.iter().position(|(size, _)| millis >= *size);
    let Some(first) = first else {
        return "0 seconds".to_owned();
    };
    let mut rest = millis;
    let mut text = String::new();
    for (size, name) in UNITS.iter().skip(first).take(count) {
        let amount = rest / size;
        rest %= size;
        if amount > 0 {
            let comma = if text.is_empty() { "" } else { ", " };
            let plural = if amount == 1 { "" } else { "s" };
            text.push_str(&format!("{comma}{amount} {name}{plural}"));
        }
    }
    text
}

fn hours(seconds: u64) -> String {
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// From the largest unit that is not zero down, cut after `decimals` more.
fn clock(millis: u64, decimals: Option<u8>) -> String {
    let fields = [
        format!("{:02}h", millis / HOUR),
        format!("{:02}m", millis / MINUTE % 60),
        format!("{:02}s", millis / SECOND % 60),
        format!("{:03}ms", millis % SECOND),
    ];
    let first = [HOUR, MINUTE, SECOND]
        .iter()
        .position(|size| millis >= *size)
        .unwrap_or(3);
    let shown = usize::from(decimals.unwrap_or(3)) + 1;
    let fields: Vec<_> = fields.into_iter().skip(first).take(shown).collect();
    fields.join(":")
}

#[cfg(test)]
mod tests {
    use super::Style::{Clock, Days, Hours, Words};

    #[test]
    fn written_out() {
        for (style, seconds, decimals, text) in [
            (Words, 7507.0, None, "2 hours, 5 minutes"),
            (Words, 7507.0, Some(0), "2 hours"),
            (Words, 7507.0, Some(2), "2 hours, 5 minutes, 7 seconds"),
            (Words, 86_400.0, None, "1 day"),
            (Words, -60.0, None, "1 minute ago"),
            (Words, 0.25, None, "250 milliseconds"),
            (Words, 0.0, None, "0 seconds"),
            (Hours, 93_907.0, None, "26:05:07"),
            (Hours, -59.0, None, "-00:00:59"),
            (Days, 59.0, None, "00:00:59"),
            (Days, 3661.0, None, "01:01:01"),
            (Days, 90_061.0, None, "1 d 01:01:01"),
            (Clock, 7507.01, None, "02h:05m:07s:010ms"),
            (Clock, 7507.01, Some(0), "02h"),
            (Clock, 7507.01, Some(1), "02h:05m"),
            (Clock, 67.0, Some(1), "01m:07s"),
            (Clock, 0.01, None, "010ms"),
        ] {
            assert_eq!(
                style.text(seconds, decimals),
                text,
                "{style:?} {seconds} {decimals:?}"
            );
        }
    }
}
