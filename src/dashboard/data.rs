//! From answers to what each kind of panel shows: plain functions, tested on the host. What
//! pictures in messages show as well is in `venti_panel`.

pub(crate) mod logs;
pub(crate) mod multitable;
pub(crate) mod stat;
pub(crate) mod table;

use venti_model::answer::{Answer, Sample};
use venti_panel::UnfitAnswer;

use crate::api::ApiError;

/// The samples of an instant answer; a scalar is a sample without labels.
pub(crate) fn samples(answer: Answer) -> Result<Vec<Sample>, ApiError> {
    venti_panel::samples(answer).map_err(unfit)
}

/// An answer that a panel cannot show is none that was asked for.
pub(crate) fn unfit(answer: UnfitAnswer) -> ApiError {
    ApiError::Decode(answer.to_string())
}
