//! What a query answered: one sample for each alert to be.

use serde::{Deserialize, Serialize};
use venti_model::answer::{self, LogRow};
use venti_model::labels::Labels;

/// A sample that a rule's expression answered at a moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Its labels, `__name__` included.
    pub labels: Labels,
    /// Its value; `NaN` and infinities are values too.
    pub value: f64,
    /// A native histogram as text, whose value is 0.
    pub histogram: Option<Box<str>>,
    /// The lines that were counted, of a rule over lines.
    pub lines: Option<Box<Evidence>>,
}

/// The lines behind a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The newest lines, the newest first.
    pub rows: Vec<LogRow>,
    /// Whether there were more lines than were read: the value is the least that it can be.
    pub is_cut: bool,
}

impl From<answer::Sample> for Sample {
    fn from(sample: answer::Sample) -> Self {
        Self {
            labels: sample.labels,
            value: sample.value,
            histogram: sample.histogram,
            lines: None,
        }
    }
}
