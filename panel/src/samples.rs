//! Samples at one moment, out of whatever a query answers.

use venti_model::answer::{Answer, Data, Sample};
use venti_model::labels::Labels;

use crate::UnfitAnswer;

/// The samples of an instant answer; a scalar is a sample without labels.
///
/// # Errors
///
/// Answers that are none say what they are instead.
pub fn samples(answer: Answer) -> Result<Vec<Sample>, UnfitAnswer> {
    match answer.data {
        Data::Vector(samples) if samples.iter().any(|it| it.histogram.is_some()) => {
            Err(UnfitAnswer::Histogram)
        }
        Data::Vector(samples) => Ok(samples),
        Data::Scalar(time, value) => Ok(vec![Sample {
            labels: Labels::default(),
            time,
            value,
            histogram: None,
        }]),
        Data::Matrix(_) => Err(UnfitAnswer::NotSingle(
            "a range of samples, remove the `[…]` from its end",
        )),
        Data::Text(_) => Err(UnfitAnswer::NotSingle("a text")),
        Data::Logs(_) => Err(UnfitAnswer::NotSingle("log lines")),
    }
}
