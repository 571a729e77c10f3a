//! `GET /api/v1/datasources`.

use axum::Json;
use axum::extract::State;
use venti_model::api::datasources::DatasourcesResponse;

use crate::App;

/// All datasources, without their credentials.
pub(crate) async fn list_datasources(State(app): State<App>) -> Json<DatasourcesResponse> {
    let live = app.live();
    Json(live.datasources.iter().map(|it| it.info.clone()).collect())
}
