//! For those who watch the server: `/-/healthy`, `/-/ready`, `/metrics`.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use venti_model::api::datasources::HealthState;

use crate::App;

/// The process runs. The text is the original's.
pub(crate) async fn healthy() -> &'static str {
    "Venti is Healthy.\n"
}

/// Requests are answered: nothing is waited for after the start.
pub(crate) async fn ready() -> &'static str {
    "Venti is Ready.\n"
}

/// Prometheus' text format.
pub(crate) async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let live = app.live();
    let health = live.datasources.iter().filter_map(|it| {
        let is_up = it.health.get()?.state == HealthState::Up;
        Some((it.info.name.as_str(), is_up))
    });
    let format = "text/plain; version=0.0.4; charset=utf-8";
    let text = app.metrics().render(health) + &app.alerting().expose();
    ([(header::CONTENT_TYPE, format)], text)
}
