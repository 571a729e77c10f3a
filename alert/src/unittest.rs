//! Unit tests of rules as `promtool test rules` reads them, and the same idea with log lines.
//!
//! This is the file as types; whoever runs it has to find a datasource. Keys are promtool's, and
//! `input_logs` is ours:
//!
//! ```yaml
//! tests:
//! - interval: 1m
//!   input_logs:
//!   - stream: 'pod{namespace="shop",pod="web-1",container="app"}'
//!     lines:
//!     - {time: 30s, log: "payment failed"}
//! ```

mod series;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;
use venti_model::status::ConfigFault;
use venti_yaml::{FileDuration, Source};

pub use series::{Series, SeriesError, Value, Values};

/// A file of tests.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestFile {
    /// The rule files under test, relative to this one; patterns are allowed.
    #[serde(default)]
    pub rule_files: Vec<String>,
    /// The interval of groups that do not say their own; absent: one minute.
    pub evaluation_interval: Option<FileDuration>,
    /// Groups whose order matters, the first first.
    #[serde(default)]
    pub group_eval_order: Vec<String>,
    /// Whether values may differ in their last digits.
    #[serde(default)]
    pub fuzzy_compare: bool,
    /// The tests, each with data of its own.
    #[serde(default)]
    pub tests: Vec<Test>,
}

/// Data, and what is expected of it, each with its place. Times are lengths since its start.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// What it is called.
    pub name: Option<String>,
    /// Time between two values of a series; absent: the file's evaluation interval.
    pub interval: Option<FileDuration>,
    /// Metrics.
    #[serde(default)]
    pub input_series: Vec<InputSeries>,
    /// Log lines.
    #[serde(default)]
    pub input_logs: Vec<InputLogs>,
    /// Alerts that are to fire.
    #[serde(default)]
    pub alert_rule_test: Vec<Spanned<AlertRuleTest>>,
    /// Answers that expressions are to have.
    #[serde(default)]
    pub promql_expr_test: Vec<Spanned<ExpressionTest>>,
    /// Labels of the server.
    #[serde(default)]
    pub external_labels: BTreeMap<String, String>,
    /// Where readers find the server.
    #[serde(default)]
    pub external_url: String,
}

/// A series with its values.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputSeries {
    /// Its labels.
    pub series: Series,
    /// One value for each interval from the start on.
    pub values: Values,
}

/// Lines of one place.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputLogs {
    /// Type and labels of the lines: `pod{…}` with namespace, pod and container, or `node{…}`
    /// with node and process.
    pub stream: Series,
    /// The lines.
    pub lines: Vec<InputLine>,
}

/// One line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputLine {
    /// When it is written.
    pub time: FileDuration,
    /// Its message.
    pub log: String,
}

/// Which alerts of one name fire at a time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRuleTest {
    /// When.
    pub eval_time: FileDuration,
    /// The name.
    pub alertname: String,
    /// Those that fire, in any order; nothing: none.
    #[serde(default, deserialize_with = "list_or_nothing")]
    pub exp_alerts: Vec<ExpectedAlert>,
}

/// An alert that fires.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExpectedAlert {
    /// Its labels without `alertname`.
    #[serde(deserialize_with = "map_or_nothing")]
    pub exp_labels: BTreeMap<String, String>,
    /// Its annotations.
    #[serde(deserialize_with = "map_or_nothing")]
    pub exp_annotations: BTreeMap<String, String>,
}

/// What an expression answers at a time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpressionTest {
    /// The expression.
    pub expr: String,
    /// When.
    pub eval_time: FileDuration,
    /// The samples, in any order; nothing: none.
    #[serde(default, deserialize_with = "list_or_nothing")]
    pub exp_samples: Vec<ExpectedSample>,
}

/// A sample of an answer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedSample {
    /// Its series; nothing: no labels.
    #[serde(default)]
    pub labels: Series,
    /// Its value.
    #[serde(default)]
    pub value: f64,
}

/// Reads a file of tests. `path` names it in the fault.
pub fn read(path: &str, text: &str) -> Result<TestFile, ConfigFault> {
    Source { file: path, text }.read()
}

fn list_or_nothing<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn map_or_nothing<'de, D>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error>
where
    D: Deserializer<'de>,
{
    let map = Option::<BTreeMap<String, Option<String>>>::deserialize(deserializer)?;
    let text = |(name, value): (String, Option<String>)| (name, value.unwrap_or_default());
    Ok(map.unwrap_or_default().into_iter().map(text).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const FILE: &str = r#"
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
- interval: 1m
  input_series:
  - series: 'up{job="x"}'
    values: '1 0x3 _ stale'
  input_logs:
  - stream: 'pod{namespace="a",pod="b",container="c"}'
    lines:
    - {time: 90s, log: boom}
  external_labels: {cluster: c1}
  alert_rule_test:
  - eval_time: 5m
    alertname: Down
    exp_alerts:
    - exp_labels: {job: x, empty: }
      exp_annotations: {summary: "x is down"}
  - eval_time: 0s
    alertname: Down
    exp_alerts:
  promql_expr_test:
  - expr: up
    eval_time: 1m
    exp_samples:
    - {labels: 'up{job="x"}', value: 0}
"#;

    #[test]
    fn reads_every_part() {
        let file = read("t.yml", FILE).unwrap();
        let test = &file.tests[0];
        assert_eq!(test.input_series[0].values.0.len(), 7);
        assert_eq!(test.input_logs[0].lines[0].time.0, Duration::from_secs(90));
        assert_eq!(test.input_logs[0].stream.name(), "pod");
        assert_eq!(
            test.alert_rule_test[0].value.exp_alerts[0].exp_labels["empty"],
            ""
        );
        let second = &test.alert_rule_test[1];
        assert!(second.value.exp_alerts.is_empty());
        assert_eq!(venti_yaml::place(second.referenced), Some((20, 5)));
        assert_eq!(
            test.promql_expr_test[0].value.exp_samples[0].labels,
            test.input_series[0].series
        );
    }

    #[test]
    fn points_at_the_fault() {
        let fault = |text: &str| read("t.yml", text).unwrap_err().to_string();
        assert!(
            fault("testz: []\n")
                .starts_with("t.yml:1:1: unknown key `testz`, did you mean `tests`?")
        );
        let values = fault("tests:\n- input_series:\n  - series: up\n    values: '1 two'\n");
        assert_eq!(
            values,
            "t.yml:4:13: `two` is no value: write a number, `_`, `stale`, `1x5`, `1+1x5` or `1-1x5`"
        );
        let series =
            fault("tests:\n- input_series:\n  - series: 'up{job!=\"x\"}'\n    values: '1'\n");
        assert_eq!(
            series,
            "t.yml:3:13: a series is written `name{label=\"value\"}`"
        );
    }
}
