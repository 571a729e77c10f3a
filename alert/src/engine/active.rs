//! One alert of a rule.

use serde::{Deserialize, Serialize};
use venti_model::labels::Labels;

use super::sample::Evidence;
use crate::time::Timestamp;

/// Where an alert is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    /// It has ended, and is told to be so for a while.
    Inactive,
    /// Its sample is there, not yet for long enough.
    Pending,
    /// People are told.
    Firing,
}

/// An alert. Its words are no part of it: they are rendered from the sample when somebody reads
/// them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActiveAlert {
    /// Its identity.
    pub labels: Labels,
    /// The labels of the sample that it was last seen with.
    pub sample: Labels,
    /// The value that it was last seen with.
    #[serde(with = "any_float")]
    pub value: f64,
    /// The native histogram that it was last seen with, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub histogram: Option<Box<str>>,
    /// The lines that it was last seen with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Box<Evidence>>,
    /// Where it is in its life.
    pub state: AlertState,
    /// When its sample came up.
    pub active_at: Timestamp,
    /// When it was last seen.
    pub seen_at: Timestamp,
    /// When it began to fire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fired_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// When it was last handed over to be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sent_at: Option<Timestamp>,
    /// When receivers may take it for ended unless they hear of it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// Since when it fires without a sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_firing_since: Option<Timestamp>,
    /// Whether it is in the result that is being looked at.
    #[serde(skip)]
    pub(super) is_present: bool,
}

impl ActiveAlert {
    /// Its value for readers: `5`, or `>= 1000` where lines were counted up to a limit only.
    pub fn value_text(&self) -> String {
        if let Some(histogram) = &self.histogram {
            return histogram.to_string();
        }
        match &self.lines {
            Some(lines) if lines.is_cut => format!(">= {}", self.value),
            _ => self.value.to_string(),
        }
    }
}

/// JSON has no `NaN` and no infinity: values are kept as Prometheus writes them.
mod any_float {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use venti_model::answer::parse_value;

    pub(super) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_value(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is no value")))
    }
}
