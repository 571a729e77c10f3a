//! Questions to the datasources, through the server.

use venti_model::answer::Answer;
use venti_model::api::datasources::DatasourceType;
use venti_model::api::remote::{self, DS_NAME, DS_TYPE};
use venti_model::step::{self, Grid};

use super::http::{self, Abort, ApiError};

/// Who is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The main datasource of a type.
    Main(DatasourceType),
    /// A datasource by name.
    Named(String),
}

impl Source {
    /// The parameter that chooses it.
    pub(super) fn param(&self) -> (&str, &str) {
        match self {
            Source::Main(kind) => (DS_TYPE, kind.as_str()),
            Source::Named(name) => (DS_NAME, name),
        }
    }
}

/// The value of an expression at the last [`instant`](step::instant) up to a time in unix
/// seconds.
pub(crate) async fn instant(
    source: &Source,
    expression: &str,
    time: f64,
    abort: &Abort,
) -> Result<Answer, ApiError> {
    let time = step::instant(time).to_string();
    let params = [source.param(), ("query", expression), ("time", &time)];
    answer(remote::QUERY, &params, abort).await
}

/// The values of an expression over a grid.
pub(crate) async fn range(
    source: &Source,
    expression: &str,
    grid: Grid,
    abort: &Abort,
) -> Result<Answer, ApiError> {
    let (start, end) = (grid.start.to_string(), grid.end.to_string());
    let step = grid.step.to_string();
    let params = [
        source.param(),
        ("query", expression),
        ("start", &start),
        ("end", &end),
        ("step", &step),
    ];
    answer(remote::QUERY_RANGE, &params, abort).await
}

/// Asks, and decodes what comes.
pub(super) async fn answer(
    path: &str,
    params: &[(&str, &str)],
    abort: &Abort,
) -> Result<Answer, ApiError> {
    let body = http::get(path, params, abort).await?;
    Answer::decode(&body).map_err(|error| ApiError::Decode(error.to_string()))
}
