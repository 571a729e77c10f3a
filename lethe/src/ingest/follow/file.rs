//! One followed file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use memchr::{memchr, memrchr};

use super::positions::{Identity, Position};

/// Bytes of a file that are read at once. A line that is longer is cut.
const MAX_READ: usize = 1 << 20;
/// Bytes at its beginning by which a file is recognized.
const HEAD: usize = 64;
/// How long a file without a name is read: whoever writes to it may not know
/// yet that it was renamed.
const PATIENCE: TimeDelta = TimeDelta::seconds(10);

/// An open file and how far it was read.
#[derive(Debug)]
pub(super) struct Followed {
    file: File,
    pub(super) identity: Identity,
    pub(super) path: PathBuf,
    /// Which of the sources it belongs to.
    pub(super) source: usize,
    pub(super) process: String,
    /// Behind the last line that is on disk.
    offset: u64,
    /// Behind the last line that was read.
    read_to: u64,
    head: Vec<u8>,
    nameless_since: Option<DateTime<Utc>>,
}

/// Where to begin.
pub(super) enum Begin {
    /// At the start.
    Start,
    /// At the end as it is now.
    End,
    /// Where it was left, if it is still the same file.
    At(Position),
}

impl Followed {
    pub(super) fn open(
        path: &Path,
        source: usize,
        process: String,
        begin: impl FnOnce(Identity) -> Begin,
    ) -> io::Result<Followed> {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        let identity = Identity::of(&metadata);
        let head = head(&mut file)?;
        let offset = match begin(identity) {
            Begin::At(position) if head.starts_with(&position.head) => position.offset,
            Begin::End => whole_lines(&mut file, metadata.len())?,
            Begin::At(_) | Begin::Start => 0,
        };
        Ok(Followed {
            file,
            identity,
            path: path.to_owned(),
            source,
            process,
            offset,
            read_to: offset,
            head,
            nameless_since: None,
        })
    }

    /// Hands each new whole line to `take`, about as much as is read at once.
    pub(super) fn read(&mut self, mut take: impl FnMut(&[u8])) -> io::Result<()> {
        let len = self.file.metadata()?.len();
        if len == self.read_to {
            return Ok(());
        }
        let head = head(&mut self.file)?;
        if len < self.read_to || !head.starts_with(&self.head) {
            // It was truncated, and perhaps written to again.
            (self.offset, self.read_to) = (0, 0);
        }
        self.head = head;
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(self.read_to))?;
        self.file
            .by_ref()
            .take(MAX_READ as u64)
            .read_to_end(&mut bytes)?;
        let end = match memrchr(b'\n', &bytes) {
            Some(end) => end + 1,
            None if bytes.len() == MAX_READ => MAX_READ,
            None => return Ok(()),
        };
        let mut rest = bytes.get(..end).unwrap_or_default();
        while !rest.is_empty() {
            let len = memchr(b'\n', rest).map_or(rest.len(), |it| it + 1);
            let (line, more) = rest.split_at(len);
            take(line);
            rest = more;
        }
        self.read_to += end as u64;
        Ok(())
    }

    /// What was read is on disk.
    pub(super) fn confirm(&mut self) {
        self.offset = self.read_to;
    }

    /// What was read is not on disk.
    pub(super) fn retract(&mut self) {
        self.read_to = self.offset;
    }

    /// Whether to go on after a look at which the file had its name or not.
    pub(super) fn keeps(&mut self, has_name: bool, now: DateTime<Utc>) -> bool {
        if has_name {
            self.nameless_since = None;
            return true;
        }
        now - *self.nameless_since.get_or_insert(now) < PATIENCE
    }

    pub(super) fn position(&self, pattern: &str) -> Position {
        Position {
            identity: self.identity,
            path: self.path.clone(),
            offset: self.offset,
            head: self.head.clone(),
            pattern: pattern.to_owned(),
        }
    }
}

fn head(file: &mut File) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Where the last whole line before `len` ends. A line that is being written
/// is read once it is whole.
fn whole_lines(file: &mut File, len: u64) -> io::Result<u64> {
    let start = len.saturating_sub(MAX_READ as u64);
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.by_ref().take(len - start).read_to_end(&mut bytes)?;
    Ok(memrchr(b'\n', &bytes).map_or(start, |end| start + end as u64 + 1))
}
