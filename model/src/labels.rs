//! Label sets of series.

use std::cmp::Ordering;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// The label of a series that holds its metric name.
pub const METRIC_NAME: &str = "__name__";

/// A label set, ordered by name.
///
/// One text holds all names and values, each behind its length: a hundred thousand sets fit in
/// memory, and two of them are equal when their texts are.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Labels(Box<str>);

impl Labels {
    /// The value of a label, if the series has it.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(it, _)| *it == name)
            .map(|(_, value)| value)
    }

    /// Name and value of every label, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut rest = &*self.0;
        std::iter::from_fn(move || Some((take(&mut rest)?, take(&mut rest)?)))
    }

    /// Whether there is no label at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A text that equal sets share and no other set has, for hashing. It lives in this process
    /// only: nothing may keep it.
    pub fn packed(&self) -> &str {
        &self.0
    }

    /// Of labels of the same name the last one counts.
    fn pack<N: AsRef<str>, V: AsRef<str>>(mut pairs: Vec<(N, V)>) -> Self {
        pairs.sort_by(|(a, _), (b, _)| a.as_ref().cmp(b.as_ref()));
        let mut text = String::with_capacity(
            pairs
                .iter()
                .map(|(name, value)| name.as_ref().len() + value.as_ref().len() + 4)
                .sum(),
        );
        let mut pairs = pairs.iter().peekable();
        while let Some((name, value)) = pairs.next() {
            let is_replaced = pairs
                .peek()
                .is_some_and(|(next, _)| next.as_ref() == name.as_ref());
            if !is_replaced {
                put(&mut text, name.as_ref());
                put(&mut text, value.as_ref());
            }
        }
        Self(text.into_boxed_str())
    }
}

/// Appends a part behind its length in digits of six bits, the lowest first; the seventh bit
/// says that another digit follows. All of it is ASCII, so the text stays a text.
fn put(text: &mut String, part: &str) {
    let mut length = part.len();
    loop {
        let digit = (length & 63) as u8;
        length >>= 6;
        text.push(char::from(if length > 0 { digit | 64 } else { digit }));
        if length == 0 {
            break;
        }
    }
    text.push_str(part);
}

/// Takes a part off the front.
fn take<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let mut length = 0;
    for (at, byte) in rest.bytes().enumerate() {
        length |= usize::from(byte & 63) << (6 * at);
        if byte & 64 == 0 {
            let (part, tail) = rest.get(at + 1..)?.split_at_checked(length)?;
            *rest = tail;
            return Some(part);
        }
    }
    None
}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for Labels {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self::pack(pairs.into_iter().collect())
    }
}

impl Ord for Labels {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other.iter())
    }
}

impl PartialOrd for Labels {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Labels;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("labels")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Labels, A::Error> {
                let mut pairs = Vec::with_capacity(map.size_hint().unwrap_or(8));
                while let Some(pair) = map.next_entry::<String, String>()? {
                    pairs.push(pair);
                }
                Ok(Labels::pack(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// As Prometheus prints a series: `up{instance="a",job="b"}`.
impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.get(METRIC_NAME).unwrap_or_default();
        f.write_str(name)?;
        let mut rest = self
            .iter()
            .filter(|(name, _)| *name != METRIC_NAME)
            .peekable();
        if rest.peek().is_none() && !name.is_empty() {
            return Ok(());
        }
        f.write_str("{")?;
        for (at, (name, value)) in rest.enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{name}=\"{}\"", escape(value))?;
        }
        f.write_str("}")
    }
}

/// As inside a quoted string of PromQL.
fn escape(value: &str) -> String {
    value
        .replace('\\', r"\\")
        .replace('"', r#"\""#)
        .replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn prints_like_prometheus() {
        let labels = |pairs: &[(&str, &str)]| Labels::from_iter(pairs.iter().copied()).to_string();
        assert_eq!(labels(&[]), "{}");
        assert_eq!(labels(&[(METRIC_NAME, "up")]), "up");
        assert_eq!(
            labels(&[("b", "2"), ("a", "say \"1\"")]),
            r#"{a="say \"1\"", b="2"}"#
        );
        assert_eq!(labels(&[("a", "C:\\\n")]), r#"{a="C:\\\n"}"#);
        assert_eq!(
            labels(&[(METRIC_NAME, "up"), ("job", "x")]),
            r#"up{job="x"}"#
        );
    }

    proptest! {
        #[test]
        fn behaves_as_a_map(
            pairs in proptest::collection::vec(("[a-cé]{0,2}", "([x-z]|é){0,90}"), 0..8),
            other in proptest::collection::btree_map("[a-cé]{0,2}", "[x-z]{0,2}", 0..3),
        ) {
            let map: BTreeMap<String, String> = pairs.iter().cloned().collect();
            let labels = Labels::from_iter(pairs);
            prop_assert!(labels.iter().eq(map.iter().map(|(n, v)| (n.as_str(), v.as_str()))));
            for (name, value) in &map {
                prop_assert_eq!(labels.get(name), Some(value.as_str()));
            }
            let json = serde_json::to_string(&labels).unwrap();
            prop_assert_eq!(&json, &serde_json::to_string(&map).unwrap());
            prop_assert_eq!(serde_json::from_str::<Labels>(&json).unwrap(), labels.clone());
            let second = Labels::from_iter(&other);
            prop_assert_eq!(labels.cmp(&second), map.cmp(&other));
            prop_assert_eq!(labels.packed() == second.packed(), map == other);
        }
    }
}
