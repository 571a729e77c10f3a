//! Samples of an instant query, and how Prometheus writes numbers.

use serde::{Deserialize, Deserializer};

use super::histogram::Histogram;
use crate::labels::Labels;

/// One series at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Its labels.
    pub labels: Labels,
    /// When, unix seconds.
    pub time: f64,
    /// The value; `NaN` and infinities are values too.
    pub value: f64,
    /// A native histogram as text; then it is the value, and the number is 0.
    pub histogram: Option<Box<str>>,
}

/// Reads a value as Prometheus prints it: a decimal number, `NaN`, `+Inf` or `-Inf`.
pub fn parse_value(text: &str) -> Option<f64> {
    text.parse().ok()
}

impl<'de> Deserialize<'de> for Sample {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(default)]
            metric: Labels,
            /// One of both is there.
            value: Option<(f64, String)>,
            histogram: Option<(f64, Histogram)>,
        }
        let wire = Wire::deserialize(deserializer)?;
        let (time, value, histogram) = match (wire.value, wire.histogram) {
            (Some((time, text)), _) => {
                let value = parse_value(&text).ok_or_else(|| {
                    serde::de::Error::custom(format!("`{text}` is no sample value"))
                })?;
                (time, value, None)
            }
            (None, Some((time, histogram))) => (time, 0.0, Some(histogram.to_string().into())),
            (None, None) => {
                let message = "a sample has neither `value` nor `histogram`";
                return Err(serde::de::Error::custom(message));
            }
        };
        Ok(Self {
            labels: wire.metric,
            time,
            value,
            histogram,
        })
    }
}
