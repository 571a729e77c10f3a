//! Why a question has no answer.

use std::io;

use crate::letheql;
use crate::search::Interrupted;
use crate::search::filter::FilterError;

/// Points of a series, as many as Prometheus allows.
pub(crate) const MAX_POINTS: usize = 11_000;
/// Points of all series that are counted for one query; eight bytes each, for
/// each thread.
pub(super) const MAX_COUNTS: usize = 1_000_000;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The query is not one, or means nothing.
    #[error(transparent)]
    BadQuery(#[from] letheql::Error),
    /// An expression in it cannot be run.
    #[error(transparent)]
    BadFilter(#[from] FilterError),
    /// The label does not exist for logs of that type.
    #[error("{log_type} logs have no label {label}")]
    UnknownLabel {
        /// The type in the query.
        log_type: &'static str,
        /// The label that was asked for.
        label: String,
    },
    /// Values of this label can be told only of the lines of a query.
    #[error("values of {label} need a query, such as match[]=pod{{namespace=\"default\"}}")]
    NoSelector {
        /// The label that was asked for.
        label: String,
    },
    /// The step is too short for the range.
    #[error("more than {MAX_POINTS} points: use a longer step or a shorter range")]
    TooManyPoints,
    /// Too many lines differ in their labels.
    #[error(
        "more than {MAX_COUNTS} points in all series: sum by fewer labels or use a longer step"
    )]
    TooManySeries,
    /// No more clients can be served with lines as they are written.
    #[error("too many clients follow logs: try again later")]
    TooManyTails,
    /// It took too long, or nobody waits for it any more.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// The data directory cannot be read.
    #[error("the log directory cannot be read")]
    Storage(#[from] io::Error),
    /// The search came to no end; a defect.
    #[error("the search failed")]
    Failed,
}
