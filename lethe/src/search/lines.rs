//! Bytes to lines, and lines to their parts.
//!
//! A line is `time[label|label] message`. Labels hold no `|` and no `]`, the
//! message may hold anything but a line break.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::letheql::LogType;

use super::time::Timestamp;

/// Longest line that is read whole. What lies behind is not searched and not
/// answered.
pub const MAX_LINE: usize = 1 << 20;
/// How much is read at once.
const PIECE: usize = 128 << 10;

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

/// Reads a part of a file in pieces of whole lines.
pub struct Pieces {
    file: File,
    buffer: Vec<u8>,
    filled: usize,
    /// How much of the buffer the last piece was.
    taken: usize,
    /// Place in the file of the first byte of the buffer.
    offset: u64,
    left: u64,
    /// Whether the rest of a line that was too long has to be passed over.
    is_cut: bool,
    n_cut: u64,
}

/// Some whole lines, the last one perhaps without a line break.
pub struct Piece<'p> {
    /// Place in the file of the first byte.
    pub offset: u64,
    /// The lines.
    pub bytes: &'p [u8],
}

impl Pieces {
    /// Reads from `start` to `end`; a line begins at `start`.
    pub fn new(mut file: File, start: u64, end: u64) -> io::Result<Pieces> {
        file.seek(SeekFrom::Start(start))?;
        let left = end.saturating_sub(start);
        let size = usize::try_from(left).unwrap_or(PIECE).clamp(1, PIECE);
        Ok(Pieces {
            file,
            buffer: vec![0; size],
            filled: 0,
            taken: 0,
            offset: start,
            left,
            is_cut: false,
            n_cut: 0,
        })
    }

    /// How many lines were too long so far.
    pub fn n_cut(&self) -> u64 {
        self.n_cut
    }

    /// The next piece, or nothing at the end.
    pub fn read_next(&mut self) -> io::Result<Option<Piece<'_>>> {
        self.drop_taken();
        loop {
            if self.is_cut {
                self.pass_over();
            }
            let text = self.buffer.get(..self.filled).unwrap_or_default();
            let whole = memchr::memrchr(b'\n', text).map(|it| it + 1);
            let is_end = self.left == 0;
            self.taken = match whole {
                Some(end) => end,
                None if is_end => self.filled,
                None if self.filled >= MAX_LINE => {
                    self.is_cut = true;
                    self.n_cut += 1;
                    self.filled
                }
                None => {
                    self.fill()?;
                    continue;
                }
            };
            // Reading on before handing out a short piece keeps pieces large.
            if !is_end && self.taken < self.buffer.len() / 2 && !self.is_cut && self.fill()? {
                continue;
            }
            let bytes = self.buffer.get(..self.taken).unwrap_or_default();
            return Ok((!bytes.is_empty()).then_some(Piece {
                offset: self.offset,
                bytes,
            }));
        }
    }

    fn drop_taken(&mut self) {
        self.buffer.copy_within(self.taken..self.filled, 0);
        self.filled -= self.taken;
        self.offset += self.taken as u64;
        self.taken = 0;
    }

    /// Drops the rest of a cut line, as far as it has been read.
    fn pass_over(&mut self) {
        let text = self.buffer.get(..self.filled).unwrap_or_default();
        match memchr::memchr(b'\n', text) {
            Some(end) => {
                self.taken = end + 1;
                self.is_cut = false;
            }
            None => self.taken = self.filled,
        }
        self.drop_taken();
    }

    /// Reads more; false when there is no room. The end of the file may come
    /// before the end that was asked for, when somebody cuts the file.
    fn fill(&mut self) -> io::Result<bool> {
        if self.filled == self.buffer.len() {
            if self.buffer.len() >= MAX_LINE {
                return Ok(false);
            }
            self.buffer.resize((self.buffer.len() * 2).min(MAX_LINE), 0);
        }
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let room_len = usize::try_from(self.left).map_or(room.len(), |it| it.min(room.len()));
        let read = match self.file.read(room.get_mut(..room_len).unwrap_or_default()) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(true),
            read => read?,
        };
        self.filled += read;
        self.left = if read == 0 {
            0
        } else {
            self.left - read as u64
        };
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

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

    fn pieces(content: &[u8]) -> (Vec<Vec<u8>>, u64) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        let mut pieces = Pieces::new(file, 0, content.len() as u64).unwrap();
        let mut lines = Vec::new();
        while let Some(piece) = pieces.read_next().unwrap() {
            assert_eq!(
                &content[piece.offset as usize..][..piece.bytes.len()],
                piece.bytes
            );
            lines.extend(
                piece
                    .bytes
                    .split_inclusive(|it| *it == b'\n')
                    .map(<[u8]>::to_vec),
            );
        }
        (lines, pieces.n_cut())
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_and_the_next_one_is_whole() {
        let long = vec![b'x'; 3 * MAX_LINE];
        let content = [b"first\n".as_slice(), &long, b"\nlast"].concat();
        let (lines, n_cut) = pieces(&content);
        assert_eq!(n_cut, 1);
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0], b"first\n");
        assert_eq!(lines[1].len(), MAX_LINE);
        assert_eq!(lines[2], b"last");
    }

    proptest! {
        #[test]
        fn pieces_are_all_lines_of_a_file(lengths in prop::collection::vec(0usize..100_000, 0..20), ends in any::<bool>()) {
            let mut content = Vec::new();
            for length in lengths {
                content.extend(std::iter::repeat_n(b'x', length));
                content.push(b'\n');
            }
            if !ends {
                content.pop();
            }
            let expected: Vec<Vec<u8>> =
                content.split_inclusive(|it| *it == b'\n').map(<[u8]>::to_vec).collect();
            prop_assert_eq!(pieces(&content), (expected, 0));
        }
    }
}
