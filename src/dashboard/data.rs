//! From answers to what each kind of panel shows: plain functions, tested on the host.

pub(crate) mod logs;
pub(crate) mod multitable;
pub(crate) mod pie;
pub(crate) mod stat;
pub(crate) mod table;
pub(crate) mod time_series;

use venti_model::answer::{Answer, Data, Sample};
use venti_model::labels::Labels;

use crate::api::ApiError;

/// The samples of an instant answer; a scalar is a sample without labels.
pub(crate) fn samples(answer: Answer) -> Result<Vec<Sample>, ApiError> {
    match answer.data {
        Data::Vector(samples) => Ok(samples),
        Data::Scalar(time, value) => Ok(vec![Sample {
            labels: Labels::default(),
            time,
            value,
        }]),
        Data::Matrix(_) => Err(unfit("a range of samples, remove the `[…]` from its end")),
        Data::Text(_) => Err(unfit("a text")),
        Data::Logs(_) => Err(unfit("log lines")),
    }
}

fn unfit(found: &str) -> ApiError {
    ApiError::Decode(format!(
        "this panel needs one value for each series, the query answers {found}"
    ))
}
