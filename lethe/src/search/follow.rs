//! What was added to files since somebody last looked.
//!
//! Only whole lines are taken: the last one waits for its line break. What is
//! seen for the first time after the first look is new from its first byte.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use crate::store::Text;

use super::cancel::Interrupted;
use super::cursor::Cursor;
use super::index::Stretch;
use super::report::Report;
use super::scan::{Part, Scan, line_start};
use super::sink::Sink;

/// How much of a file is read at one look. A reader that is further behind
/// goes on with the newest lines.
const MAX_BYTES: u64 = 8 << 20;

/// How far files have been read, by their names.
#[derive(Debug, Default)]
pub struct Follow {
    seen: HashMap<String, u64>,
    is_started: bool,
}

impl Follow {
    /// Whether a line was written before the last look, as far as that is known.
    pub fn is_past(&self, cursor: &Cursor) -> bool {
        self.seen
            .get(&cursor.file)
            .is_none_or(|end| cursor.offset < *end)
    }

    /// Hands the wanted ones among the new lines in the files of a scan to
    /// `sink`, whatever their time. The first look hands over nothing. With
    /// the faults comes whether lines were passed over.
    pub fn look<S: Sink>(
        &mut self,
        scan: &Scan<'_>,
        sink: &mut S,
    ) -> Result<(Report, bool), Interrupted> {
        let mut parts = Vec::new();
        let mut seen = HashMap::new();
        let mut is_behind = false;
        for (number, hour_file) in scan.files.iter().enumerate() {
            scan.cancel.check()?;
            let known = self.seen.get(&hour_file.name).copied();
            let from = known.or(self.is_started.then_some(0));
            // A file that cannot be read now, or was removed, has nothing new.
            let Ok((text, grown)) = open(&hour_file.path, from) else {
                seen.extend(known.map(|it| (hour_file.name.clone(), it)));
                continue;
            };
            seen.insert(hour_file.name.clone(), grown.end);
            is_behind |= grown.is_behind;
            if grown.start < grown.end {
                let stretch = Stretch {
                    start: grown.start,
                    end: grown.end,
                    times: None,
                };
                parts.push((
                    number,
                    Part {
                        text: Arc::new(text),
                        stretch,
                        is_aligned: true,
                    },
                ));
            }
        }
        let report = scan.run_on(parts, sink)?;
        self.seen = seen;
        self.is_started = true;
        Ok((report, is_behind))
    }
}

/// The new lines of a file.
struct Grown {
    start: u64,
    end: u64,
    is_behind: bool,
}

/// Opens a file and finds what is new in it from `from` on; nothing is, when
/// that is not known.
fn open(path: &std::path::Path, from: Option<u64>) -> io::Result<(Text, Grown)> {
    let text = Text::open(path)?;
    let len = text.len();
    // A file that is shorter than it was is another one.
    let from = from.map(|it| if it > len { 0 } else { it });
    let oldest = len.saturating_sub(MAX_BYTES);
    let floor = from.unwrap_or(0).max(oldest);
    let end = last_line_end(&text, floor, len)?;
    let Some(from) = from else {
        let end = end.unwrap_or(if oldest == 0 { 0 } else { len });
        let grown = Grown {
            start: end,
            end,
            is_behind: false,
        };
        return Ok((text, grown));
    };
    let end = end.unwrap_or(from);
    // What is passed over may end amid a line.
    let start = line_start(&text, floor, end)?.unwrap_or(end);
    let grown = Grown {
        start,
        end,
        is_behind: floor > from,
    };
    Ok((text, grown))
}

/// The place behind the last line break in a part of a file.
fn last_line_end(text: &Text, start: u64, end: u64) -> io::Result<Option<u64>> {
    let mut reader = text.reader();
    let mut buffer = [0; 16 << 10];
    let mut end = end;
    while end > start {
        let len = (end - start).min(buffer.len() as u64);
        let block = buffer.get_mut(..len as usize).unwrap_or_default();
        let read = reader.read_at(end - len, block)?;
        let bytes = block.get(..read).unwrap_or_default();
        if let Some(found) = memchr::memrchr(b'\n', bytes) {
            return Ok(Some(end - len + found as u64 + 1));
        }
        end -= len;
    }
    Ok(None)
}
