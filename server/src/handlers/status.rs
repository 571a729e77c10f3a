//! `GET /api/v1/status/config`.

use axum::Json;
use axum::extract::State;
use venti_model::api::Success;
use venti_model::api::status::{ConfigStatus, ConfigStatusResponse};

use crate::App;

/// What is wrong with the configuration.
pub(crate) async fn config_status(State(app): State<App>) -> Json<ConfigStatusResponse> {
    let live = app.live();
    Json(Success::new(ConfigStatus {
        last_success: live.last_success,
        faults: live.config.faults.clone(),
    }))
}
