//! Native histograms of Prometheus, which are read only to be shown.

use std::fmt;

use serde::Deserialize;

/// A native histogram as the API writes it. It displays as Prometheus prints one, such as
/// `{count:3, sum:4.5, (0.5,1]:2, (1,2]:1}`, with the API's numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Histogram {
    #[serde(default)]
    count: String,
    #[serde(default)]
    sum: String,
    /// Which ends belong to a bucket, its ends, and its count.
    #[serde(default)]
    buckets: Vec<(u8, String, String, String)>,
}

impl fmt::Display for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{count:{}, sum:{}", self.count, self.sum)?;
        for (ends, left, right, count) in &self.buckets {
            let (open, close) = match ends {
                0 => ('(', ']'),
                1 => ('[', ')'),
                2 => ('(', ')'),
                _ => ('[', ']'),
            };
            write!(f, ", {open}{left},{right}{close}:{count}")?;
        }
        f.write_str("}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_prometheus_does() {
        let read = |text: &str| serde_json::from_str::<Histogram>(text).unwrap().to_string();
        assert_eq!(
            read(
                r#"{"count":"6","sum":"3.5","buckets":[[1,"-1","-0.5","1"],[3,"-0.1","0.1","2"],[0,"0.5","1","3"]]}"#
            ),
            "{count:6, sum:3.5, [-1,-0.5):1, [-0.1,0.1]:2, (0.5,1]:3}"
        );
        assert_eq!(read(r#"{"count":"0","sum":"0"}"#), "{count:0, sum:0}");
    }
}
