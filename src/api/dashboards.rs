//! The dashboards.

use venti_model::api::dashboards::{DashboardsResponse, PATH};

use super::http::{self, Abort, ApiError};

/// All dashboards, complete, in menu order.
pub(crate) async fn list(abort: Abort) -> Result<DashboardsResponse, ApiError> {
    http::get_json(PATH, &abort).await
}
