//! Writing packed files.

use std::io::{self, Write};

use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

use super::table::{self, Block};

/// Zstandard's own default: half the size of the lowest level's result, at
/// hundreds of megabytes a second.
const LEVEL: i32 = 3;

/// Writes blocks, and behind them their table.
pub(crate) struct Packer<W> {
    out: W,
    compressor: Compressor<'static>,
    blocks: Vec<Block>,
}

impl<W: Write> Packer<W> {
    /// A packer that writes to `out` from its start.
    pub(crate) fn new(out: W) -> io::Result<Packer<W>> {
        let mut compressor = Compressor::new(LEVEL)?;
        compressor.set_parameter(CParameter::ChecksumFlag(true))?;
        Ok(Packer {
            out,
            compressor,
            blocks: Vec::new(),
        })
    }

    /// Adds a block of at most [`super::MAX_TEXT`] bytes with the oldest and
    /// newest time in it, in nanoseconds since 1970.
    pub(crate) fn push(&mut self, text: &[u8], times: Option<(i128, i128)>) -> io::Result<()> {
        let packed = self.compressor.compress(text)?;
        self.out.write_all(&packed)?;
        let (start, packed_start) = self.blocks.last().map_or((0, 0), |it| {
            (it.end(), it.packed_start + it.packed_len as u64)
        });
        self.blocks.push(Block {
            start,
            len: text.len(),
            packed_start,
            packed_len: packed.len(),
            times,
            ends_line: text.ends_with(b"\n"),
        });
        Ok(())
    }

    /// Writes the table.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&table::encode(&self.blocks))?;
        self.out.flush()?;
        Ok(self.out)
    }
}
