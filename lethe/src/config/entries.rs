//! A YAML file as a list of its settings, each with its place.
//!
//! The original takes keys in any letter case and with dots for nesting, and
//! ignores those it does not know; values are read from their text whatever
//! YAML calls them.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Error, Location, Options, Spanned, UserMessageFormatter};

/// Line and column, from 1.
pub(super) type Place = Option<(u64, u64)>;

/// One setting of the file.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its keys in lower case, joined by dots; in a list, the place of the item
    /// from 0 stands in brackets: `tail[0].path`.
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

/// The settings of `text` whose paths are in `known`, and the other keys. In
/// `known`, `tail[].path` is a key of the items of a list.
pub(super) fn read(text: &str, known: &[&str]) -> Result<Vec<Entry>, (Place, String)> {
    let mut options = Options::default();
    options.with_snippet = false;
    let mut entries = Vec::new();
    let level = Level {
        prefix: "",
        known_prefix: "",
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
    /// The same with empty brackets.
    known_prefix: &'a str,
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
            known_prefix,
            known,
            entries,
        } = self;
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let name = key.value.to_lowercase();
            let path = format!("{prefix}{name}");
            let known_path = format!("{known_prefix}{name}");
            let is_known = |end: &str| {
                let section = format!("{known_path}{end}");
                known.iter().any(|it| it.starts_with(&section))
            };
            if is_known(".") {
                map.next_value_seed(Level {
                    prefix: &format!("{path}."),
                    known_prefix: &format!("{known_path}."),
                    known,
                    entries,
                })?;
                continue;
            }
            if is_known("[].") {
                map.next_value_seed(List {
                    path: &path,
                    known_prefix: &format!("{known_path}[]."),
                    known,
                    entries,
                })?;
                continue;
            }
            let (at, value) = if known.contains(&known_path.as_str()) {
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

/// The items of a list, each with keys.
struct List<'a> {
    path: &'a str,
    known_prefix: &'a str,
    known: &'a [&'a str],
    entries: &'a mut Vec<Entry>,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut prefix = format!("{}[0].", self.path);
        let mut n_items = 0;
        while items
            .next_element_seed(Level {
                prefix: &prefix,
                known_prefix: self.known_prefix,
                known: self.known,
                entries: &mut *self.entries,
            })?
            .is_some()
        {
            n_items += 1;
            prefix = format!("{}[{n_items}].", self.path);
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
        Error::Unexpected { expected, .. } if expected.contains("sequence") => {
            "expected a list".to_owned()
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
