//! The table at the end of a packed file.
//!
//! | bytes | |
//! |---|---|
//! | 4 | `0x184D2A5C`, one of the numbers by which Zstandard marks a frame to be skipped |
//! | 4 | length of all that follows |
//! | 41 for each block | length packed (4), length of the text (4), oldest and newest time in nanoseconds since 1970 (16 each), whether the text ends with a line (1) |
//! | 4 | how many blocks |
//! | 4 | CRC-32 of the blocks' entries |
//! | 8 | `lethe\0\0\1` |
//!
//! Numbers are little-endian. A block in which no line has a time has an oldest
//! time behind its newest one.

use super::{MAX_BLOCKS, MAX_PACKED, MAX_TEXT};

const SKIPPED: u32 = 0x184D_2A5C;
const HEAD: usize = 8;
const ENTRY: usize = 41;
const MARK: [u8; 8] = *b"lethe\0\0\x01";
/// Length of what stands behind the entries.
pub(super) const FOOT: usize = 16;

/// Some whole lines of a text; a longer line is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    /// Where in the text it begins.
    pub(crate) start: u64,
    /// Length of its text.
    pub(crate) len: usize,
    /// Where in the file it begins.
    pub(super) packed_start: u64,
    /// Its length in the file.
    pub(super) packed_len: usize,
    /// Oldest and newest time in it, in nanoseconds since 1970.
    pub(crate) times: Option<(i128, i128)>,
    /// Whether its last line ends in it, and does not go on in the next block.
    pub(crate) ends_line: bool,
}

impl Block {
    /// Place in the text behind its last byte.
    pub(crate) fn end(&self) -> u64 {
        self.start + self.len as u64
    }
}

/// Why a file is no packed hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TableError {
    #[error("it does not end with a table of its blocks")]
    Missing,
    #[error("the table of its blocks is damaged")]
    Damaged,
}

/// The table of blocks that follow each other from the start of the file.
pub(super) fn encode(blocks: &[Block]) -> Vec<u8> {
    let mut entries = Vec::with_capacity(blocks.len() * ENTRY);
    for block in blocks {
        let (oldest, newest) = block.times.unwrap_or((1, 0));
        entries.extend_from_slice(&to_u32(block.packed_len).to_le_bytes());
        entries.extend_from_slice(&to_u32(block.len).to_le_bytes());
        entries.extend_from_slice(&oldest.to_le_bytes());
        entries.extend_from_slice(&newest.to_le_bytes());
        entries.push(block.ends_line.into());
    }
    let mut table = SKIPPED.to_le_bytes().to_vec();
    table.extend_from_slice(&to_u32(entries.len() + FOOT).to_le_bytes());
    table.extend_from_slice(&entries);
    table.extend_from_slice(&to_u32(blocks.len()).to_le_bytes());
    table.extend_from_slice(&crc32fast::hash(&entries).to_le_bytes());
    table.extend_from_slice(&MARK);
    table
}

/// Lengths are bounded far below what 32 bits hold.
fn to_u32(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// Length of the table that ends with `foot`.
pub(super) fn len(foot: &[u8]) -> Result<usize, TableError> {
    let mut rest = foot;
    let n_blocks = u32::from_le_bytes(take(&mut rest).ok_or(TableError::Missing)?) as usize;
    let _: [u8; 4] = take(&mut rest).ok_or(TableError::Missing)?;
    if rest != MARK {
        return Err(TableError::Missing);
    }
    if n_blocks > MAX_BLOCKS {
        return Err(TableError::Damaged);
    }
    Ok(HEAD + n_blocks * ENTRY + FOOT)
}

/// The blocks of a table that begins at `at` in its file.
pub(super) fn decode(table: &[u8], at: u64) -> Result<Vec<Block>, TableError> {
    let parts = || {
        let (head, rest) = table.split_first_chunk::<HEAD>()?;
        let (entries, foot) = rest.split_at_checked(rest.len().checked_sub(FOOT)?)?;
        let mut head = head.as_slice();
        let is_skipped = u32::from_le_bytes(take(&mut head)?) == SKIPPED;
        let is_whole = u32::from_le_bytes(take(&mut head)?) as usize == rest.len();
        let mut checksum = foot.get(4..)?;
        let is_intact = u32::from_le_bytes(take(&mut checksum)?) == crc32fast::hash(entries);
        (is_skipped && is_whole && is_intact).then_some(entries)
    };
    let entries = parts().ok_or(TableError::Damaged)?;
    let mut blocks: Vec<Block> = Vec::with_capacity(entries.len() / ENTRY);
    for entry in entries.chunks(ENTRY) {
        let (start, packed_start) = blocks.last().map_or((0, 0), |it| {
            (it.end(), it.packed_start + it.packed_len as u64)
        });
        blocks.push(block(entry, start, packed_start).ok_or(TableError::Damaged)?);
    }
    let end = blocks
        .last()
        .map_or(0, |it| it.packed_start + it.packed_len as u64);
    if end == at {
        Ok(blocks)
    } else {
        Err(TableError::Damaged)
    }
}

fn block(mut entry: &[u8], start: u64, packed_start: u64) -> Option<Block> {
    let packed_len = u32::from_le_bytes(take(&mut entry)?) as usize;
    let len = u32::from_le_bytes(take(&mut entry)?) as usize;
    let times = (
        i128::from_le_bytes(take(&mut entry)?),
        i128::from_le_bytes(take(&mut entry)?),
    );
    let [ends_line] = take(&mut entry)?;
    let is_bounded = (1..=MAX_TEXT).contains(&len) && (1..=MAX_PACKED).contains(&packed_len);
    is_bounded.then_some(Block {
        start,
        len,
        packed_start,
        packed_len,
        times: Some(times).filter(|(oldest, newest)| oldest <= newest),
        ends_line: ends_line != 0,
    })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn tables_read_back(
            lens in prop::collection::vec(
                (1..=MAX_TEXT, 1..=MAX_PACKED, any::<Option<(i64, u32)>>(), any::<bool>()), 0..20,
            ),
        ) {
            let mut blocks: Vec<Block> = Vec::new();
            for (len, packed_len, times, ends_line) in lens {
                let (start, packed_start) = blocks
                    .last()
                    .map_or((0, 0), |it| (it.end(), it.packed_start + it.packed_len as u64));
                let times = times.map(|(from, span)| (from.into(), i128::from(from) + i128::from(span)));
                blocks.push(Block { start, len, packed_start, packed_len, times, ends_line });
            }
            let at = blocks.last().map_or(0, |it| it.packed_start + it.packed_len as u64);
            let table = encode(&blocks);
            prop_assert_eq!(len(&table[table.len() - FOOT..]), Ok(table.len()));
            prop_assert_eq!(decode(&table, at), Ok(blocks));
            prop_assert_eq!(decode(&table, at + 1), Err(TableError::Damaged));
        }

        #[test]
        fn any_changed_byte_is_noticed(at in any::<prop::sample::Index>(), bit in 0u32..8) {
            let block = Block {
                start: 0, len: 9, packed_start: 0, packed_len: 7, times: Some((1, 2)), ends_line: true,
            };
            let mut table = encode(&[block]);
            let at = at.index(table.len());
            table[at] ^= 1u8 << bit;
            let is_read = len(&table[table.len() - FOOT..]) == Ok(table.len()) && decode(&table, 7).is_ok();
            prop_assert!(!is_read);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = len(&bytes);
            let _ = decode(&bytes, 7);
        }
    }
}
