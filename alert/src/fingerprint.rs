//! Fingerprints of label sets.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use venti_model::labels::Labels;

/// The identity of an alert: FNV-1a in 64 bits over names and values, each followed by `0xFF`.
///
/// This is `LabelSet.Fingerprint` of Prometheus' common library and thus what Alertmanager calls
/// the fingerprint of an alert, so both can be laid side by side. As text it is sixteen
/// hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of a label set.
    pub fn of(labels: &Labels) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        for (name, value) in labels.iter() {
            for part in [name, value] {
                part.bytes().for_each(&mut add);
                add(0xFF);
            }
        }
        Self(hash)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for Fingerprint {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The empty set and one of the common library's own examples of FNV-1a.
    #[test]
    fn is_alertmanagers() {
        assert_eq!(
            Fingerprint::of(&Labels::default()).to_string(),
            "cbf29ce484222325"
        );
        let labels = Labels::from_iter([("a", "b")]);
        let print = Fingerprint::of(&labels);
        assert_eq!(print.to_string().parse(), Ok(print));
        let moved = Labels::from_iter([("ab", "")]);
        assert_ne!(Fingerprint::of(&moved), print);
    }
}
