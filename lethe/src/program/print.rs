//! Rows on a terminal.

use std::io::{self, Write};

use crate::Answer;

/// Writes rows as they stand in log files. Log lines are hostile text: what
/// would steer a terminal or reorder what it shows is written as an escape.
pub fn print(answer: &Answer, out: &mut impl Write) -> io::Result<()> {
    for row in &answer.rows {
        let labels: Vec<String> = row.labels().map(harmless).collect();
        writeln!(
            out,
            "{}[{}] {}",
            harmless(row.time_text()),
            labels.join("|"),
            harmless(row.message())
        )?;
    }
    out.flush()
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
