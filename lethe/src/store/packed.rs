//! Packed hours: `<hour>.log.zst` holds what `<hour>.log` held.
//!
//! The text is cut at line ends into blocks of some mebibyte, each a Zstandard
//! frame of its own with a checksum, so that a block can be read without the
//! ones before it. Behind the last one stands the [`table`] of all blocks and
//! of the times in them, as a frame that other programs skip: `zstd -d` unpacks
//! the file to what it was made of.

mod read;
pub(crate) mod table;
mod write;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

pub(crate) use self::read::Packed;
pub(crate) use self::table::Block;
pub(crate) use self::write::Packer;

/// What a packed file has behind the name of the plain one.
const SUFFIX: &str = ".zst";

/// Longest text of a block.
pub(crate) const MAX_TEXT: usize = 2 << 20;
/// Longest packed block: text that cannot be packed grows a little.
const MAX_PACKED: usize = MAX_TEXT + (64 << 10);
/// Most blocks of a file: more than a hundred gibibytes of text, and a table of
/// some megabytes.
const MAX_BLOCKS: usize = 1 << 17;

/// Where the packed lines of a plain file are.
pub(crate) fn packed_path(plain: &Path) -> PathBuf {
    let mut path = plain.as_os_str().to_owned();
    path.push(SUFFIX);
    path.into()
}

/// Whether a file of this name is packed.
pub(super) fn is_packed_name(name: &OsStr) -> bool {
    name.as_encoded_bytes().ends_with(SUFFIX.as_bytes())
}

/// The name of the plain file whose lines a file of this name holds, packed or
/// not.
pub(super) fn plain_name(name: OsString) -> OsString {
    match name.to_str().and_then(|it| it.strip_suffix(SUFFIX)) {
        Some(plain) => plain.into(),
        None => name,
    }
}
