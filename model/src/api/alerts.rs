//! `GET /api/v1/rules` and `GET /api/v1/alerts`: rules and alerts in Prometheus' shape, so that
//! what reads a Prometheus reads us.

use serde::{Deserialize, Serialize};

use super::Success;
use super::datasources::DatasourceType;
use crate::labels::Labels;

/// The path of all rules.
pub const RULES_PATH: &str = "/api/v1/rules";

/// The path of all alerts that are pending or firing.
pub const ALERTS_PATH: &str = "/api/v1/alerts";

/// The path of how many alerts there are.
pub const COUNT_PATH: &str = "/api/v1/alerts/count";

/// The path of what alerts did.
pub const HISTORY_PATH: &str = "/api/v1/alerts/history";

/// The path of what a rule would have done.
pub const BACKTEST_PATH: &str = "/api/v1/rules/backtest";

/// The path to which an admin posts for an alert that is no alert, to see whether it arrives.
pub const TEST_PATH: &str = "/api/v1/alerts/test";

/// The answer to `RULES_PATH`.
pub type RulesResponse = Success<RuleGroups>;

/// The answer to `ALERTS_PATH`.
pub type AlertsResponse = Success<Alerts>;

/// The answer to `COUNT_PATH`.
pub type AlertCountResponse = Success<AlertCount>;

/// The answer to `HISTORY_PATH`.
pub type HistoryResponse = Success<History>;

/// The answer to `BACKTEST_PATH`.
pub type BacktestResponse = Success<Backtest>;

/// The answer to `TEST_PATH`: the labels of the alert that was sent.
pub type TestAlertResponse = Success<Labels>;

/// The file of the rules that stand in none, since the server brings them along. What they ask is
/// no query.
pub const BUILT_IN_FILE: &str = "built-in";

/// All rules.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleGroups {
    /// Groups, ordered by file and then as they stand in it.
    pub groups: Vec<RuleGroup>,
}

/// Rules that are evaluated one after the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleGroup {
    /// Its name, unique in its file.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Its rules, as they stand in the file.
    pub rules: Vec<Rule>,
    /// Time between two evaluations, seconds.
    pub interval: f64,
    /// How many alerts a rule may have; 0: any number.
    pub limit: usize,
    /// How long the last evaluation took, seconds.
    pub evaluation_time: f64,
    /// When it began, RFC 3339.
    pub last_evaluation: String,
}

/// A rule of either kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Rule {
    /// It raises alerts.
    Alerting(AlertingRule),
    /// It computes a series, though not here.
    Recording(RecordingRule),
}

/// A rule that raises alerts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertingRule {
    /// The worst state of its alerts.
    pub state: AlertState,
    /// The label `alertname` of its alerts.
    pub name: String,
    /// Its expression.
    pub query: String,
    /// Who is asked it, and so its language; a Prometheus does not say it. The name is vmalert's.
    #[serde(default = "prometheus")]
    pub datasource_type: DatasourceType,
    /// How long a sample has to be there before the alert fires, seconds.
    pub duration: f64,
    /// How long the alert goes on firing without a sample, seconds.
    pub keep_firing_for: f64,
    /// Labels as written.
    pub labels: Labels,
    /// Annotations as written.
    pub annotations: Labels,
    /// Its alerts, pending and firing.
    pub alerts: Vec<Alert>,
    /// How the last evaluation went.
    pub health: RuleHealth,
    /// What was wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// How long it took, seconds.
    pub evaluation_time: f64,
    /// When it began, RFC 3339.
    pub last_evaluation: String,
}

/// A rule that computes a series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingRule {
    /// The name of the series.
    pub name: String,
    /// Its expression.
    pub query: String,
    /// Labels as written.
    #[serde(default)]
    pub labels: Labels,
    /// Unknown: it is not evaluated here.
    pub health: RuleHealth,
    /// Why it is not evaluated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// Zero.
    pub evaluation_time: f64,
    /// The year 1, which is how Prometheus says never.
    pub last_evaluation: String,
}

fn prometheus() -> DatasourceType {
    DatasourceType::Prometheus
}

/// How an evaluation went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleHealth {
    /// There was none.
    #[default]
    Unknown,
    /// Well.
    Ok,
    /// Not.
    Err,
}

/// Where a rule or an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    /// There is no alert.
    Inactive,
    /// The rule was not evaluated yet.
    Unknown,
    /// The sample is not there for long enough.
    Pending,
    /// People are told.
    Firing,
}

/// Alerts that are pending or firing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Alerts {
    /// The alerts, ordered by rule.
    pub alerts: Vec<Alert>,
}

/// How many alerts there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertCount {
    /// Those that fire.
    pub firing: usize,
    /// Those that may fire soon.
    pub pending: usize,
}

/// One alert.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// Its identity, without what is added on the way out.
    pub labels: Labels,
    /// Its annotations, rendered.
    pub annotations: Labels,
    /// Pending or firing.
    pub state: AlertState,
    /// When its sample came up, RFC 3339.
    pub active_at: String,
    /// Since when it fires without a sample, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_firing_since: Option<String>,
    /// Its value in exponent form, such as `5e+00`.
    pub value: String,
}

/// What alerts did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The changes, the newest first.
    pub events: Vec<HistoryEvent>,
}

/// A change of one alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEvent {
    /// In which evaluation, RFC 3339.
    pub at: String,
    /// The file of its rule.
    pub file: String,
    /// The group of its rule.
    pub group: String,
    /// Its rule.
    pub rule: String,
    /// The datasource that it was found in.
    pub datasource: String,
    /// Its identity, sixteen hexadecimal digits.
    pub fingerprint: String,
    /// Its labels.
    pub labels: Labels,
    /// What happened to it.
    pub change: AlertChange,
    /// The value that it was last seen with.
    pub value: String,
}

/// What can happen to an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertChange {
    /// Its sample came up.
    Pending,
    /// It fires.
    Firing,
    /// It fired and ended.
    Resolved,
    /// It went away without having fired.
    Dropped,
}

/// What a rule would have done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// Time between two evaluations, seconds.
    pub interval: f64,
    /// One entry for each datasource that the rule runs on.
    pub datasources: Vec<DatasourceBacktest>,
}

/// What a rule would have done on one datasource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasourceBacktest {
    /// Its name.
    pub datasource: String,
    /// The alerts there would have been.
    pub alerts: Vec<AlertTimeline>,
    /// Why that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What one alert would have done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlertTimeline {
    /// Its labels.
    pub labels: Labels,
    /// Its states, ascending in time and without those in which it was inactive.
    pub stretches: Vec<StateStretch>,
}

/// A state that lasted, from its first evaluation to its last, unix seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StateStretch {
    /// Pending or firing.
    pub state: AlertState,
    /// The first evaluation.
    pub from: f64,
    /// The last one.
    pub to: f64,
}

/// A value as alerts write it: shortest digits, and an exponent of two digits at least, as Go's
/// verb `e` prints.
pub fn exponent_form(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_values_as_go_does() {
        let cases = [
            (5.0, "5e+00"),
            (0.0, "0e+00"),
            (-0.5, "-5e-01"),
            (1234.5, "1.2345e+03"),
            (1e-7, "1e-07"),
            (1e300, "1e+300"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ];
        for (value, text) in cases {
            assert_eq!(exponent_form(value), text);
        }
    }

    /// A rule of each kind as Prometheus 2.42 answers it.
    #[test]
    fn reads_prometheus() {
        let text = r#"{"status":"success","data":{"groups":[{"name":"g","file":"r.yml","rules":[
            {"state":"firing","name":"A","query":"m > 0","duration":3,"keepFiringFor":0,"labels":{"s":"p"},"annotations":{},
             "alerts":[{"labels":{"alertname":"A"},"annotations":{},"state":"firing","activeAt":"2026-11-21T03:31:51.6Z","value":"5e+00"}],
             "health":"err","lastError":"x","evaluationTime":0.0007,"lastEvaluation":"2026-11-21T03:31:59.6Z","type":"alerting"},
            {"name":"a:b","query":"m","health":"ok","evaluationTime":0.0004,"lastEvaluation":"2026-11-21T03:31:59.6Z","type":"recording"}
            ],"interval":1,"limit":0,"evaluationTime":0.001,"lastEvaluation":"2026-11-21T03:31:59.6Z"}]}}"#;
        let answer: RulesResponse = serde_json::from_str(text).unwrap();
        let again = serde_json::to_value(&answer).unwrap();
        assert_eq!(
            again["data"]["groups"][0]["rules"][0]["alerts"][0]["value"],
            "5e+00"
        );
        assert_eq!(again["data"]["groups"][0]["rules"][1]["type"], "recording");
        assert_eq!(again["data"]["groups"][0]["rules"][0]["keepFiringFor"], 0.0);
    }
}
