//! A server that ends at any moment and is started again.

use serde_json::json;

use super::support::{Evaluation, FakePrometheus, START, prometheus, rules};

const RULES: &str = "  - alert: Held\n    expr: held\n    for: 30s\n  - alert: Firing\n    expr: firing\n  - alert: Ending\n    expr: ending\n";

#[tokio::test]
async fn timers_go_on_nothing_is_announced_twice_and_ends_are_told() {
    let source = FakePrometheus::start().await;
    let it = Evaluation::start(&[
        ("etc/datasources.yml", &prometheus(&source.url)),
        ("etc/alertrules/r.yml", &rules(RULES)),
        ("etc/alerting.yml", "alerting: {resend_delay: 1h}\n"),
    ])
    .await;
    for query in ["held", "firing", "ending"] {
        source.set(query, &[(json!({"job": "web"}), 1.0)]);
    }
    it.tick().await;
    it.tick().await;
    assert_eq!(it.heard(), ["Firing fires", "Ending fires"]);
    let dir = it.killed().await;
    source.set("ending", &[]);

    let it = Evaluation::start_again(dir, START + 20.0).await;
    it.tick().await;
    assert_eq!(it.heard(), ["Ending ended"]);
    assert_eq!(it.states("Held").await, ["pending 1e+00"]);
    it.tick().await;
    assert_eq!(it.states("Held").await, ["firing 1e+00"]);
    assert_eq!(it.heard(), ["Held fires"]);
    let dir = it.killed().await;

    // Rules that went while nobody looked.
    std::fs::remove_file(dir.path().join("etc/alertrules/r.yml")).unwrap();
    let it = Evaluation::start_again(dir, START + 40.0).await;
    it.app
        .until(async || {
            let (_, body) = it.app.json("/api/v1/alerts/history").await;
            let events = body["data"]["events"].as_array().unwrap().iter();
            events.filter(|it| it["change"] == "resolved").count() == 3
        })
        .await;
    it.tick().await;
    let mut heard = Vec::new();
    it.app
        .until(async || {
            heard.extend(it.heard());
            heard.len() >= 2
        })
        .await;
    assert_eq!(heard, ["Held ended", "Firing ended"]);
}
