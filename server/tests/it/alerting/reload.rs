//! Rule files that are changed while their rules fire.

use serde_json::json;

use super::support::{Evaluation, FakePrometheus, START, prometheus, rules};

const TWO: &str = "  - alert: A\n    expr: a\n  - alert: B\n    expr: b\n";

const FILE: &str = "etc/alertrules/r.yml";

async fn start(files: &str) -> (FakePrometheus, Evaluation) {
    let source = FakePrometheus::start().await;
    for query in ["a", "b", "c"] {
        source.set(query, &[(json!({}), 1.0)]);
    }
    let evaluation = Evaluation::start(&[
        ("etc/datasources.yml", &prometheus(&source.url)),
        ("etc/alerting.yml", "alerting: {resend_delay: 1h}\n"),
        (FILE, &rules(files)),
    ])
    .await;
    (source, evaluation)
}

async fn faults(it: &Evaluation) -> Vec<String> {
    let (_, body) = it.app.json("/api/v1/status/config").await;
    let faults = body["data"]["faults"].as_array().unwrap().iter();
    let faults = faults.filter(|it| it["file"] == "alertrules/r.yml");
    faults
        .map(|it| it["message"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_rule_that_breaks_goes_on_as_it_was() {
    let (_source, it) = start(TWO).await;
    it.tick().await;
    assert_eq!(it.heard(), ["A fires", "B fires"]);
    let added = "  - alert: C\n    expr: c\n";
    let broken = [
        rules(&TWO.replace("expr: b", "expr: b +")) + added,
        rules(&TWO.replace("expr: b", "exprr: b")) + added,
        rules(TWO).replace("groups:", "groups") + added,
    ];
    for text in broken {
        it.reload_with(&[(FILE, &text)]).await;
        it.tick().await;
        assert_eq!(it.heard(), [""; 0], "{text}");
        assert_eq!(it.states("B").await, ["firing 1e+00"]);
        assert!(!faults(&it).await.is_empty(), "{text}");
    }
    it.reload_with(&[(FILE, &(rules(TWO) + added))]).await;
    it.tick().await;
    assert_eq!(it.heard(), ["C fires"]);
    assert_eq!(faults(&it).await, [""; 0]);
    // What is taken out on purpose ends.
    it.reload_with(&[(FILE, &rules(added))]).await;
    it.tick().await;
    assert_eq!(it.heard(), ["A ended", "B ended"]);
}

#[tokio::test]
async fn rules_beside_a_broken_one_run_and_change() {
    let broken = "  - alert: C\n    expr: c +\n";
    let (_source, it) = start(&format!("  - alert: A\n    expr: a\n{broken}")).await;
    it.tick().await;
    assert_eq!(it.heard(), ["A fires"]);
    it.reload_with(&[(FILE, &rules(&format!("{TWO}{broken}")))])
        .await;
    it.tick().await;
    assert_eq!(it.heard(), ["B fires"]);
    assert_eq!(faults(&it).await.len(), 1);
}

#[tokio::test]
async fn a_server_that_begins_with_a_broken_rule_tells_no_end_of_it() {
    let (_source, it) = start(TWO).await;
    it.tick().await;
    assert_eq!(it.heard(), ["A fires", "B fires"]);
    let dir = it.killed().await;
    let broken = rules(&TWO.replace("expr: b", "expr: b +"));
    std::fs::write(dir.path().join(FILE), broken).unwrap();
    let it = Evaluation::start_again(dir, START + 10.0).await;
    it.tick().await;
    it.tick().await;
    assert_eq!(it.heard(), [""; 0]);
    assert_eq!(it.states("A").await, ["firing 1e+00"]);
}
