//! From a sample to an alert and to its end.

use std::time::Duration;

use serde_json::json;

use super::support::{Evaluation, FakePrometheus, START, prometheus, rules};

const SLOW: &str = "  - alert: Slow
    expr: latency > 1
    for: 20s
    labels: {severity: page}
    annotations:
      summary: '{{ $labels.job }} takes {{ $value }} s'
";

async fn start(files: &str) -> (FakePrometheus, Evaluation) {
    let source = FakePrometheus::start().await;
    let evaluation = Evaluation::start(&[
        ("etc/datasources.yml", &prometheus(&source.url)),
        ("etc/alertrules/r.yml", &rules(files)),
        ("etc/alerting.yml", "alerting:\n  evaluation_interval: 10s\n  resend_delay: 1h\n  external_labels: {cluster: c1}\n  external_url: http://venti.example/\n"),
    ])
    .await;
    (source, evaluation)
}

#[tokio::test]
async fn a_sample_is_pending_then_fires_and_its_end_is_told() {
    let (source, it) = start(SLOW).await;
    it.tick().await;
    assert_eq!(it.states("Slow").await, [""; 0]);
    source.set(
        "latency > 1",
        &[(json!({"__name__": "latency", "job": "web"}), 2.5)],
    );
    it.tick().await;
    it.tick().await;
    assert_eq!(it.states("Slow").await, ["pending 2.5e+00"]);
    assert_eq!(it.heard(), [""; 0]);
    it.tick().await;
    assert_eq!(it.states("Slow").await, ["firing 2.5e+00"]);
    let notices = it.notices();
    let [notice] = &notices[..] else {
        panic!("{notices:?}");
    };
    let message = serde_json::to_value(&notice.message).unwrap();
    assert_eq!(
        message,
        json!({
            "annotations": {"summary": "web takes 2.5 s"},
            "startsAt": "2023-11-14T22:14:00.000Z",
            "endsAt": "2023-11-15T02:14:00.000Z",
            "generatorURL": "http://venti.example/graph?g0.expr=latency+%3E+1&g0.tab=1",
            "labels": {"alertname": "Slow", "cluster": "c1", "job": "web", "severity": "page"},
        })
    );
    assert_eq!((notice.datasource.as_str(), it.kept()), ("prometheus", 1));
    source.set("latency > 1", &[]);
    it.tick().await;
    assert_eq!(it.states("Slow").await, [""; 0]);
    assert_eq!(it.heard(), ["Slow ended"]);
    let (_, body) = it.app.json("/api/v1/alerts/history?limit=9").await;
    let events = body["data"]["events"].as_array().unwrap().iter();
    let changes: Vec<_> = events.map(|it| it["change"].as_str().unwrap()).collect();
    assert_eq!(changes, ["resolved", "firing", "pending"]);
}

#[tokio::test]
async fn an_error_changes_nothing_and_is_told() {
    let (source, it) = start(SLOW).await;
    source.set("latency > 1", &[(json!({"job": "web"}), 2.0)]);
    for _ in 0..3 {
        it.tick().await;
    }
    assert_eq!(it.heard(), ["Slow fires"]);
    source.fail("latency > 1");
    for _ in 0..8 {
        it.tick().await;
    }
    let rule = it.rule("Slow").await;
    assert_eq!(
        (&rule["health"], &rule["lastError"]),
        (&json!("err"), &json!("out of order"))
    );
    assert_eq!(it.states("Slow").await, ["firing 2e+00"]);
    it.app
        .until(async || it.states("RuleEvaluationFailing").await == ["firing 1e+00"])
        .await;
    source.set("latency > 1", &[]);
    it.tick().await;
    assert_eq!(it.rule("Slow").await["health"], "ok");
    assert!(it.heard().contains(&"Slow ended".to_owned()));
}

#[tokio::test]
async fn a_reload_keeps_alerts_of_rules_that_stay_and_ends_those_of_rules_that_go() {
    let other = "  - alert: Other\n    expr: other\n";
    let (source, it) = start(&format!("{SLOW}{other}")).await;
    source.set("latency > 1", &[(json!({"job": "web"}), 2.0)]);
    source.set("other", &[(json!({}), 1.0)]);
    it.tick().await;
    assert_eq!(it.heard(), ["Other fires"]);
    let changed = SLOW.replace("latency > 1", "latency > 2");
    source.set("latency > 2", &[(json!({"job": "web"}), 3.0)]);
    it.reload_with(&[("etc/alertrules/r.yml", &rules(&changed))])
        .await;
    it.tick().await;
    assert_eq!(it.heard(), ["Other ended"]);
    it.tick().await;
    assert_eq!(it.states("Slow").await, ["firing 3e+00"]);
    assert_eq!(it.heard(), ["Slow fires"]);
}

#[tokio::test]
async fn a_clock_that_is_set_fires_nothing() {
    let (source, it) = start(SLOW).await;
    source.set("latency > 1", &[(json!({"job": "web"}), 2.0)]);
    it.tick().await;
    let active_at = async || it.rule("Slow").await["alerts"][0]["activeAt"].clone();
    assert_eq!(active_at().await, "2023-11-14T22:13:30Z");
    it.pass(Duration::from_secs(3600), Duration::ZERO);
    it.app
        .until(async || active_at().await == "2023-11-14T23:13:30Z")
        .await;
    it.tick().await;
    assert_eq!(it.states("Slow").await, ["pending 2e+00"]);
    it.tick().await;
    assert_eq!(it.states("Slow").await, ["firing 2e+00"]);
}

#[tokio::test]
async fn words_may_ask_the_datasource() {
    let rule = "  - alert: A\n    expr: a\n    annotations: {summary: '{{ with query \"b\" }}{{ . | first | value }}{{ end }}'}\n";
    let (source, it) = start(rule).await;
    source.set("a", &[(json!({}), 1.0)]);
    source.set("b", &[(json!({}), 7.0)]);
    it.tick().await;
    let notices = it.notices();
    assert_eq!(notices[0].message.annotations.get("summary"), Some("7"));
    let rule = it.rule("A").await;
    assert_eq!(rule["alerts"][0]["annotations"]["summary"], "7");
}

#[tokio::test]
async fn a_rule_runs_on_all_datasources_that_its_file_selects() {
    let (one, two) = (FakePrometheus::start().await, FakePrometheus::start().await);
    let datasources = format!(
        "datasources:\n- {{name: one, type: prometheus, url: '{}'}}\n- {{name: two, type: prometheus, url: '{}'}}\n",
        one.url, two.url
    );
    let it = Evaluation::start(&[
        ("etc/datasources.yml", &datasources),
        (
            "etc/alertrules/r.yml",
            &rules("  - alert: A\n    expr: a\n"),
        ),
        (
            "etc/alertrules/s.yml",
            &format!(
                "datasourceSelector: {{system: sub}}\n{}",
                rules("  - alert: B\n    expr: a\n")
            ),
        ),
    ])
    .await;
    one.set("a", &[(json!({}), 1.0)]);
    two.set("a", &[(json!({}), 2.0)]);
    it.tick().await;
    let (_, body) = it.app.json("/api/v1/alerts").await;
    let alerts = body["data"]["alerts"].as_array().unwrap().iter();
    let shown: Vec<_> = alerts
        .map(|it| format!("{} {}", it["labels"], it["value"]).replace('"', ""))
        .collect();
    assert_eq!(
        shown,
        [
            "{alertname:A,datasource:one} 1e+00",
            "{alertname:A,datasource:two} 2e+00",
            "{alertname:B,datasource:two} 2e+00",
        ]
    );
    let (_, body) = it.app.json("/api/v1/alerts/count").await;
    assert_eq!(body["data"], json!({"firing": 3, "pending": 0}));
    let metrics = it.app.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("ALERTS{alertname=\"B\",datasource=\"two\",alertstate=\"firing\"} 1"));
}

#[tokio::test]
async fn rules_are_filtered_and_an_administrator_sends_a_test_alert() {
    let recorded = "  - record: a:b\n    expr: a\n";
    let (_source, it) = start(&format!("{SLOW}{recorded}")).await;
    let names = async |query: &str| {
        let (_, body) = it.app.json(&format!("/api/v1/rules?{query}")).await;
        let groups = body["data"]["groups"].as_array().unwrap().iter();
        let rules = groups.flat_map(|it| it["rules"].as_array().unwrap().clone());
        rules
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("type=record").await, ["a:b"]);
    assert_eq!(names("rule_name[]=Slow").await, ["Slow"]);
    assert_eq!(names("file[]=alertrules/r.yml&type=alert").await, ["Slow"]);
    assert_eq!(names("rule_group[]=none").await, [""; 0]);
    assert_eq!(it.app.error("/api/v1/rules?type=x").await.0, 400);
    let token = venti_server::auth::generate_token().unwrap();
    let hash = venti_server::auth::TokenHash::of(&token);
    let users = format!("tokens:\n- {{name: ci, hash: '{hash}', isAdmin: true}}\n");
    it.reload_with(&[("etc/users.yml", &users)]).await;
    let test = || it.app.client.post(it.app.url("/api/v1/alerts/test"));
    assert_eq!(test().send().await.unwrap().status(), 403);
    let sent = test().bearer_auth(token).send().await.unwrap();
    assert_eq!(sent.status(), 200);
    let notices = it.notices();
    assert!(notices[0].is_test);
}

#[tokio::test]
async fn a_rule_is_tested_against_the_past() {
    let (source, it) = start(SLOW).await;
    let start = START + 1.0;
    let at = |slot: u32| start + f64::from(slot) * 10.0;
    let values = [0, 1, 2, 3, 6].map(|it| (at(it), "2"));
    source.set_range("latency > 1", &values);
    let range = format!("start={start}&end={}", at(8));
    let path = format!("/api/v1/rules/backtest?rule_name[]=Slow&{range}");
    let (status, body) = it.app.json(&path).await;
    assert_eq!(status, 200, "{body}");
    let alerts = &body["data"]["datasources"][0]["alerts"];
    let stretch =
        |state: &str, from: u32, to: u32| json!({"state": state, "from": at(from), "to": at(to)});
    assert_eq!(
        alerts[0]["stretches"],
        json!([
            stretch("pending", 0, 1),
            stretch("firing", 2, 3),
            stretch("pending", 6, 6),
        ])
    );
    // A rule that stands in no file, with another `for`.
    let written = "alert: Now\nexpr: latency > 1\n";
    let form = [
        ("rule", written),
        ("start", &start.to_string()),
        ("end", &at(1).to_string()),
        ("interval", "10s"),
    ];
    let url = it.app.url("/api/v1/rules/backtest");
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let request = it.app.client.post(url).body(form);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.send().await.unwrap().text().await.unwrap();
    let body: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let alerts = &body["data"]["datasources"][0]["alerts"];
    assert_eq!(
        alerts[0]["stretches"],
        json!([stretch("firing", 0, 1)]),
        "{body}"
    );
    let refused = [
        "rule_name[]=Slow",
        "rule_name[]=None&start=1&end=2",
        "rule_name[]=Slow&start=1&end=99999999",
        "rule_name[]=Slow&start=2&end=1",
    ];
    for query in refused {
        let (status, ..) = it
            .app
            .error(&format!("/api/v1/rules/backtest?{query}"))
            .await;
        assert!((400..500).contains(&status), "{query}");
    }
}

#[tokio::test]
async fn a_native_histogram_is_an_alert_like_any_other() {
    let rule = "  - alert: Odd\n    expr: latency_histogram\n    annotations: {summary: '{{ $labels.job }} has {{ $value }}'}\n";
    let (source, it) = start(rule).await;
    let data = json!({"status": "success", "data": {"resultType": "vector", "result": [
        {"metric": {"job": "web"}, "histogram": [0, {"count": "3", "sum": "4.5", "buckets": [[0, "0.5", "1", "2"], [0, "1", "2", "1"]]}]},
        {"metric": {"job": "api"}, "value": [0, "7"]},
    ]}});
    source.answer_with(
        "latency_histogram",
        200,
        "application/json",
        &data.to_string(),
    );
    it.tick().await;
    assert_eq!(it.rule("Odd").await["health"], "ok");
    let notices = it.notices();
    let mut summaries: Vec<_> = notices
        .iter()
        .map(|it| it.message.annotations.get("summary").unwrap())
        .collect();
    summaries.sort_unstable();
    assert_eq!(
        summaries,
        [
            "api has 7",
            "web has {count:3, sum:4.5, (0.5,1]:2, (1,2]:1}"
        ]
    );
}
