//! What is known of the times in a file.
//!
//! Of each stretch of a file, some hundred kilobytes, the oldest and the newest
//! time are kept in memory. It is learned by one pass over the file, in the
//! background or when a query first has a use for it, and extended as the file
//! grows. Nothing is assumed of the order of lines, so a stretch is never left
//! out wrongly.
//!
//! Nothing of it is kept on disk: packed files bring the times of their blocks
//! with them, and plain ones of a day are learned in the time that it takes to
//! read them once.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::store::{Text, packed::Block};

use super::cancel::{Cancel, Interrupted};
use super::pieces::Pieces;
use super::span::times;
use super::time::{TimeRange, Timestamp};

/// How many files are remembered: a year of hours for some dozen targets.
const MAX_FILES: usize = 100_000;
/// How much of the end of the known part is compared before more is learned.
const TAIL: usize = 64;

/// Some lines in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Place of the first byte.
    pub(super) start: u64,
    /// Place behind the last byte.
    pub(super) end: u64,
    /// Oldest and newest time in it; nothing when it has not been read.
    pub(super) times: Option<(Timestamp, Timestamp)>,
}

impl Stretch {
    /// Whether any line of it may lie in the range.
    pub(super) fn meets(&self, range: &TimeRange) -> bool {
        self.times
            .is_none_or(|(oldest, newest)| oldest <= range.end && newest >= range.start)
    }
}

/// Why times could not be learned.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IndexError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

/// The times of all files that were asked for so far.
#[derive(Debug, Default)]
pub struct TimeIndex {
    files: Mutex<HashMap<PathBuf, Arc<Mutex<Known>>>>,
    n_learned: AtomicU64,
}

#[derive(Debug, Default)]
struct Known {
    /// The files that this is about: others may take their names.
    identity: Identity,
    end: u64,
    tail: Vec<u8>,
    stretches: Vec<Stretch>,
}

/// Which plain file, and how much is packed before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Identity {
    plain: u64,
    packed_len: u64,
}

/// Plain text up to this size is read as a whole without further thought.
const SMALL: u64 = 128 << 10;

/// Whether the plain lines of a text are so many that their times are worth
/// knowing.
pub(super) fn is_large(text: &Text) -> bool {
    text.len() - text.packed_len() > SMALL
}

impl TimeIndex {
    /// Learns what is not known yet of the file at `path`, so that no query has
    /// to.
    pub(crate) fn prepare(&self, path: &Path, cancel: &Cancel) -> Result<(), IndexError> {
        let text = Text::open(path)?;
        if is_large(&text) {
            self.caught_up(path, &text, cancel)?;
        }
        Ok(())
    }

    /// How many bytes of lines were read to learn their times.
    pub(crate) fn n_learned(&self) -> u64 {
        self.n_learned.load(Relaxed)
    }

    /// The stretches of a text. Lines without a time are in none; a last line
    /// without a line break is in one of unknown times.
    pub(super) fn stretches(
        &self,
        path: &Path,
        text: &Text,
        cancel: &Cancel,
    ) -> Result<Vec<Stretch>, IndexError> {
        let (mut stretches, end) = self.caught_up(path, text, cancel)?;
        if end < text.len() {
            stretches.push(Stretch {
                start: end,
                end: text.len(),
                times: None,
            });
        }
        Ok(stretches)
    }

    /// All stretches that are whole lines, and where they end.
    fn caught_up(
        &self,
        path: &Path,
        text: &Text,
        cancel: &Cancel,
    ) -> Result<(Vec<Stretch>, u64), IndexError> {
        let known = self.known(path);
        let mut known = lock(&known);
        known.catch_up(text, cancel, &self.n_learned)?;
        Ok((known.stretches.clone(), known.end))
    }

    fn known(&self, path: &Path) -> Arc<Mutex<Known>> {
        let mut files = lock(&self.files);
        if files.len() >= MAX_FILES && !files.contains_key(path) {
            files.clear();
        }
        Arc::clone(files.entry(path.to_owned()).or_default())
    }
}

/// A panic elsewhere leaves these values whole: each change is one assignment
/// behind all that can fail.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Known {
    fn catch_up(
        &mut self,
        text: &Text,
        cancel: &Cancel,
        n_learned: &AtomicU64,
    ) -> Result<(), IndexError> {
        let (identity, len) = (identity(text)?, text.len());
        if identity != self.identity || len < self.end || self.tail != tail(text, self.end)? {
            *self = Known {
                identity,
                end: identity.packed_len,
                tail: Vec::new(),
                stretches: packed_stretches(text),
            };
        }
        if self.end == len {
            return Ok(());
        }
        let mut found = Vec::new();
        let (end, outcome) = learn(text, self.end, cancel, &mut found);
        n_learned.fetch_add(end - self.end, Relaxed);
        // What was learned stays learned when the time is up: the next query
        // goes on from there.
        self.tail = tail(text, end)?;
        self.end = end;
        self.stretches
            .extend(found.into_iter().filter(|it: &Stretch| it.times.is_some()));
        outcome
    }
}

/// What the table of packed blocks says. Blocks within one line go together.
pub(super) fn packed_stretches(text: &Text) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut is_amid_line = false;
    for block in text.blocks() {
        let more = stretch_of(block);
        match stretches.last_mut() {
            Some(last) if is_amid_line => {
                last.end = more.end;
                last.times = match (last.times, more.times) {
                    (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
                    (a, b) => a.or(b),
                };
            }
            _ => stretches.push(more),
        }
        is_amid_line = !block.ends_line;
    }
    stretches.retain(|it| it.times.is_some());
    stretches
}

fn stretch_of(block: &Block) -> Stretch {
    let times = block.times;
    Stretch {
        start: block.start,
        end: block.end(),
        times: times.map(|(a, b)| (Timestamp::from_nanos(a), Timestamp::from_nanos(b))),
    }
}

/// Reads whole lines from `start` on, and returns how far it came.
fn learn(
    text: &Text,
    start: u64,
    cancel: &Cancel,
    found: &mut Vec<Stretch>,
) -> (u64, Result<(), IndexError>) {
    let len = text.len();
    let mut end = start;
    let mut read = || -> Result<(), IndexError> {
        let mut pieces = Pieces::new(text, start, len);
        while let Some(piece) = pieces.read_next()? {
            cancel.check()?;
            // A line that is too long is cut: what follows the piece up to the
            // next one is the rest of it, and no line of its own.
            if let Some(previous) = found.last_mut() {
                previous.end = piece.offset;
                end = piece.offset;
            }
            let piece_end = piece.offset + piece.bytes.len() as u64;
            let is_whole = piece.bytes.ends_with(b"\n");
            if !is_whole && piece_end == len {
                break;
            }
            found.push(Stretch {
                start: piece.offset,
                end: piece_end,
                times: times(piece.bytes),
            });
            if is_whole {
                end = piece_end;
            }
        }
        Ok(())
    };
    let outcome = read();
    found.retain(|it| it.end <= end);
    (end, outcome)
}

/// The last plain bytes before `end`, which stay what they are while a file
/// grows.
fn tail(text: &Text, end: u64) -> io::Result<Vec<u8>> {
    let len = end.saturating_sub(text.packed_len()).min(TAIL as u64);
    let mut tail = vec![0; len as usize];
    let read = text.reader().read_at(end - len, &mut tail)?;
    tail.truncate(read);
    Ok(tail)
}

fn identity(text: &Text) -> io::Result<Identity> {
    Ok(Identity {
        plain: text.plain().map_or(Ok(0), number_of)?,
        packed_len: text.packed_len(),
    })
}

#[cfg(unix)]
fn number_of(file: &File) -> io::Result<u64> {
    use std::os::unix::fs::MetadataExt;
    Ok(file.metadata()?.ino())
}

/// Without inodes a file is known by its name and the tail alone.
#[cfg(not(unix))]
fn number_of(_: &File) -> io::Result<u64> {
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write;

    fn stretches(index: &TimeIndex, path: &Path) -> Vec<Stretch> {
        let text = Text::open(path).unwrap();
        index.stretches(path, &text, &Cancel::at(None)).unwrap()
    }

    fn time(second: i64) -> Timestamp {
        Timestamp::new(1_257_890_400 + second, 0)
    }

    #[test]
    fn times_follow_a_file_that_grows_and_one_that_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("2009-11-10_22.log");
        let index = TimeIndex::default();
        fs::write(
            &path,
            "2009-11-10T22:00:09Z[a|b] x\n2009-11-10T22:00:03Z[a|b] y\n",
        )
        .unwrap();
        let first = Stretch {
            start: 0,
            end: 56,
            times: Some((time(3), time(9))),
        };
        assert_eq!(stretches(&index, &path), [first]);

        let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"2009-11-10T22:00:05Z[a|b] z\n2009-11-10T22:00")
            .unwrap();
        assert_eq!(
            stretches(&index, &path),
            [
                first,
                Stretch {
                    start: 56,
                    end: 84,
                    times: Some((time(5), time(5)))
                },
                Stretch {
                    start: 84,
                    end: 100,
                    times: None
                },
            ]
        );

        fs::write(&path, "2009-11-10T22:00:01Z[c|d] other\n".repeat(9)).unwrap();
        let whole = Stretch {
            start: 0,
            end: 288,
            times: Some((time(1), time(1))),
        };
        assert_eq!(stretches(&index, &path), [whole]);
    }
}
