//! The text of one hour, packed or not.
//!
//! An hour that was packed may get late lines, which stand in a plain file
//! again. Both are one text: the packed lines, then the plain ones. So a byte
//! keeps its place when its hour is packed, and with it cursors, warnings and
//! whoever follows the file.
//!
//! A plain file that begins as the packed text does is the one it was made of,
//! left behind by a process that was killed before it could remove it. Such a
//! file is read alone, since it holds all there is.

use std::fs::File;
use std::io;
use std::path::Path;

use super::packed::{Block, Packed, packed_path};
use super::read_at::{read_at, read_exact_at};

/// How often opening is tried again while an hour is being packed.
const ATTEMPTS: usize = 3;

/// The open files of one hour of a target. Their lengths are those at opening.
pub struct Text {
    packed: Option<Packed>,
    plain: Option<File>,
    plain_len: u64,
    damage: Option<io::Error>,
}

impl Text {
    /// Opens what there is of the plain file at `path` and of the packed one
    /// beside it.
    pub fn open(path: &Path) -> io::Result<Text> {
        let packed_path = packed_path(path);
        for _ in 0..ATTEMPTS {
            let packed = found(Packed::open(&packed_path));
            let plain = found(File::open(path))?;
            // Packing may have ended between the two: then the plain file was
            // missing already, or holds late lines only.
            if matches!(packed, Ok(None)) && packed_path.try_exists().unwrap_or(false) {
                continue;
            }
            if matches!(packed, Ok(None)) && plain.is_none() {
                break;
            }
            return Text::of(packed, plain);
        }
        Err(io::ErrorKind::NotFound.into())
    }

    fn of(packed: io::Result<Option<Packed>>, plain: Option<File>) -> io::Result<Text> {
        let (packed, damage) = match packed {
            Ok(packed) => (packed, None),
            Err(error) if plain.is_some() => (None, Some(error)),
            Err(error) => return Err(error),
        };
        let plain_len = match &plain {
            Some(plain) => plain.metadata()?.len(),
            None => 0,
        };
        let mut text = Text {
            packed,
            plain,
            plain_len,
            damage,
        };
        match text.repeats_packed() {
            Ok(true) => text.packed = None,
            // A damaged block is told of by whoever reads it.
            Ok(false) => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {}
            Err(error) => return Err(error),
        }
        Ok(text)
    }

    /// Whether the plain file is the one that was packed. Its first block tells:
    /// late lines are no copy of the first mebibyte of their hour.
    fn repeats_packed(&self) -> io::Result<bool> {
        let (Some(packed), Some(plain)) = (&self.packed, &self.plain) else {
            return Ok(false);
        };
        if self.plain_len < packed.len() {
            return Ok(false);
        }
        let Some(first) = packed.blocks().first() else {
            return Ok(true);
        };
        let (mut expected, mut actual) = (Vec::new(), vec![0; first.len]);
        packed.unpack(first, &mut expected)?;
        read_exact_at(plain, 0, &mut actual)?;
        Ok(expected == actual)
    }

    /// Length of all of it.
    pub fn len(&self) -> u64 {
        self.packed_len() + self.plain_len
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Length of what is packed; plain lines begin there.
    pub(crate) fn packed_len(&self) -> u64 {
        self.packed.as_ref().map_or(0, Packed::len)
    }

    /// The blocks of what is packed.
    pub(crate) fn blocks(&self) -> &[Block] {
        self.packed.as_ref().map_or(&[], Packed::blocks)
    }

    /// Whether the plain file holds all there is.
    pub(crate) fn is_plain(&self) -> bool {
        self.packed.is_none() && self.damage.is_none()
    }

    /// Why the packed lines are missing, if they are.
    pub(crate) fn damage(&self) -> Option<&io::Error> {
        self.damage.as_ref()
    }

    /// The plain file.
    pub(crate) fn plain(&self) -> Option<&File> {
        self.plain.as_ref()
    }

    /// Reads it from any place.
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader {
            text: self,
            block: None,
            unpacked: Vec::new(),
        }
    }
}

/// A file that is not there is no error.
fn found<T>(opened: io::Result<T>) -> io::Result<Option<T>> {
    match opened {
        Ok(it) => Ok(Some(it)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads a text; keeps the block that it unpacked last.
pub(crate) struct Reader<'t> {
    text: &'t Text,
    block: Option<Block>,
    unpacked: Vec<u8>,
}

impl Reader<'_> {
    /// Reads some bytes from `offset` on; none at the end of the text.
    pub(crate) fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let Text { packed, plain, .. } = self.text;
        if let Some(packed) = packed
            && let Some(block) = packed.block_at(offset)
        {
            if self.block != Some(*block) {
                self.block = None;
                packed.unpack(block, &mut self.unpacked)?;
                self.block = Some(*block);
            }
            let at = usize::try_from(offset - block.start).unwrap_or(usize::MAX);
            let bytes = self.unpacked.get(at..).unwrap_or_default();
            let len = bytes.len().min(buffer.len());
            if let (Some(to), Some(from)) = (buffer.get_mut(..len), bytes.get(..len)) {
                to.copy_from_slice(from);
            }
            return Ok(len);
        }
        match plain {
            Some(plain) => read_at(plain, offset - self.text.packed_len(), buffer),
            None => Ok(0),
        }
    }
}
