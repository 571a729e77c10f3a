//! `/api/v1/alerts…`: alerts that are active, what alerts did, and one to try receivers with.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use tokio::task::spawn_blocking;
use venti_alert::engine::AlertState;
use venti_alert::expression::Language;
use venti_alert::message::PostableAlert;
use venti_alert::{Fingerprint, Timestamp};
use venti_model::api::Success;
use venti_model::api::alerts::{
    AlertCountResponse, AlertsResponse, History, HistoryResponse, TestAlertResponse,
};
use venti_model::labels::Labels;

use super::parameters::Parameters;
use super::rules::filter;
use crate::App;
use crate::alerting::{Notice, RuleOrigin};
use crate::error::ApiError;
use crate::middleware::Admin;

/// How many events are answered when no number is asked for.
const DEFAULT_EVENTS: usize = 200;

/// After so long a test alert ends by itself.
const TEST_LENGTH: Duration = Duration::from_secs(60);

/// Alerts that are pending or firing.
pub(crate) async fn alerts(State(app): State<App>) -> Json<AlertsResponse> {
    Json(Success::new(app.alerting().alerts().await))
}

/// How many of them there are, for those who ask often.
pub(crate) async fn count(State(app): State<App>) -> Json<AlertCountResponse> {
    Json(Success::new(app.alerting().alert_count()))
}

/// What alerts did, the newest first: `limit`, and the filters of rules.
pub(crate) async fn history(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<HistoryResponse>, ApiError> {
    let filter = filter(&parameters)?;
    let limit = match parameters.only(&["limit"]).into_iter().next() {
        Some((_, text)) => (text.parse::<usize>())
            .map_err(|_| ApiError::bad_data(format!("limit: `{text}` is no number")))?,
        None => DEFAULT_EVENTS,
    };
    let read = spawn_blocking(move || app.alerting().history(limit, &filter)).await;
    let read = read.map_err(|it| ApiError::internal(it.to_string()))?;
    let events = read.map_err(|it| ApiError::internal(it.to_string()))?;
    Ok(Json(Success::new(History { events })))
}

/// Sends an alert that says it is a test to whoever is told of alerts.
pub(crate) async fn test(
    _: Admin,
    State(app): State<App>,
) -> Result<Json<TestAlertResponse>, ApiError> {
    let Some(notifier) = app.alerting().notifier() else {
        let message = "nobody is told of alerts: name Alertmanagers or receivers in alerting.yml";
        return Err(ApiError::unusable(message));
    };
    let now = Timestamp::from_seconds(app.now());
    let live = app.live();
    let external = live.config.alerting.alerting.external_label_set();
    let notice = test_notice(&external, now);
    let labels = notice.message.labels.clone();
    notifier.notify(vec![notice]);
    Ok(Json(Success::new(labels)))
}

fn test_notice(external: &Labels, at: Timestamp) -> Notice {
    let labels = Labels::from_iter([("alertname", "VentiTest"), ("severity", "none")]);
    let annotations = Labels::from_iter([
        ("summary", "A test: nothing is wrong"),
        (
            "description",
            "An administrator had Venti send this alert. It ends by itself within a minute.",
        ),
    ]);
    Notice {
        message: PostableAlert {
            annotations,
            ends_at: at.plus(TEST_LENGTH).to_rfc3339_millis(),
            starts_at: at.to_rfc3339_millis(),
            generator_url: String::new(),
            labels: labels.iter().chain(external.iter()).collect(),
        },
        fingerprint: Fingerprint::of(&labels),
        labels,
        state: AlertState::Firing,
        at,
        active_at: at,
        fired_at: at,
        resolved_at: None,
        value: 0.0,
        histogram: None,
        lines: None,
        datasource: String::new(),
        rule: Arc::new(RuleOrigin {
            file: String::new(),
            group: String::new(),
            name: "VentiTest".to_owned(),
            expression: String::new(),
            language: Language::PromQl,
            query: None,
            notify: Vec::new(),
        }),
        is_test: true,
    }
}
