//! A line with all that is known of it: labels, message, level and fields.

use std::borrow::Cow;
use std::cell::OnceCell;

use serde_json::Value;

use crate::letheql::{Format, Source};

use super::filter::readable;
use super::lines::Header;
use super::{json, logfmt};
use crate::level::Level;

/// A line that was taken apart. Its message is read for fields when somebody
/// first asks for one.
#[derive(Debug)]
pub struct Line<'l> {
    bytes: &'l [u8],
    header: Header,
    json: OnceCell<Option<Value>>,
}

impl<'l> Line<'l> {
    /// A line without its line break, and where its parts are.
    pub fn new(bytes: &'l [u8], header: Header) -> Line<'l> {
        Line {
            bytes,
            header,
            json: OnceCell::new(),
        }
    }

    /// The line without its line break.
    pub fn bytes(&self) -> &'l [u8] {
        self.bytes
    }

    /// Where its parts are.
    pub fn header(&self) -> Header {
        self.header
    }

    /// All behind the labels.
    pub fn message(&self) -> &'l [u8] {
        self.header.message(self.bytes)
    }

    /// A label, by its place in [`crate::letheql::LogType::labels`].
    pub fn label(&self, place: usize) -> Option<&'l [u8]> {
        self.header.labels(self.bytes).nth(place)
    }

    /// The value from a source, if the line has it.
    pub fn value(&self, source: &Source) -> Option<Cow<'_, [u8]>> {
        match source {
            Source::Label(place) => self.label(*place).map(Cow::Borrowed),
            Source::Level => Some(self.level()),
            Source::Field { name, formats } => formats
                .iter()
                .find_map(|it| self.field(*it, name))
                .or_else(|| (name == Source::LEVEL_FIELD).then(|| self.level())),
        }
    }

    fn level(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(Level::of(self.message()).name().as_bytes())
    }

    fn field(&self, format: Format, name: &str) -> Option<Cow<'_, [u8]>> {
        match format {
            Format::Logfmt => logfmt::field(self.message(), name.as_bytes()),
            Format::Json => {
                let read = || serde_json::from_slice(&readable(self.message())).ok();
                json::field(self.json.get_or_init(read).as_ref()?, name)
            }
        }
    }
}
