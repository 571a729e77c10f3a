//! Reading packed files. What a file claims about itself is bounded before it
//! is believed, so a damaged one costs no more memory than a good one.

use std::fs::File;
use std::io;
use std::path::Path;

use zstd::bulk::Decompressor;

use super::super::read_at::read_exact_at;
use super::table::{self, Block, TableError};

/// An open packed file.
pub(crate) struct Packed {
    file: File,
    blocks: Vec<Block>,
}

impl Packed {
    /// Opens a file and reads the table of its blocks.
    pub(crate) fn open(path: &Path) -> io::Result<Packed> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        let place = |table_len: usize| {
            let at = len.checked_sub(table_len as u64);
            at.ok_or_else(|| invalid(TableError::Missing))
        };
        let mut foot = [0; table::FOOT];
        read_exact_at(&file, place(foot.len())?, &mut foot)?;
        let table_len = table::len(&foot).map_err(invalid)?;
        let at = place(table_len)?;
        let mut bytes = vec![0; table_len];
        read_exact_at(&file, at, &mut bytes)?;
        let blocks = table::decode(&bytes, at).map_err(invalid)?;
        Ok(Packed { file, blocks })
    }

    /// Length of the text.
    pub(crate) fn len(&self) -> u64 {
        self.blocks.last().map_or(0, Block::end)
    }

    /// All blocks in the order of the text.
    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The block that holds a byte of the text.
    pub(crate) fn block_at(&self, offset: u64) -> Option<&Block> {
        let number = self.blocks.partition_point(|it| it.end() <= offset);
        self.blocks.get(number)
    }

    /// Unpacks a block into `text`.
    pub(crate) fn unpack(&self, block: &Block, text: &mut Vec<u8>) -> io::Result<()> {
        let mut packed = vec![0; block.packed_len];
        read_exact_at(&self.file, block.packed_start, &mut packed)?;
        text.resize(block.len, 0);
        // The buffer is as long as the table says, and no longer text fits.
        let unpacked = Decompressor::new()?
            .decompress_to_buffer(&packed, text.as_mut_slice())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        if unpacked == block.len {
            Ok(())
        } else {
            Err(invalid(TableError::Damaged))
        }
    }
}

fn invalid(error: TableError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
