//! Rows and numbers on a terminal. Log lines are hostile text: what would steer
//! a terminal or reorder what it shows is written as an escape.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::search::Instants;
use crate::{Answer, Series};

/// Rows as they stand in log files.
pub(super) fn lines(answer: &Answer) -> Vec<u8> {
    let mut text = String::new();
    for row in &answer.rows {
        let labels: Vec<String> = row.labels().map(harmless).collect();
        let (time, message) = (harmless(row.time_text()), harmless(row.message()));
        text += &format!("{time}[{}] {message}\n", labels.join("|"));
    }
    text.into_bytes()
}

/// A line for each number: its time, the labels of its series, and itself.
pub(super) fn numbers(all: &[Series], instants: &Instants) -> Vec<u8> {
    let mut text = String::new();
    for series in all {
        let label = |(name, value): &(_, Vec<u8>)| format!("{name}={:?}", harmless(value));
        let labels: Vec<String> = series.labels.iter().map(label).collect();
        let points = instants.iter().zip(&series.values);
        for (time, value) in points.filter_map(|(time, value)| Some((time, (*value)?))) {
            let time = DateTime::<Utc>::from(time).to_rfc3339_opts(SecondsFormat::AutoSi, true);
            text += &format!("{time} {{{}}} {value}\n", labels.join(","));
        }
    }
    text.into_bytes()
}

fn harmless(text: &[u8]) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in String::from_utf8_lossy(text).chars() {
        if is_steering(char) {
            shown.extend(char.escape_unicode());
        } else {
            shown.push(char);
        }
    }
    shown
}

/// Control characters but for the tab, and those that change the direction of writing.
fn is_steering(char: char) -> bool {
    (char.is_control() && char != '\t')
        || matches!(
            char,
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(harmless(b"a\tb"), "a\tb");
        assert_eq!(harmless(b"\x1b[2J\r\xff"), "\\u{1b}[2J\\u{d}\u{fffd}");
        assert_eq!(harmless("\u{202e}가".as_bytes()), "\\u{202e}가");
    }
}
