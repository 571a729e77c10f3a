//! Samples of an instant query, and how Prometheus writes numbers.

use serde::{Deserialize, Deserializer};

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
            /// Absent for native histograms, which have a `histogram` instead.
            value: Option<(f64, String)>,
        }
        let wire = Wire::deserialize(deserializer)?;
        let (time, text) = wire.value.ok_or_else(|| {
            serde::de::Error::custom("native histograms cannot be drawn: use histogram_quantile()")
        })?;
        let value = parse_value(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no sample value")))?;
        Ok(Self {
            labels: wire.metric,
            time,
            value,
        })
    }
}
