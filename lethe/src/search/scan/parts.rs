//! The parts in which threads share a file, and where lines begin in them.

use std::io;

use crate::store::Text;

use super::super::index::Stretch;
use super::super::pieces::MAX_LINE;

/// Size of a part. Larger than a line can be, so that a line begins in one
/// part and ends in it or the next.
const PART: u64 = 4 * MAX_LINE as u64;

/// What lies from `start` to `end` in parts of equal size, of which no times
/// are known.
pub(super) fn in_parts(start: u64, end: u64) -> impl Iterator<Item = Stretch> {
    let starts = (0..end.saturating_sub(start).div_ceil(PART)).map(move |it| start + it * PART);
    starts.map(move |start| Stretch {
        start,
        end: end.min(start + PART),
        times: None,
    })
}

/// Where the lines that begin from `start` to `end` begin and end; nothing
/// when no line does. Of a line that is too long, only what is read of it has
/// to lie between.
pub(super) fn aligned(text: &Text, start: u64, end: u64) -> io::Result<Option<(u64, u64)>> {
    let Some(first) = line_start(text, start, end)? else {
        return Ok(None);
    };
    let upto = end + MAX_LINE as u64;
    Ok(Some((first, line_start(text, end, upto)?.unwrap_or(upto))))
}

/// Where the first line begins that begins from `from` on and before `upto`.
pub(in crate::search) fn line_start(text: &Text, from: u64, upto: u64) -> io::Result<Option<u64>> {
    // Packed lines are whole: plain ones behind them begin with a line.
    if from == 0 || from == text.packed_len() {
        return Ok(Some(from));
    }
    let mut reader = text.reader();
    // The line break before a line may be the last byte before `from`.
    let mut at = from - 1;
    let mut buffer = [0; 4 << 10];
    while at + 1 < upto {
        let read = reader.read_at(at, &mut buffer)?;
        let bytes = buffer.get(..read).unwrap_or_default();
        if let Some(found) = memchr::memchr(b'\n', bytes) {
            let start = at + found as u64 + 1;
            return Ok(Some(start).filter(|it| *it < upto));
        }
        if bytes.is_empty() {
            break;
        }
        at += read as u64;
    }
    Ok(None)
}
