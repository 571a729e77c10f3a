//! A YAML document as a tree in which every part knows its place.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use crate::source::place;

/// A part of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it holds.
    pub value: Value,
    /// Line and column, from 1, where they are known.
    pub at: Option<(usize, usize)>,
}

/// What a part of a document holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing: an absent value, `~` or `null`.
    Null,
    /// A scalar as it is written, whatever type YAML would guess: `1.10` stays `1.10`.
    Text(String),
    /// Items in their order.
    List(Vec<Node>),
    /// Keys with values in their order; no key stands twice.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Line and column of the key, from 1.
    pub at: Option<(usize, usize)>,
    /// Its value.
    pub value: Node,
}

/// What the YAML reader hands over: plain scalars that look like numbers have lost their text.
#[derive(Debug)]
pub(crate) enum Raw {
    Null,
    Text(String),
    /// A plain scalar to be cut out of the source.
    Plain,
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl Node {
    /// Gives scalars that were read as numbers the text they have in `source`.
    pub(crate) fn new(raw: Spanned<Raw>, source: &str) -> Node {
        let value = match raw.value {
            Raw::Null => Value::Null,
            Raw::Text(text) => Value::Text(text),
            Raw::Plain => Value::Text(cut(source, raw.defined).unwrap_or_default()),
            Raw::List(items) => {
                Value::List(items.into_iter().map(|it| Node::new(it, source)).collect())
            }
            Raw::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| Entry {
                        at: place(key.referenced),
                        key: key.value,
                        value: Node::new(value, source),
                    })
                    .collect(),
            ),
        };
        Node {
            value,
            at: place(raw.referenced),
        }
    }

    /// The value of a key, where this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|it| it.key == key).map(|it| &it.value),
            _ => None,
        }
    }

    /// What it is, in words of whoever writes such files.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "keys with values",
        }
    }
}

fn cut(source: &str, at: Location) -> Option<String> {
    let span = at.span();
    let start = usize::try_from(span.byte_offset()?).ok()?;
    let length = usize::try_from(span.byte_len()?).ok()?;
    let text = source.get(start..start.checked_add(length)?)?;
    Some(text.trim().to_owned())
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Raw, E> {
        Ok(Raw::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;
    use proptest::prelude::*;

    fn read(text: &str) -> Node {
        Source {
            file: "a.yml",
            text,
        }
        .read_tree()
        .unwrap()
        .0
    }

    #[test]
    fn scalars_keep_their_text() {
        let text = "a: 1.10\nb: true\nc: 0x1F\nd: .nan\ne: '7'\nf: ~\ng:\nh: 1e400\ni: >-\n  x\n  y\nj: 12345678901234567890123\n";
        let node = read(text);
        let value = |key: &str| node.get(key).map(|it| it.value.clone());
        let text = |it: &str| Some(Value::Text(it.into()));
        assert_eq!(value("a"), text("1.10"));
        assert_eq!(value("b"), text("true"));
        assert_eq!(value("c"), text("0x1F"));
        assert_eq!(value("d"), text(".nan"));
        assert_eq!(value("e"), text("7"));
        assert_eq!(value("f"), Some(Value::Null));
        assert_eq!(value("g"), Some(Value::Null));
        assert_eq!(value("h"), text("1e400"));
        assert_eq!(value("i"), text("x y"));
        assert_eq!(value("j"), text("12345678901234567890123"));
    }

    #[test]
    fn every_part_knows_its_place() {
        let node = read("a:\n- b: é\n  c: 2 # two\n");
        let Some(Value::List(items)) = node.get("a").map(|it| &it.value) else {
            panic!("{node:?}");
        };
        let Value::Map(entries) = &items[0].value else {
            panic!("{items:?}");
        };
        assert_eq!(items[0].at, Some((2, 3)));
        assert_eq!(entries[1].at, Some((3, 3)));
        assert_eq!(entries[1].value.at, Some((3, 6)));
        assert_eq!(entries[1].value.value, Value::Text("2".into()));
    }

    #[test]
    fn anchors_and_merges_are_followed() {
        let node = read("x: &x {k: 1, l: 2}\ny:\n  <<: *x\n  l: 3\nz: *x\n");
        let value = |a: &str, b: &str| node.get(a)?.get(b).map(|it| it.value.clone());
        assert_eq!(value("y", "k"), Some(Value::Text("1".into())));
        assert_eq!(value("y", "l"), Some(Value::Text("3".into())));
        assert_eq!(value("z", "k"), Some(Value::Text("1".into())));
    }

    proptest! {
        #[test]
        fn never_panics(text in "([a-c:\\-\\[\\]{}&*<'\"|>0-9. \n#!?]|é){0,60}") {
            let _ = Source { file: "a.yml", text: &text }.read_tree();
        }
    }
}
