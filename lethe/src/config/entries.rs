//! A YAML file as a list of its settings, each with its place.
//!
//! The original takes keys in any letter case and with dots for nesting, and
//! ignores those it does not know; values are read from their text whatever
//! YAML calls them.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_saphyr::{Error, Location, Options, Spanned, UserMessageFormatter};

/// Line and column, from 1.
pub(super) type Place = Option<(u64, u64)>;

/// One setting of the file.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its keys in lower case, joined by dots.
    pub(super) path: String,
    /// Where the setting stands: its value, or its key if it has none that is known.
    pub(super) place: Place,
    /// What the file says.
    pub(super) value: Value,
}

/// What a setting holds.
#[derive(Debug)]
pub(super) enum Value {
    /// A text, or nothing.
    Scalar(Option<String>),
    /// Whatever a key holds that nobody reads.
    Unknown,
}

/// The settings of `text` whose paths are in `known`, and the other keys.
pub(super) fn read(text: &str, known: &[&str]) -> Result<Vec<Entry>, (Place, String)> {
    let mut options = Options::default();
    options.with_snippet = false;
    let mut entries = Vec::new();
    let level = Level {
        prefix: "",
        known,
        entries: &mut entries,
    };
    serde_saphyr::with_deserializer_from_str_with_options(text, options, |it| {
        level.deserialize(it)
    })
    .map_err(|error| (error.location().and_then(place), message(&error)))?;
    Ok(entries)
}

/// The keys below `prefix`.
struct Level<'a> {
    prefix: &'a str,
    known: &'a [&'a str],
    entries: &'a mut Vec<Entry>,
}

impl<'de> DeserializeSeed<'de> for Level<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Level<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("keys with values")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Level {
            prefix,
            known,
            entries,
        } = self;
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let path = format!("{prefix}{}", key.value.to_lowercase());
            let section = format!("{path}.");
            if known.iter().any(|it| it.starts_with(&section)) {
                map.next_value_seed(Level {
                    prefix: &section,
                    known,
                    entries,
                })?;
                continue;
            }
            let (at, value) = if known.contains(&path.as_str()) {
                let value = map.next_value::<Spanned<Option<String>>>()?;
                (value.referenced, Value::Scalar(value.value))
            } else {
                map.next_value::<IgnoredAny>()?;
                (key.referenced, Value::Unknown)
            };
            entries.push(Entry {
                path,
                place: place(at),
                value,
            });
        }
        Ok(())
    }
}

fn place(location: Location) -> Place {
    let is_known = location != Location::UNKNOWN;
    is_known.then(|| (location.line().max(1), location.column().max(1)))
}

fn message(error: &Error) -> String {
    match error.without_snippet() {
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("duplicate key `{key}`"),
        Error::Unexpected { expected, .. } if expected.contains("mapping") => {
            "expected keys with values".to_owned()
        }
        Error::Unexpected { expected, .. } if expected.contains("scalar") => {
            "expected a text".to_owned()
        }
        other => {
            let text = other.render_with_formatter(&UserMessageFormatter);
            // The place stands in the fault itself.
            let text = text.split(" at line ").next().unwrap_or_default();
            text.trim_end_matches('.').to_owned()
        }
    }
}
