//! Compression: packs the files of hours that ended some time ago.
//!
//! A file is packed under a hidden name, which no query reads, and gets its
//! name once it is whole and on disk; only then the plain file is removed. A
//! process that is killed leaves a hidden file, which the next one removes, or
//! both files, which [`Text`] tells from late lines and the next one packs
//! again. So each line is there once at any time.
//!
//! Lines that come later than that stay in a plain file beside the packed one.
//! The hour being written, links, small files and what is not named as this
//! crate names files are left alone.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::letheql::LogType;
use crate::search::{Cancel, Interrupted, times};
use crate::store::packed::{MAX_TEXT, Packer, packed_path};
use crate::store::{self, Hour, Text, has_name, open_to_append};

/// Text that goes into a block, up to the last line break in it.
const BLOCK: usize = 1 << 20;
/// Shorter files take as much of a disk when they are packed.
const SHORTEST: u64 = 4 << 10;

/// Packs the files of a data directory, some more each time.
#[derive(Debug)]
pub struct Compressor {
    root: PathBuf,
    after: Duration,
    removed: Vec<Removed>,
}

/// What one pass did.
#[derive(Debug, Default)]
pub struct Compression {
    /// The plain files that were packed.
    pub packed: Vec<PathBuf>,
    /// How many bytes they had.
    pub plain_bytes: u64,
    /// How many bytes are left of these.
    pub packed_bytes: u64,
    /// What could not be packed, and why. The next pass tries again.
    pub failed: Vec<(PathBuf, io::Error)>,
}

/// A plain file that has been packed and removed.
#[derive(Debug)]
struct Removed {
    path: PathBuf,
    file: File,
    len: u64,
}

/// Why a file was not packed.
#[derive(Debug, thiserror::Error)]
enum PackError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

impl Compressor {
    /// Packs below `root` what belongs to hours that ended `after` ago.
    pub fn new(root: PathBuf, after: Duration) -> Compressor {
        Compressor {
            root,
            after,
            removed: Vec::new(),
        }
    }

    /// Packs all files that can be packed at the time `now`, until it is
    /// cancelled. Does nothing while another process packs the same directory.
    pub fn run(&mut self, now: DateTime<Utc>, cancel: &Cancel) -> Compression {
        let mut compression = Compression::default();
        let directory = match File::open(&self.root) {
            Ok(directory) => directory,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return compression,
            Err(error) => {
                compression.failed.push((self.root.clone(), error));
                return compression;
            }
        };
        if !try_lock(&directory).unwrap_or(true) {
            return compression;
        }
        self.rescue(&mut compression);
        let after = TimeDelta::from_std(self.after).unwrap_or(TimeDelta::MAX);
        let Some(ended_by) = now.checked_sub_signed(after) else {
            return compression;
        };
        for log_type in LogType::ALL {
            let targets = store::own_targets(&self.root, log_type).unwrap_or_default();
            for target in targets {
                let files = match closed_files(&target.path, ended_by) {
                    Ok(files) => files,
                    Err(error) => {
                        compression.failed.push((target.path, error));
                        continue;
                    }
                };
                for path in files {
                    match self.compress(&path, cancel, &mut compression) {
                        Ok(()) => {}
                        Err(PackError::Interrupted(_)) => return compression,
                        // Rotation may delete it at any time.
                        Err(PackError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
                        Err(PackError::Io(error)) => compression.failed.push((path, error)),
                    }
                }
            }
        }
        compression
    }

    /// Programs that do not lock what they write to may have opened a file just
    /// before it was removed. What they wrote is put where late lines are.
    fn rescue(&mut self, compression: &mut Compression) {
        for removed in self.removed.drain(..) {
            if let Err(error) = removed.rescue() {
                compression.failed.push((removed.path, error));
            }
        }
    }

    fn compress(
        &mut self,
        path: &Path,
        cancel: &Cancel,
        compression: &mut Compression,
    ) -> Result<(), PackError> {
        // Late lines of a packed hour stay as they are.
        if !Text::open(path)?.is_plain() {
            return Ok(());
        }
        end_last_line(path)?;
        let plain = File::open(path)?;
        let hidden = hidden_path(path);
        let outcome = pack(&plain, &hidden, cancel).and_then(|(len, packed_len)| {
            let is_replaced = replace(path, &plain, len, &hidden)?;
            Ok(is_replaced.then_some((len, packed_len)))
        });
        if !matches!(outcome, Ok(Some(_))) {
            remove_if_there(&hidden)?;
        }
        if let Some((len, packed_len)) = outcome? {
            compression.packed.push(path.to_owned());
            compression.plain_bytes += len;
            compression.packed_bytes += packed_len;
            self.removed.push(Removed {
                path: path.to_owned(),
                file: plain,
                len,
            });
        }
        Ok(())
    }
}

impl Removed {
    fn rescue(&self) -> io::Result<()> {
        if self.file.metadata()?.len() <= self.len {
            return Ok(());
        }
        let mut late = Vec::new();
        // Packing has read the file up to this place.
        (&self.file).read_to_end(&mut late)?;
        let mut file = open_to_append(&self.path)?;
        file.write_all(&late)?;
        file.sync_data()
    }
}

/// The plain files in a target whose hours ended by some time, and which are
/// worth packing. Removes what an earlier process did not come to rename.
fn closed_files(target: &Path, ended_by: DateTime<Utc>) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(target)? {
        let entry = entry?;
        let (name, path) = (entry.file_name(), entry.path());
        let Some(hour) = Hour::from_file_name(unhidden(&name).as_encoded_bytes()) else {
            continue;
        };
        let plain = target.join(hour.file_name());
        if path == hidden_path(&plain) {
            remove_if_there(&path)?;
        } else if path == plain && hour.end() <= ended_by {
            let state = entry.metadata()?;
            if state.is_file() && state.len() >= SHORTEST {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// What a packed file is called until it is whole.
fn hidden_path(plain: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(packed_path(plain).file_name().unwrap_or_default());
    plain.with_file_name(name)
}

fn unhidden(name: &OsStr) -> &OsStr {
    let name_without = name.to_str().and_then(|it| it.strip_prefix('.'));
    name_without.map_or(name, OsStr::new)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Gives a last line that was torn its line break, as the next writer would:
/// late lines have to begin with a line.
fn end_last_line(path: &Path) -> io::Result<()> {
    let text = Text::open(path)?;
    let mut last = [b'\n'];
    text.reader()
        .read_at(text.len().saturating_sub(1), &mut last)?;
    if last != *b"\n" {
        open_to_append(path)?.write_all(b"\n")?;
    }
    Ok(())
}

/// Packs a plain file from its start, and tells its length and the new one.
fn pack(plain: &File, hidden: &Path, cancel: &Cancel) -> Result<(u64, u64), PackError> {
    let out = File::create(hidden)?;
    out.set_permissions(plain.metadata()?.permissions())?;
    let mut packer = Packer::new(&out)?;
    let mut len = 0;
    let mut text = Vec::with_capacity(MAX_TEXT);
    let mut is_amid_line = false;
    loop {
        cancel.check()?;
        let room = (MAX_TEXT - text.len()) as u64;
        plain.take(room).read_to_end(&mut text)?;
        let (block, rest) = text.split_at(block_len(&text));
        if block.is_empty() {
            break;
        }
        let lines = if is_amid_line {
            behind_line(block)
        } else {
            block
        };
        let times = times(lines).map(|(oldest, newest)| (oldest.nanos(), newest.nanos()));
        packer.push(block, times)?;
        is_amid_line = !block.ends_with(b"\n");
        len += block.len() as u64;
        text = rest.to_vec();
    }
    packer.finish()?;
    out.sync_all()?;
    Ok((len, out.metadata()?.len()))
}

/// How much of a text makes a block: as many whole lines as fit, else one.
fn block_len(text: &[u8]) -> usize {
    let (short, rest) = text.split_at(text.len().min(BLOCK));
    if rest.is_empty() {
        return text.len();
    }
    let whole = memchr::memrchr(b'\n', short).map(|it| it + 1);
    let longer = || memchr::memchr(b'\n', rest).map(|it| BLOCK + it + 1);
    whole.or_else(longer).unwrap_or(text.len())
}

fn behind_line(block: &[u8]) -> &[u8] {
    let end = memchr::memchr(b'\n', block).map_or(block.len(), |it| it + 1);
    block.get(end..).unwrap_or_default()
}

/// Puts the packed file in the place of the plain one, unless that was written
/// to since it was read, or somebody is about to.
fn replace(path: &Path, plain: &File, len: u64, hidden: &Path) -> io::Result<bool> {
    if !try_lock(plain)? || plain.metadata()?.len() != len || !has_name(plain)? {
        return Ok(false);
    }
    fs::rename(hidden, packed_path(path))?;
    if let Some(directory) = path.parent() {
        File::open(directory)?.sync_all()?;
    }
    remove_if_there(path)?;
    Ok(true)
}

/// Locks a file until it is closed; false while others have locked it. Where
/// there are no locks, nobody can.
fn try_lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
