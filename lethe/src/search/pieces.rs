//! Files to lines: whole lines at a time, in memory that does not grow with
//! the file nor with the line.

use std::io;

use crate::store::{Reader, Text};

/// Longest line that is read whole. What lies behind is not searched and not
/// answered.
pub const MAX_LINE: usize = 1 << 20;
/// How much is read at once.
const PIECE: usize = 128 << 10;

/// Reads a part of a text in pieces of whole lines. The place in the text is
/// kept here and not in the text, so several parts may be read at once.
pub struct Pieces<'f> {
    reader: Reader<'f>,
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

impl<'f> Pieces<'f> {
    /// Reads from `start` to `end`; a line begins at `start`.
    pub fn new(text: &'f Text, start: u64, end: u64) -> Pieces<'f> {
        let left = end.saturating_sub(start);
        let size = usize::try_from(left).unwrap_or(PIECE).clamp(1, PIECE);
        Pieces {
            reader: text.reader(),
            buffer: vec![0; size],
            filled: 0,
            taken: 0,
            offset: start,
            left,
            is_cut: false,
            n_cut: 0,
        }
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
        let room = room.get_mut(..room_len).unwrap_or_default();
        let read = self
            .reader
            .read_at(self.offset + self.filled as u64, room)?;
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

    fn pieces(content: &[u8]) -> (Vec<Vec<u8>>, u64) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let text = Text::open(file.path()).unwrap();
        let mut pieces = Pieces::new(&text, 0, content.len() as u64);
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
