//! Unpacks what senders have compressed, up to a bound.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

/// How far back a Zstandard packet may refer, as a power of two in bytes: as
/// much as decoders have to support.
const MAX_WINDOW_LOG: u32 = 23;

/// How something is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Gzip of one or several members, as Fluent Bit joins them.
    Gzip,
    /// Zstandard of one or several frames.
    Zstd,
}

/// Why compressed bytes cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InflateError {
    /// They are not what they should be.
    #[error("not {0:?}, or cut off")]
    Corrupt(Compression, #[source] io::Error),
    /// A small packet can unpack to a thousand times its size.
    #[error("more than {max} bytes once unpacked")]
    TooLarge {
        /// The bound.
        max: usize,
    },
}

/// Unpacks bytes into no more than `max`.
pub fn inflate(
    packed: &[u8],
    compression: Compression,
    max: usize,
) -> Result<Vec<u8>, InflateError> {
    let read = |reader: &mut dyn Read| {
        let mut bytes = Vec::new();
        reader.take(max as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let read = match compression {
        Compression::Gzip => read(&mut MultiGzDecoder::new(packed)),
        Compression::Zstd => zstd::Decoder::with_buffer(packed).and_then(|mut it| {
            // What a packet asks for is allocated before it is unpacked.
            it.window_log_max(MAX_WINDOW_LOG)?;
            read(&mut it)
        }),
    };
    let bytes = read.map_err(|error| InflateError::Corrupt(compression, error))?;
    if bytes.len() > max {
        return Err(InflateError::TooLarge { max });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 0).unwrap()
    }

    type Pack = fn(&[u8]) -> Vec<u8>;

    const BOTH: [(Compression, Pack); 2] = [(Compression::Gzip, gzip), (Compression::Zstd, zstd)];

    #[test]
    fn parts_are_joined() {
        for (compression, pack) in BOTH {
            let packed = [pack(b"one "), pack(b"two")].concat();
            assert_eq!(inflate(&packed, compression, 100).unwrap(), b"one two");
        }
    }

    #[test]
    fn a_bomb_and_a_torn_file_are_refused() {
        for (compression, pack) in BOTH {
            let packed = pack(&[0; 1_000]);
            assert_eq!(inflate(&packed, compression, 1_000).unwrap().len(), 1_000);
            let error = inflate(&packed, compression, 999).unwrap_err();
            assert!(matches!(error, InflateError::TooLarge { max: 999 }));
            let torn = packed.get(..packed.len() - 1).unwrap();
            let error = inflate(torn, compression, 1_000).unwrap_err();
            assert!(matches!(error, InflateError::Corrupt(..)));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_unpacked_or_refused(bytes in any::<Vec<u8>>()) {
            for (compression, _) in BOTH {
                let _ = inflate(&bytes, compression, 100);
            }
        }
    }
}
