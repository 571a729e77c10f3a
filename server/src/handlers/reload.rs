//! `POST /-/reload`.

use axum::extract::State;
use venti_model::status::Severity;

use crate::App;
use crate::error::ApiError;
use crate::middleware::Admin;

/// Reads the configuration again. An error in a file is told, though all others are used.
pub(crate) async fn reload(_: Admin, State(app): State<App>) -> Result<&'static str, ApiError> {
    let live = app.reload().await;
    let errors = live.config.faults.iter();
    let errors: Vec<String> = errors
        .filter(|it| it.severity == Severity::Error)
        .map(ToString::to_string)
        .collect();
    if errors.is_empty() {
        return Ok("The configuration is reloaded.\n");
    }
    Err(ApiError::unusable(errors.join("\n")))
}
