//! One event of a message: its time and what its record says.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::ingest::msgpack::{Fault, Reader, Token};
use crate::ingest::place::Fields;

/// The type number of Fluentd's `EventTime`.
const EVENT_TIME: i8 = 0;

/// An event as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<'a> {
    /// When it happened, if that can be understood.
    pub time: Option<DateTime<Utc>>,
    /// What its record says; nothing if it is no record.
    pub fields: Option<Fields<'a>>,
}

impl<'a> Event<'a> {
    /// Reads time and record.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Event<'a>, Fault> {
        Ok(Event {
            time: time(reader)?,
            fields: fields(reader)?,
        })
    }
}

/// Seconds since 1970, an `EventTime`, or an array of one of these and
/// metadata, which Fluent Bit sends.
fn time(reader: &mut Reader<'_>) -> Result<Option<DateTime<Utc>>, Fault> {
    let token = match reader.token()? {
        Token::Array(0) => return Ok(None),
        Token::Array(len) => {
            let time = reader.peek()?;
            for _ in 0..len {
                reader.skip()?;
            }
            time
        }
        Token::Map(len) => {
            for _ in 0..len {
                reader.skip()?;
                reader.skip()?;
            }
            return Ok(None);
        }
        token => token,
    };
    Ok(match token {
        Token::Int(seconds) => DateTime::from_timestamp(seconds, 0),
        Token::Float(seconds) => DateTime::from_timestamp_micros((seconds * 1e6).round() as i64),
        Token::Ext(EVENT_TIME, bytes) => event_time(bytes),
        _ => None,
    })
}

/// Seconds and nanoseconds, both as `u32` with the greatest byte first.
fn event_time(bytes: &[u8]) -> Option<DateTime<Utc>> {
    let (seconds, rest) = bytes.split_first_chunk()?;
    let nanos = <[u8; 4]>::try_from(rest).ok()?;
    let seconds = u32::from_be_bytes(*seconds);
    DateTime::from_timestamp(seconds.into(), u32::from_be_bytes(nanos))
}

fn fields<'a>(reader: &mut Reader<'a>) -> Result<Option<Fields<'a>>, Fault> {
    let Token::Map(len) = reader.peek()? else {
        reader.skip()?;
        return Ok(None);
    };
    reader.token()?;
    let mut fields = Fields::default();
    for _ in 0..len {
        let name = name(reader)?;
        if name == b"kubernetes" {
            kubernetes(reader, &mut fields)?;
        } else if let Some(value) = reader.peek()?.bytes() {
            fields.set(name, Cow::Borrowed(value));
            reader.token()?;
        } else {
            reader.skip()?;
        }
    }
    Ok(Some(fields))
}

fn kubernetes<'a>(reader: &mut Reader<'a>, fields: &mut Fields<'a>) -> Result<(), Fault> {
    let Token::Map(len) = reader.peek()? else {
        return reader.skip();
    };
    reader.token()?;
    for _ in 0..len {
        let name = name(reader)?;
        match reader.peek()?.bytes() {
            Some(value) => {
                fields.set_kubernetes(name, Cow::Borrowed(value));
                reader.token()?;
            }
            None => reader.skip()?,
        }
    }
    Ok(())
}

/// A key; what is no text has no name.
fn name<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Fault> {
    match reader.peek()?.bytes() {
        Some(name) => {
            reader.token()?;
            Ok(name)
        }
        None => reader.skip().map(|()| &b""[..]),
    }
}
