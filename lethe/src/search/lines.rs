//! Lines to their parts.
//!
//! A line is `time[label|label] message`. Labels hold no `|` and no `]`, the
//! message may hold anything but a line break.

use crate::letheql::LogType;

use super::time::Timestamp;

/// What is wrong with a line, in the words of the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// No `[` at all.
    #[error("no time separator")]
    NoTimeSeparator,
    /// What stands before the `[` is no time.
    #[error("time parse err")]
    Time,
    /// No `]` behind the `[`.
    #[error("no log separator")]
    NoLogSeparator,
    /// More or fewer labels than the log type has.
    #[error("label count mismatch")]
    LabelCount,
}

/// Where the parts of a line are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    open: usize,
    close: usize,
}

impl Header {
    /// The time as it is written.
    pub fn time_text<'l>(&self, line: &'l [u8]) -> &'l [u8] {
        line.get(..self.open).unwrap_or_default()
    }

    /// The labels, in the order of [`LogType::labels`].
    pub fn labels<'l>(&self, line: &'l [u8]) -> impl Iterator<Item = &'l [u8]> + use<'l> {
        line.get(self.open + 1..self.close)
            .unwrap_or_default()
            .split(|byte| *byte == b'|')
    }

    /// All behind the labels. The blank that separates it is no part of it;
    /// where there is none, nothing is lost.
    pub fn message<'l>(&self, line: &'l [u8]) -> &'l [u8] {
        let rest = line.get(self.close + 1..).unwrap_or_default();
        rest.strip_prefix(b" ").unwrap_or(rest)
    }
}

/// The time of a line and where it ends.
pub fn parse_time(line: &[u8]) -> Result<(Timestamp, usize), Malformed> {
    let open = memchr::memchr(b'[', line).ok_or(Malformed::NoTimeSeparator)?;
    let text = line.get(..open).unwrap_or_default();
    Timestamp::parse(text)
        .map(|time| (time, open))
        .ok_or(Malformed::Time)
}

/// The other parts of a line whose time ends at `open`.
pub fn parse_labels(line: &[u8], open: usize, log_type: LogType) -> Result<Header, Malformed> {
    let rest = line.get(open..).unwrap_or_default();
    let close = open + memchr::memchr(b']', rest).ok_or(Malformed::NoLogSeparator)?;
    let header = Header { open, close };
    if header.labels(line).count() == log_type.labels().len() {
        Ok(header)
    } else {
        Err(Malformed::LabelCount)
    }
}

/// A line without its line break.
pub fn without_break(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> Result<(Vec<&str>, &str), Malformed> {
        let (_, open) = parse_time(line.as_bytes())?;
        let header = parse_labels(line.as_bytes(), open, LogType::Pod)?;
        let text = |bytes| std::str::from_utf8(bytes).unwrap();
        Ok((
            header.labels(line.as_bytes()).map(text).collect(),
            text(header.message(line.as_bytes())),
        ))
    }

    #[test]
    fn lines_fall_into_their_parts() {
        for (rest, labels, message) in [
            ("[a|b|c] hello [x] | y", ["a", "b", "c"], "hello [x] | y"),
            ("[||] all empty", ["", "", ""], "all empty"),
            ("[a|b|c] ", ["a", "b", "c"], ""),
            ("[a|b|c]", ["a", "b", "c"], ""),
            ("[a|b|c]no blank", ["a", "b", "c"], "no blank"),
            ("[a|b|c]  two blanks", ["a", "b", "c"], " two blanks"),
            ("[[a|b |c] x", ["[a", "b ", "c"], "x"),
        ] {
            let line = format!("2009-11-10T22:59:00Z{rest}");
            assert_eq!(parts(&line), Ok((labels.to_vec(), message)), "{line}");
        }
        for (line, fault) in [
            ("", Malformed::NoTimeSeparator),
            ("hello", Malformed::NoTimeSeparator),
            ("hello [a|b|c] x", Malformed::Time),
            ("2009-11-10T22:59:00Z[a|b|c", Malformed::NoLogSeparator),
            ("2009-11-10T22:59:00Z[a|b] x", Malformed::LabelCount),
            ("2009-11-10T22:59:00Z[a|b|c|d] x", Malformed::LabelCount),
        ] {
            assert_eq!(parts(line), Err(fault), "{line}");
        }
    }
}
