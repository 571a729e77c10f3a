//! What a real Prometheus rendered: 2,089 templates of public rule files with
//! 15 values each. The records lie beside the repository, in
//! `../shared/golden/alerting`; without them the test says that it skips.
//!
//! Texts are equal byte for byte, errors up to where they say which template
//! it is. Excluded are durations that overflow Go's integers.

use std::fs::File;
use std::io::{BufRead, BufReader};

use flate2::read::GzDecoder;
use serde_json::Value;
use venti_model::labels::Labels;
use venti_template::{Data, Queries, RenderError, Sample, Template, visible_text};

use super::support::golden_file;

const PREFIX: &str = "<error expanding template: error executing template __alert_T";

/// What the recording Prometheus answered to the queries of the templates.
fn answers() -> Queries {
    let sample = |labels: &[(&str, &str)], value| Sample {
        labels: Labels::from_iter(labels.iter().copied()),
        value,
    };
    let mut queries = Queries::default();
    queries.insert("vector(1)", Ok(vec![sample(&[], 1.0)]));
    queries.insert("vector(7)", Ok(vec![sample(&[], 7.0)]));
    queries.insert("absent_metric", Ok(Vec::new()));
    queries.insert(
        r#"vector(1) or label_replace(vector(2),"a","b","","")"#,
        Ok(vec![sample(&[], 1.0), sample(&[("a", "b")], 2.0)]),
    );
    queries.insert(
        r#"prometheus_remote_storage_shards_max{instance="10.0.0.1:9100",job="prometheus-k8s",namespace="monitoring"}"#,
        Ok(Vec::new()),
    );
    queries
}

#[test]
fn outputs_are_those_of_prometheus() {
    let path = golden_file();
    let Ok(file) = File::open(&path) else {
        eprintln!("skipped: needs {}", path.display());
        return;
    };
    let mut lines = BufReader::new(GzDecoder::new(file)).lines();
    let mut next = || {
        let line = lines.next()?.unwrap();
        Some(serde_json::from_str::<Value>(&line).unwrap())
    };
    let about = next().unwrap();
    let labels = pairs(&about["labels"]);
    let external_labels = Labels::from_iter(pairs(&about["external_labels"]));
    let values: Vec<&str> = strings(&about["vals"]);
    let queries = answers();

    let mut compared = 0;
    let mut faults = Vec::new();
    while let Some(record) = next() {
        let text = record["t"].as_str().unwrap();
        let name = format!("__alert_T{:04}", record["id"].as_u64().unwrap());
        let template = Template::parse(&name, text);
        for (index, expected) in strings(&record["out"]).into_iter().enumerate() {
            let value: f64 = values[index].parse().unwrap();
            if text.contains("humanizeDuration") && value.is_finite() && value >= 2f64.powi(63) {
                continue;
            }
            let vid = index.to_string();
            let labels = labels.iter().copied().chain([("vid", vid.as_str())]);
            let data = Data {
                labels: &Labels::from_iter(labels),
                external_labels: &external_labels,
                external_url: about["external_url"].as_str().unwrap(),
                value,
                histogram: None,
                datasource: "",
                active_at: Default::default(),
                logs: &[],
                now: Default::default(),
            };
            let found = match &template {
                Ok(template) => shown(template.render(&data, &queries)),
                Err(error) => visible_text(error),
            };
            compared += 1;
            let is_equal = if expected.starts_with(PREFIX) {
                found.starts_with(&format!("<error expanding template: error executing template {name}: template: {name}:1:"))
            } else {
                found == expected
            };
            if !is_equal {
                faults.push(format!("{text}\n  {value}: {found}\n  not: {expected}"));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} differ:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(compared > 31_000, "only {compared} were compared");
}

fn shown(rendered: Result<String, RenderError>) -> String {
    rendered.unwrap_or_else(|error| visible_text(&error))
}

fn strings(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap();
    list.iter().map(|it| it.as_str().unwrap()).collect()
}

fn pairs(map: &Value) -> Vec<(&str, &str)> {
    let map = map.as_object().unwrap();
    map.iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect()
}
