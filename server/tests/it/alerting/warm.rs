//! A start without states on disk, over a datasource that knows the past.

use super::support::{Evaluation, FakePrometheus, START, past, prometheus, rules};
use serde_json::json;

const RULES: &str = "  - alert: Held\n    expr: held\n    for: 40s\n  - alert: Kept\n    expr: kept\n    keep_firing_for: 1m\n";

/// The first slot.
const FIRST: f64 = START + 1.0;

/// `held` has a sample now.
async fn start(source: &FakePrometheus) -> Evaluation {
    source.set("held", &[(json!({}), 1.0)]);
    Evaluation::start(&[
        ("etc/datasources.yml", &prometheus(&source.url)),
        ("etc/alertrules/r.yml", &rules(RULES)),
        ("etc/alerting.yml", "alerting: {resend_delay: 1h}\n"),
    ])
    .await
}

#[tokio::test]
async fn timers_go_on_as_if_the_server_had_been_there() {
    let source = FakePrometheus::start().await;
    let at = |slots: &[i32]| -> Vec<(f64, &str)> {
        slots
            .iter()
            .map(|it| (FIRST + 10.0 * f64::from(*it), "1"))
            .collect()
    };
    source.set_range("held", &at(&[-5, -3, -2, -1, 0]));
    source.set_range("kept", &at(&[-4, -3, -2]));
    let it = start(&source).await;
    it.tick().await;
    assert_eq!(it.heard(), [""; 0]);
    let active_at = async || it.rule("Held").await["alerts"][0]["activeAt"].clone();
    // It was away for a slot before that.
    it.app
        .until(async || active_at().await == "2023-11-14T22:13:00Z")
        .await;
    it.app
        .until(async || it.states("Kept").await == ["firing 1e+00"])
        .await;
    it.tick().await;
    assert_eq!(it.heard(), ["Held fires", "Kept fires"]);
    for _ in 0..4 {
        it.tick().await;
    }
    assert_eq!(it.heard(), ["Kept ended"]);
    // A server after it knows, and asks no more.
    source.keep_waiting(&past("held"));
    let dir = it.killed().await;
    let it = Evaluation::start_again(dir, START + 60.0).await;
    it.tick().await;
    assert_eq!(it.states("Held").await, ["firing 1e+00"]);
    assert_eq!(it.heard(), [""; 0]);
}

#[tokio::test]
async fn a_datasource_that_does_not_know_the_past_keeps_nobody_waiting() {
    let source = FakePrometheus::start().await;
    source.keep_waiting(&past("held"));
    let it = start(&source).await;
    it.tick().await;
    source.asked(&past("held")).await;
    for _ in 0..4 {
        it.tick().await;
    }
    assert_eq!(it.heard(), ["Held fires"]);
}
