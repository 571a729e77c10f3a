//! What a datasource scrapes or holds: the targets of Prometheus, and of Lethe in the same shape.

use serde::Deserialize;
use venti_model::api::Success;
use venti_model::api::remote::{DS_NAME, TARGETS};
use venti_model::labels::Labels;

use super::http::{self, Abort, ApiError};

/// Of <https://prometheus.io/docs/prometheus/latest/querying/api/#targets> what is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ScrapeTarget {
    /// Labels of its series. Lethe has none.
    pub(crate) labels: Labels,
    /// What is known of it before relabelling.
    pub(crate) discovered_labels: Labels,
    /// Where it is scraped.
    pub(crate) scrape_url: String,
    /// Why the last scrape failed; empty when it did not.
    pub(crate) last_error: String,
    /// When it was last scraped, or last wrote: RFC 3339.
    pub(crate) last_scrape: String,
    /// `up`, `down` or `unknown`.
    pub(crate) health: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Targets {
    active_targets: Vec<ScrapeTarget>,
}

/// All active targets of a datasource.
pub(crate) async fn list(datasource: &str, abort: &Abort) -> Result<Vec<ScrapeTarget>, ApiError> {
    let params = [(DS_NAME, datasource), ("state", "active")];
    let body = http::get(TARGETS, &params, abort).await?;
    let targets: Success<Targets> =
        serde_json::from_slice(&body).map_err(|error| ApiError::Decode(error.to_string()))?;
    Ok(targets.data.active_targets)
}
