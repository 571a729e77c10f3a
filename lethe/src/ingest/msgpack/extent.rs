//! Where a value ends whose bytes are still arriving.

use super::{Fault, Reader};

/// Values within values that are followed.
const MAX_DEPTH: usize = 32;

/// Looks for the end of one value, and goes on where it was when more bytes
/// are there: those that came early are not read again.
#[derive(Debug, Default)]
pub struct Extent {
    at: usize,
    /// How many values are missing on each level.
    open: Vec<usize>,
}

impl Extent {
    /// The length of the value that `bytes` begins with, once it is whole.
    /// `bytes` has to begin with those of the last call.
    pub fn advance(&mut self, bytes: &[u8]) -> Result<Option<usize>, Fault> {
        if self.at == 0 {
            self.open = vec![1];
        }
        let mut reader = Reader::new(bytes.get(self.at..).unwrap_or_default());
        while let Some(n_missing) = self.open.last_mut() {
            let n_within = match reader.token() {
                Ok(token) => token.n_within(),
                Err(Fault::CutOff) => return Ok(None),
                Err(fault) => return Err(fault),
            };
            self.at = bytes.len() - reader.rest().len();
            *n_missing -= 1;
            if n_within > 0 {
                if self.open.len() > MAX_DEPTH {
                    return Err(Fault::TooDeep);
                }
                self.open.push(n_within);
            }
            while self.open.last() == Some(&0) {
                self.open.pop();
            }
        }
        let len = self.at;
        *self = Extent::default();
        Ok(Some(len))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_that_arrives_byte_by_byte_is_found() {
        // {"a": [1, [], {}], "b": bin} and the beginning of another value.
        let bytes = b"\x82\xa1a\x93\x01\x90\x80\xa1b\xc4\x02xy\x93";
        let mut extent = Extent::default();
        for len in 0..bytes.len() - 1 {
            assert_eq!(extent.advance(&bytes[..len]), Ok(None), "{len}");
        }
        assert_eq!(extent.advance(bytes), Ok(Some(bytes.len() - 1)));
        assert_eq!(extent.advance(b"\xc0"), Ok(Some(1)));
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth| [vec![0x91; depth], vec![0xc0]].concat();
        assert_eq!(
            Extent::default().advance(&nested(MAX_DEPTH)),
            Ok(Some(MAX_DEPTH + 1))
        );
        assert_eq!(
            Extent::default().advance(&nested(MAX_DEPTH + 1)),
            Err(Fault::TooDeep)
        );
    }

    proptest! {
        #[test]
        fn it_ends_where_a_reader_would(bytes in any::<Vec<u8>>(), cut in any::<prop::sample::Index>()) {
            let mut reader = Reader::new(&bytes);
            let skipped = reader.skip().map(|()| bytes.len() - reader.rest().len());
            let mut extent = Extent::default();
            let early = extent.advance(&bytes[..cut.index(bytes.len() + 1)]);
            let found = match early {
                Ok(None) => extent.advance(&bytes),
                found => found,
            };
            match (skipped, found) {
                (_, Err(Fault::TooDeep)) => {}
                (Err(Fault::CutOff), found) => prop_assert_eq!(found, Ok(None)),
                (skipped, found) => prop_assert_eq!(found, skipped.map(Some)),
            }
        }
    }
}
