//! `/api/v1/rules…`: rules with their alerts, in Prometheus' form, and what a rule would have done.

use axum::Json;
use axum::extract::State;
use venti_alert::Timestamp;
use venti_alert::rulefile;
use venti_model::api::Success;
use venti_model::api::alerts::{BacktestResponse, RulesResponse};
use venti_model::status::Severity;

use super::parameters::Parameters;
use crate::App;
use crate::alerting::{BacktestError, BacktestQuestion, Filter, TestedRule};
use crate::error::ApiError;

/// All rules, or those that the parameters want: `type`, `rule_name[]`, `rule_group[]`, `file[]`
/// and `exclude_alerts`, all as in Prometheus.
pub(crate) async fn rules(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<RulesResponse>, ApiError> {
    let filter = filter(&parameters)?;
    Ok(Json(Success::new(app.alerting().rules(&filter).await)))
}

/// What a rule would have done between `start` and `end` in unix seconds: one that is loaded,
/// found as by [`rules`], or the YAML text `rule` with the `interval` of its group.
pub(crate) async fn backtest(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<BacktestResponse>, ApiError> {
    let get = |name: &str| Some(parameters.only(&[name]).pop()?.1);
    let time = |name: &str| {
        let text = get(name).unwrap_or_default();
        let seconds = text.parse::<f64>().ok().filter(|it| it.is_finite());
        let wrong = || ApiError::bad_data(format!("{name}: `{text}` is no time in unix seconds"));
        seconds.map(Timestamp::from_seconds).ok_or_else(wrong)
    };
    let rule = match get("rule") {
        Some(text) => written(&text, get("interval").as_deref().unwrap_or("1m"))?,
        None => TestedRule::Loaded(filter(&parameters)?),
    };
    let question = BacktestQuestion {
        rule,
        start: time("start")?,
        end: time("end")?,
    };
    let answer = app.alerting().backtest(question).await;
    Ok(Json(Success::new(answer.map_err(refusal)?)))
}

/// A rule that stands in no file, read as if it stood alone in one.
fn written(rule: &str, interval: &str) -> Result<TestedRule, ApiError> {
    let mut text =
        format!("groups:\n- name: written\n  interval: {interval}\n  eval_offset: 0s\n  rules:\n");
    for (number, line) in rule.lines().enumerate() {
        let before = if number == 0 { "  - " } else { "    " };
        text.push_str(&format!("{before}{line}\n"));
    }
    let file = rulefile::read("rule", &text);
    let mut errors = file.faults.iter();
    if let Some(fault) = errors.find(|it| it.severity == Severity::Error) {
        return Err(ApiError::bad_data(format!("rule: {}", fault.message)));
    }
    let interval = file.groups.first().and_then(|it| it.interval);
    Ok(TestedRule::Written(Box::new(file), interval))
}

fn refusal(error: BacktestError) -> ApiError {
    match error {
        BacktestError::NoRule => ApiError::not_found(error.to_string()),
        other => ApiError::bad_data(other.to_string()),
    }
}

/// Which rules a request is about.
pub(super) fn filter(parameters: &Parameters) -> Result<Filter, ApiError> {
    let mut filter = Filter::default();
    let names = [
        "type",
        "rule_name[]",
        "rule_group[]",
        "file[]",
        "exclude_alerts",
    ];
    for (name, value) in parameters.only(&names) {
        match name.as_str() {
            "type" if value == "alert" || value == "record" => filter.kind = Some(value),
            "type" => {
                let message = format!("type: `{value}` is neither `alert` nor `record`");
                return Err(ApiError::bad_data(message));
            }
            "rule_name[]" => filter.rules.push(value),
            "rule_group[]" => filter.groups.push(value),
            "file[]" => filter.files.push(value),
            _ => filter.without_alerts = matches!(value.as_str(), "true" | "1" | "t"),
        }
    }
    Ok(filter)
}
