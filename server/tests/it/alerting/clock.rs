//! Clocks that are set, and datasources that keep rules waiting.

use std::time::Duration;

use serde_json::json;

use super::support::{Evaluation, FakePrometheus, INTERVAL, prometheus, rules};

const HOUR: Duration = Duration::from_secs(3600);

async fn start(rule: &str) -> (FakePrometheus, Evaluation) {
    let source = FakePrometheus::start().await;
    source.set("a", &[(json!({}), 1.0)]);
    let evaluation = Evaluation::start(&[
        ("etc/datasources.yml", &prometheus(&source.url)),
        ("etc/alerting.yml", "alerting: {resend_delay: 2h}\n"),
        ("etc/alertrules/r.yml", &rules(rule)),
    ])
    .await;
    (source, evaluation)
}

#[tokio::test]
async fn a_clock_that_is_set_ends_nothing_and_announces_nothing_anew() {
    let rule = "  - alert: A\n    expr: a\n    keep_firing_for: 30s\n";
    let (source, it) = start(rule).await;
    it.tick().await;
    assert_eq!(it.heard(), ["A fires"]);
    // Now it goes on firing without a sample, for three slots.
    source.set("a", &[]);
    it.tick().await;
    let since = async || it.rule("A").await["alerts"][0]["keepFiringSince"].clone();
    let before = since().await;
    it.pass(HOUR, Duration::ZERO);
    it.app.until(async || since().await != before).await;
    it.tick().await;
    it.turn_back(HOUR);
    it.app.until(async || since().await == before).await;
    it.tick().await;
    assert_eq!(it.states("A").await, ["firing 1e+00"]);
    assert_eq!(it.heard(), [""; 0]);
    it.tick().await;
    assert_eq!(it.heard(), ["A ended"]);
}

#[tokio::test]
async fn slots_that_pass_while_a_datasource_thinks_are_missed_and_counted() {
    let (source, it) = start("  - alert: A\n    expr: a\n").await;
    it.tick().await;
    source.keep_waiting("a");
    it.pass(INTERVAL, INTERVAL);
    source.asked("a").await;
    it.pass(2 * INTERVAL, 2 * INTERVAL);
    source.set("a", &[(json!({}), 2.0)]);
    it.tick().await;
    assert_eq!(it.states("A").await, ["firing 2e+00"]);
    assert_eq!(it.heard(), ["A fires"]);
    let metrics = it.app.get("/metrics").await.text().await.unwrap();
    let missed = "venti_rule_group_iterations_missed_total{rule_group=\"alertrules/r.yml;g\"} 2";
    assert!(metrics.contains(missed), "{metrics}");
}
