//! Reads MessagePack that lies in memory, and borrows from it.
//!
//! `rmp` knows the format's marks; its readers copy texts and cannot tell a
//! value that is cut off from one that makes no sense. A stream needs both.

use rmp::Marker;

mod extent;

pub use extent::Extent;

/// What is wrong with some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// They end before the value does.
    #[error("the value is cut off")]
    CutOff,
    /// No value begins like this.
    #[error("no MessagePack")]
    Reserved,
    /// Values within values, more often than anybody means.
    #[error("values are nested too deeply")]
    TooDeep,
}

/// A value, or the beginning of one that holds others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Token<'a> {
    /// Nothing.
    Nil,
    /// True or false.
    Bool(bool),
    /// A whole number; those beyond the type are its greatest.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text, of which nobody promises that it is UTF-8.
    Str(&'a [u8]),
    /// Bytes.
    Bin(&'a [u8]),
    /// So many values follow.
    Array(usize),
    /// So many keys follow, each with its value.
    Map(usize),
    /// Bytes of a type that an application defines.
    Ext(i8, &'a [u8]),
}

impl<'a> Token<'a> {
    /// The bytes of a text, or bytes: senders use either for both.
    pub fn bytes(self) -> Option<&'a [u8]> {
        match self {
            Token::Str(bytes) | Token::Bin(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// How many values follow that belong to this one.
    fn n_within(self) -> usize {
        match self {
            Token::Array(len) => len,
            Token::Map(len) => len.saturating_mul(2),
            _ => 0,
        }
    }
}

/// Reads values one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader of the values in `bytes`.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next value, or the beginning of it.
    pub fn token(&mut self) -> Result<Token<'a>, Fault> {
        let [mark] = self.array()?;
        Ok(match Marker::from_u8(mark) {
            Marker::FixPos(value) => Token::Int(value.into()),
            Marker::FixNeg(value) => Token::Int(value.into()),
            Marker::Null => Token::Nil,
            Marker::True => Token::Bool(true),
            Marker::False => Token::Bool(false),
            Marker::U8 => Token::Int(u8::from_be_bytes(self.array()?).into()),
            Marker::U16 => Token::Int(u16::from_be_bytes(self.array()?).into()),
            Marker::U32 => Token::Int(u32::from_be_bytes(self.array()?).into()),
            Marker::U64 => {
                let value = u64::from_be_bytes(self.array()?);
                Token::Int(value.try_into().unwrap_or(i64::MAX))
            }
            Marker::I8 => Token::Int(i8::from_be_bytes(self.array()?).into()),
            Marker::I16 => Token::Int(i16::from_be_bytes(self.array()?).into()),
            Marker::I32 => Token::Int(i32::from_be_bytes(self.array()?).into()),
            Marker::I64 => Token::Int(i64::from_be_bytes(self.array()?)),
            Marker::F32 => Token::Float(f32::from_be_bytes(self.array()?).into()),
            Marker::F64 => Token::Float(f64::from_be_bytes(self.array()?)),
            Marker::FixStr(len) => Token::Str(self.take(len.into())?),
            Marker::Str8 => Token::Str(self.sized::<1>()?),
            Marker::Str16 => Token::Str(self.sized::<2>()?),
            Marker::Str32 => Token::Str(self.sized::<4>()?),
            Marker::Bin8 => Token::Bin(self.sized::<1>()?),
            Marker::Bin16 => Token::Bin(self.sized::<2>()?),
            Marker::Bin32 => Token::Bin(self.sized::<4>()?),
            Marker::FixArray(len) => Token::Array(len.into()),
            Marker::Array16 => Token::Array(self.len::<2>()?),
            Marker::Array32 => Token::Array(self.len::<4>()?),
            Marker::FixMap(len) => Token::Map(len.into()),
            Marker::Map16 => Token::Map(self.len::<2>()?),
            Marker::Map32 => Token::Map(self.len::<4>()?),
            Marker::FixExt1 => self.ext(1)?,
            Marker::FixExt2 => self.ext(2)?,
            Marker::FixExt4 => self.ext(4)?,
            Marker::FixExt8 => self.ext(8)?,
            Marker::FixExt16 => self.ext(16)?,
            Marker::Ext8 => self.sized_ext::<1>()?,
            Marker::Ext16 => self.sized_ext::<2>()?,
            Marker::Ext32 => self.sized_ext::<4>()?,
            Marker::Reserved => return Err(Fault::Reserved),
        })
    }

    /// The next value without taking it.
    pub fn peek(&self) -> Result<Token<'a>, Fault> {
        let mut ahead = *self;
        ahead.token()
    }

    /// Passes over one value with all that is in it.
    pub fn skip(&mut self) -> Result<(), Fault> {
        // Values within need no stack to be passed over, only to be counted.
        let mut n_left: usize = 1;
        while n_left > 0 {
            let n_within = self.token()?.n_within();
            n_left = (n_left - 1).saturating_add(n_within);
        }
        Ok(())
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], Fault> {
        let (bytes, rest) = self.rest.split_at_checked(len).ok_or(Fault::CutOff)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Fault::CutOff)?;
        self.rest = rest;
        Ok(*bytes)
    }

    /// A length of `N` bytes.
    fn len<const N: usize>(&mut self) -> Result<usize, Fault> {
        let bytes = self.array::<N>()?;
        let len = bytes
            .iter()
            .fold(0_u32, |len, byte| len << 8 | u32::from(*byte));
        Ok(len as usize)
    }

    /// As many bytes as a length of `N` bytes before them says.
    fn sized<const N: usize>(&mut self) -> Result<&'a [u8], Fault> {
        let len = self.len::<N>()?;
        self.take(len)
    }

    fn ext(&mut self, len: usize) -> Result<Token<'a>, Fault> {
        let kind = i8::from_be_bytes(self.array()?);
        Ok(Token::Ext(kind, self.take(len)?))
    }

    fn sized_ext<const N: usize>(&mut self) -> Result<Token<'a>, Fault> {
        let len = self.len::<N>()?;
        self.ext(len)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rmp::encode::*;

    use super::*;

    fn read(bytes: &[u8]) -> Token<'_> {
        let mut reader = Reader::new(bytes);
        let token = reader.token().unwrap();
        assert!(reader.is_empty());
        token
    }

    #[test]
    fn values_hold_values() {
        let mut bytes = Vec::new();
        write_map_len(&mut bytes, 1).unwrap();
        write_str(&mut bytes, "key").unwrap();
        write_array_len(&mut bytes, 2).unwrap();
        write_nil(&mut bytes).unwrap();
        write_bool(&mut bytes, true).unwrap();
        let mut reader = Reader::new(&bytes);
        let tokens: Vec<Token<'_>> = std::iter::from_fn(|| reader.token().ok()).collect();
        assert_eq!(
            tokens,
            [
                Token::Map(1),
                Token::Str(b"key"),
                Token::Array(2),
                Token::Nil,
                Token::Bool(true)
            ]
        );
        let mut reader = Reader::new(&bytes);
        reader.skip().unwrap();
        assert!(reader.is_empty());
    }

    #[test]
    fn bytes_that_are_no_value_are_refused() {
        assert_eq!(Reader::new(b"").token(), Err(Fault::CutOff));
        assert_eq!(Reader::new(b"\xc1").token(), Err(Fault::Reserved));
        assert_eq!(
            Reader::new(b"\xdb\xff\xff\xff\xffx").token(),
            Err(Fault::CutOff)
        );
        assert_eq!(
            Reader::new(b"\xdd\xff\xff\xff\xff").skip(),
            Err(Fault::CutOff)
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            int in any::<i64>(), float in any::<f64>(), text in any::<String>(),
            data in any::<Vec<u8>>(), kind in any::<i8>(), len in any::<u32>(),
        ) {
            let mut bytes = Vec::new();
            write_sint(&mut bytes, int).unwrap();
            prop_assert_eq!(read(&bytes), Token::Int(int));
            bytes.clear();
            write_f64(&mut bytes, float).unwrap();
            prop_assert!(matches!(read(&bytes), Token::Float(it) if it.to_bits() == float.to_bits()));
            bytes.clear();
            write_str(&mut bytes, &text).unwrap();
            prop_assert_eq!(read(&bytes), Token::Str(text.as_bytes()));
            bytes.clear();
            write_bin(&mut bytes, &data).unwrap();
            prop_assert_eq!(read(&bytes), Token::Bin(&data));
            bytes.clear();
            write_ext_meta(&mut bytes, data.len() as u32, kind).unwrap();
            bytes.extend_from_slice(&data);
            prop_assert_eq!(read(&bytes), Token::Ext(kind, &data));
            bytes.clear();
            write_array_len(&mut bytes, len).unwrap();
            prop_assert_eq!(read(&bytes), Token::Array(len as usize));
            bytes.clear();
            write_map_len(&mut bytes, len).unwrap();
            prop_assert_eq!(read(&bytes), Token::Map(len as usize));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in any::<Vec<u8>>()) {
            let mut reader = Reader::new(&bytes);
            while reader.skip().is_ok() {}
        }
    }
}
