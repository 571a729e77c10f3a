//! Datasources that are down or answer nonsense: what fires is held, and people hear of it.

use serde_json::json;

use super::support::{Evaluation, FakePrometheus, prometheus, rules};

const RULES: &str = "  - alert: A\n    expr: a\n  - alert: B\n    expr: b\n    for: 1m\n";

/// One alert fires, one is pending, and messages are repeated every 20 seconds for a minute.
async fn start() -> (FakePrometheus, Evaluation) {
    let source = FakePrometheus::start().await;
    for query in ["a", "b"] {
        source.set(query, &[(json!({}), 1.0)]);
    }
    let evaluation = Evaluation::start(&[
        ("etc/datasources.yml", &prometheus(&source.url)),
        ("etc/alertrules/r.yml", &rules(RULES)),
        (
            "etc/alerting.yml",
            "alerting: {evaluation_interval: 10s, resend_delay: 10s, hold_max: 1m}\n",
        ),
    ])
    .await;
    evaluation.tick().await;
    assert_eq!(evaluation.heard(), ["A fires"]);
    (source, evaluation)
}

/// Nothing changes, the alert that fires is sent on, and the rule says what is wrong.
async fn is_held(it: &Evaluation, wrong: &str) {
    for _ in 0..2 {
        it.tick().await;
    }
    let notices = it.notices();
    let [notice] = &notices[..] else {
        panic!("{wrong}: {notices:?}");
    };
    assert!(notice.resolved_at.is_none());
    assert_eq!(it.states("A").await, ["firing 1e+00"], "{wrong}");
    assert_eq!(it.states("B").await, ["pending 1e+00"], "{wrong}");
    let rule = it.rule("A").await;
    assert_eq!(rule["health"], "err");
    let error = rule["lastError"].as_str().unwrap();
    assert!(error.contains(wrong), "{error}");
}

#[tokio::test]
async fn wrong_answers_change_nothing() {
    let matrix = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
    let cut = r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"#;
    let cases = [
        (200, "text/html", "<html>log in</html>", "a web page"),
        (200, "application/json", matrix, "a range of samples"),
        (200, "application/json", cut, "incomplete or damaged"),
        (200, "application/json", "[]", "other than JSON"),
        (503, "text/plain", "no healthy upstream", "503"),
    ];
    for (status, kind, text, wrong) in cases {
        let (source, it) = start().await;
        for query in ["a", "b"] {
            source.answer_with(query, status, kind, text);
        }
        is_held(&it, wrong).await;
    }
}

#[tokio::test]
async fn a_datasource_that_is_down_ends_nothing_and_is_told() {
    let (source, it) = start().await;
    let address = source.stop().await;
    is_held(&it, "cannot be reached").await;
    // Held for a minute at most; then Alertmanager is left to believe what it likes.
    for _ in 0..6 {
        it.tick().await;
    }
    it.app
        .until(async || it.states("RuleEvaluationFailing").await == ["firing 2e+00"])
        .await;
    let heard = it.heard();
    assert_eq!(
        heard.iter().filter(|it| *it == "A fires").count(),
        2,
        "{heard:?}"
    );
    assert!(heard.contains(&"RuleEvaluationFailing fires".to_owned()));
    let source = FakePrometheus::start_at(address).await;
    source.set("a", &[(json!({}), 1.0)]);
    it.tick().await;
    assert_eq!(it.rule("A").await["health"], "ok");
    assert_eq!(it.states("A").await, ["firing 1e+00"]);
    assert_eq!(it.states("B").await, [""; 0]);
}
