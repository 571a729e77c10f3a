//! A message in any of the four modes.

use std::borrow::Cow;

use crate::ingest::inflate::{Compression, InflateError, inflate};
use crate::ingest::msgpack::{Fault, Reader, Token};

use super::event::Event;

/// Bytes that packed events may unpack to.
const MAX_INFLATED: usize = 64 << 20;

/// What is wrong with a message.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// It is no MessagePack.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// It is not built like a message.
    #[error("no forward message: expected {0}")]
    Shape(&'static str),
    /// The decoder has failed, not the message.
    #[error("the message could not be decoded")]
    Failed,
    /// Compressed with what is not known here.
    #[error("unknown compression: send text, gzip or zstd")]
    Compression,
    /// Its events cannot be unpacked.
    #[error("events cannot be unpacked")]
    Inflate(#[from] InflateError),
}

/// A message: events with one tag.
#[derive(Debug)]
pub struct Message<'a> {
    /// The tag of all events.
    pub tag: &'a [u8],
    /// What is to be sent back once the events are on disk.
    pub chunk: Option<&'a [u8]>,
    events: Events<'a>,
}

#[derive(Debug)]
enum Events<'a> {
    /// Time and record, as they stand in the message.
    One(Reader<'a>),
    /// So many arrays of time and record.
    Some(usize, Reader<'a>),
    /// Arrays of time and record, as bytes.
    Packed(Cow<'a, [u8]>),
}

impl<'a> Message<'a> {
    /// Reads a message that is whole. Nothing for `nil`, which keeps a
    /// connection alive.
    pub fn decode(bytes: &'a [u8]) -> Result<Option<Message<'a>>, DecodeError> {
        let mut reader = Reader::new(bytes);
        let len = match reader.token()? {
            Token::Nil => return Ok(None),
            Token::Array(len @ 2..=4) => len,
            _ => return Err(DecodeError::Shape("an array of tag and events")),
        };
        let tag = reader.token()?.bytes();
        let tag = tag.ok_or(DecodeError::Shape("a text as tag"))?;
        let mut packed = None;
        let events = match reader.peek()? {
            // A time with metadata is an array too, but its first is no array.
            Token::Array(n_events) if n_events == 0 || holds_arrays(&reader)? => {
                let mut events = reader;
                events.token()?;
                reader.skip()?;
                Events::Some(n_events, events)
            }
            Token::Str(bytes) | Token::Bin(bytes) => {
                packed = Some(bytes);
                reader.skip()?;
                Events::Packed(Cow::Borrowed(bytes))
            }
            _ if len > 2 => {
                let event = reader;
                reader.skip()?;
                reader.skip()?;
                Events::One(event)
            }
            _ => return Err(DecodeError::Shape("events behind the tag")),
        };
        let options = match reader.is_empty() {
            true => Options::default(),
            false => Options::read(&mut reader)?,
        };
        let compression = match options.compressed {
            None | Some(b"text") => None,
            Some(b"gzip") => Some(Compression::Gzip),
            Some(b"zstd") => Some(Compression::Zstd),
            Some(_) => return Err(DecodeError::Compression),
        };
        let events = match (packed, compression) {
            (Some(packed), Some(compression)) => {
                Events::Packed(inflate(packed, compression, MAX_INFLATED)?.into())
            }
            _ => events,
        };
        Ok(Some(Message {
            tag,
            chunk: options.chunk,
            events,
        }))
    }

    /// Hands each event to `take`, in their order.
    pub fn for_each(&self, mut take: impl FnMut(Event<'_>)) -> Result<(), DecodeError> {
        match &self.events {
            Events::One(reader) => take(Event::read(&mut reader.clone())?),
            Events::Some(n_events, reader) => {
                let mut reader = *reader;
                for _ in 0..*n_events {
                    take(pair(&mut reader)?);
                }
            }
            Events::Packed(bytes) => {
                let mut reader = Reader::new(bytes);
                while !reader.is_empty() {
                    take(pair(&mut reader)?);
                }
            }
        }
        Ok(())
    }
}

fn pair<'a>(reader: &mut Reader<'a>) -> Result<Event<'a>, DecodeError> {
    match reader.token()? {
        Token::Array(2) => Ok(Event::read(reader)?),
        _ => Err(DecodeError::Shape("an array of time and record")),
    }
}

/// Whether the first value within the next one is an array.
fn holds_arrays(reader: &Reader<'_>) -> Result<bool, Fault> {
    let mut ahead = *reader;
    ahead.token()?;
    Ok(matches!(ahead.token()?, Token::Array(_)))
}

/// What a message says about itself.
#[derive(Debug, Default)]
struct Options<'a> {
    chunk: Option<&'a [u8]>,
    compressed: Option<&'a [u8]>,
}

impl<'a> Options<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Options<'a>, DecodeError> {
        let mut options = Options::default();
        let len = match reader.token()? {
            Token::Nil => 0,
            Token::Map(len) => len,
            _ => return Err(DecodeError::Shape("a map of options")),
        };
        for _ in 0..len {
            let name = reader.peek()?.bytes();
            reader.skip()?;
            let value = reader.peek()?.bytes();
            reader.skip()?;
            match name {
                Some(b"chunk") => options.chunk = value,
                Some(b"compressed") => options.compressed = value,
                _ => {}
            }
        }
        Ok(options)
    }
}
