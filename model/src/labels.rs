//! Label sets of series.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The label of a series that holds its metric name.
pub const METRIC_NAME: &str = "__name__";

/// A label set, ordered by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Labels(BTreeMap<String, String>);

impl Labels {
    /// The value of a label, if the series has it.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Name and value of every label, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there is no label at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Labels {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
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
}
