//! The datasources.

use venti_model::api::datasources::{DatasourcesResponse, PATH};

use super::http::{self, Abort, ApiError};

/// All datasources, without their credentials.
pub(crate) async fn list(abort: Abort) -> Result<DatasourcesResponse, ApiError> {
    http::get_json(PATH, &abort).await
}
