//! Opening files to append to.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a file to append to, which is created when it is missing. While it is
/// open, or until it is unlocked, it is neither packed nor removed for having
/// been packed, so what is written to it stays, and other writers of this crate
/// wait. The directory has to exist.
pub(crate) fn open_to_append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    loop {
        let file = options.open(path)?;
        match file.lock() {
            // Without locks, packing cannot hold any either.
            Err(error) if error.kind() != io::ErrorKind::Unsupported => return Err(error),
            _ => {}
        }
        // It may have been packed and removed before it was locked.
        if has_name(&file)? {
            return Ok(file);
        }
    }
}

/// Whether a file can still be found in some directory.
#[cfg(unix)]
pub(crate) fn has_name(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(file.metadata()?.nlink() > 0)
}

/// Open files cannot be removed elsewhere.
#[cfg(not(unix))]
pub(crate) fn has_name(_: &File) -> io::Result<bool> {
    Ok(true)
}
