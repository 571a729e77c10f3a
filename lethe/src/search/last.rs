//! The time of the last line of a file.

use std::io;
use std::path::Path;

use crate::store::Text;

use super::lines::{parse_time, without_break};
use super::pieces::Pieces;
use super::time::Timestamp;

/// How much of the end of a file is looked at.
const TAIL: u64 = 64 << 10;

/// The time of the last line that has one, if that line is near the end.
pub fn last_time(path: &Path) -> io::Result<Option<Timestamp>> {
    let text = Text::open(path)?;
    let len = text.len();
    let start = len.saturating_sub(TAIL);
    let mut pieces = Pieces::new(&text, start, len);
    let mut last = None;
    // The first line is not whole unless the file is short.
    let mut is_whole = start == 0;
    while let Some(piece) = pieces.read_next()? {
        for line in piece.bytes.split_inclusive(|byte| *byte == b'\n') {
            if is_whole && let Ok((time, _)) = parse_time(without_break(line)) {
                last = Some(time);
            }
            is_whole = true;
        }
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(content: &str) -> Option<Timestamp> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        last_time(file.path()).unwrap()
    }

    #[test]
    fn the_last_line_with_a_time_counts() {
        assert_eq!(last(""), None);
        assert_eq!(last("ten bytes\n"), None);
        let expected = Timestamp::parse(b"2009-11-10T22:00:05Z");
        assert_eq!(
            last("2009-11-10T22:00:01Z[a|b] x\n2009-11-10T22:00:05Z[a|b] y\n"),
            expected
        );
        assert_eq!(last("2009-11-10T22:00:05Z[a|b] y\n2009-11-10T22"), expected);
        let long = format!("{}\n2009-11-10T22:00:05Z[a|b] y", "x".repeat(100_000));
        assert_eq!(last(&long), expected);
    }
}
