//! `/api/v1/silences…` and `/api/v1/alertmanagers`: through to the Alertmanagers.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use venti_alert::Timestamp;
use venti_model::api::Success;
use venti_model::api::silences::{
    self as api, AlertmanagersResponse, NewSilence, SilenceChange, SilenceChangeResponse,
    SilencesResponse,
};

use crate::App;
use crate::auth::Identity;
use crate::error::ApiError;
use crate::middleware::Admin;
use crate::notify::{Alertmanagers, check_silence, is_silence_id};

/// The Alertmanagers that alerts are sent to.
pub(crate) async fn alertmanagers(State(app): State<App>) -> Json<AlertmanagersResponse> {
    let live = app.live();
    let configured = Alertmanagers::configured(&live.config.alerting.alerting);
    Json(Success::new(api::Alertmanagers {
        active_alertmanagers: configured.urls(),
        dropped_alertmanagers: Vec::new(),
    }))
}

/// All silences.
pub(crate) async fn list(State(app): State<App>) -> Result<Json<SilencesResponse>, ApiError> {
    Ok(Json(Success::new(configured(&app)?.silences().await)))
}

/// Makes a silence, or changes one.
pub(crate) async fn create(
    _: Admin,
    State(app): State<App>,
    Extension(identity): Extension<Identity>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<SilenceChangeResponse>, ApiError> {
    let body = body.map_err(|it| ApiError::unreadable_body(&it))?;
    let mut silence: NewSilence = serde_json::from_slice(&body)
        .map_err(|it| ApiError::bad_data(format!("the body is no silence: {it}")))?;
    let now = Timestamp::from_seconds(app.now());
    check_silence(&silence, now).map_err(|it| ApiError::bad_data(it.to_string()))?;
    silence
        .starts_at
        .get_or_insert_with(|| now.to_rfc3339_millis());
    silence.created_by.get_or_insert(identity.name);
    let id = silence.id.clone();
    changed(configured(&app)?.create(&silence).await, id.as_deref())
}

/// Ends a silence.
pub(crate) async fn delete(
    _: Admin,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<SilenceChangeResponse>, ApiError> {
    if !is_silence_id(&id) {
        return Err(ApiError::bad_data(format!("`{id}` is no id of a silence")));
    }
    changed(configured(&app)?.delete(&id).await, Some(&id))
}

fn configured(app: &App) -> Result<Alertmanagers, ApiError> {
    let live = app.live();
    let configured = Alertmanagers::configured(&live.config.alerting.alerting);
    if configured.is_empty() {
        let message =
            "no Alertmanager is configured, which would keep silences: name one in alerting.yml";
        return Err(ApiError::not_found(message));
    }
    Ok(configured)
}

/// What was done anywhere is a success that lists failures elsewhere.
fn changed(
    change: SilenceChange,
    id: Option<&str>,
) -> Result<Json<SilenceChangeResponse>, ApiError> {
    if !change.done.is_empty() {
        return Ok(Json(Success::new(change)));
    }
    if change.failures.is_empty() {
        let id = id.unwrap_or_default();
        let message = format!("no Alertmanager has a silence `{id}`");
        return Err(ApiError::not_found(message));
    }
    let failures = change.failures.iter();
    let failures = failures.map(|it| format!("{} {}", it.alertmanager, it.error));
    Err(ApiError::bad_gateway(
        failures.collect::<Vec<_>>().join("; "),
    ))
}
