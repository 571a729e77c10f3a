//! `GET /api/v1/dashboards`.

use axum::Json;
use axum::extract::State;
use venti_model::api::dashboards::DashboardsResponse;

use crate::App;

/// All dashboards that could be read, complete.
pub(crate) async fn list_dashboards(State(app): State<App>) -> Json<DashboardsResponse> {
    Json(app.live().config.dashboards.clone())
}
