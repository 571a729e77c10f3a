//! A real Alertmanager, Debian's `prometheus-alertmanager`, is told.

use serde_json::Value;
use venti_server::auth::TokenHash;

use super::*;
use crate::support::app::client;
use crate::support::programs::alertmanager;

#[tokio::test(flavor = "multi_thread")]
async fn it_knows_what_we_sent() {
    let dir = tempfile::tempdir().unwrap();
    let Some(alertmanager) = tokio::task::block_in_place(|| alertmanager(dir.path())) else {
        return;
    };
    let address = &alertmanager.address;
    let config = alerting(&format!(
        "  alertmanagers:\n  - static_configs: [{{targets: ['{address}']}}]"
    ));
    let sender = Sender::start(&[("etc/alerting.yml", &config)]);
    let (a, b) = (firing("a"), firing("b"));
    sender.notify([a.clone(), b.clone()]);
    sender.notifications.drain().await;
    let known = async || -> Vec<Value> {
        let answer = client().get(alertmanager.url("/api/v2/alerts?active=true"));
        let body = answer.send().await.unwrap().bytes().await.unwrap();
        let mut alerts: Vec<Value> = serde_json::from_slice(&body).unwrap();
        alerts.sort_by_key(|it| it["labels"]["alertname"].to_string());
        alerts
    };
    let time = |it: &Value| {
        let text = it.as_str().unwrap();
        chrono::DateTime::parse_from_rfc3339(text).unwrap()
    };
    let alerts = known().await;
    assert_eq!(alerts.len(), 2, "{alerts:?}");
    for (known, sent) in alerts.iter().zip([&a, &b]) {
        let expected = Fingerprint::of(&sent.message.labels);
        let sent = serde_json::to_value(&sent.message).unwrap();
        for key in ["labels", "annotations", "generatorURL"] {
            assert_eq!(known[key], sent[key], "{key}");
        }
        for key in ["startsAt", "endsAt"] {
            assert_eq!(time(&known[key]), time(&sent[key]), "{key}");
        }
        let fingerprint = known["fingerprint"].as_str().unwrap();
        assert_eq!(fingerprint, expected.to_string());
    }
    // An end in the past takes an alert off the list.
    let mut end = resolved(&a);
    end.message.ends_at = a.message.starts_at.clone();
    sender.notify([end]);
    sender.notifications.drain().await;
    let alerts = known().await;
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    assert_eq!(alerts[0]["labels"]["alertname"], "b");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silence_is_made_there_and_holds_back_here() {
    let dir = tempfile::tempdir().unwrap();
    let Some(alertmanager) = tokio::task::block_in_place(|| alertmanager(dir.path())) else {
        return;
    };
    let mut capture = Capture::start([]).await;
    let config = alerting(&format!(
        "  alertmanagers:
  - static_configs: [{{targets: ['{}']}}]
  receivers:
  - name: hook
    group_by: [alertname]
    group_wait: 10ms
    match: {{namespace: shop}}
    webhook: {{url: '{}'}}",
        alertmanager.address, capture.url
    ));
    let users = format!(
        "users: []\ntokens: [{{name: root, hash: '{}', isAdmin: true}}]\n",
        TokenHash::of("venti_admin")
    );
    let sender = Sender::start(&[("etc/alerting.yml", &config), ("etc/users.yml", &users)]);
    let ask = async |method: &str, path: &str, body: &Value| -> Value {
        let request = axum::http::Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", "Bearer venti_admin")
            .body(axum::body::Body::from(body.to_string()))
            .unwrap();
        let router = venti_server::build_router(sender.app.clone());
        let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        serde_json::from_slice(&body.unwrap()).unwrap()
    };
    let silence = serde_json::json!({
        "matchers": [{"name": "alertname", "value": "qui.*", "isRegex": true}],
        "endsAt": now().plus(Duration::from_secs(3600)).to_rfc3339_millis(),
        "comment": "a test",
    });
    let made = ask("POST", "/api/v1/silences", &silence).await;
    let id = made["data"]["done"][0]["id"].as_str().unwrap().to_owned();
    let listed =
        async || ask("GET", "/api/v1/silences", &Value::Null).await["data"]["silences"][0].clone();
    let first = listed().await;
    assert_eq!(
        (&first["id"], &first["state"]),
        (&Value::from(id.as_str()), &Value::from("active"))
    );
    assert_eq!(first["createdBy"], "root");
    sender.notify([firing("quiet"), firing("loud")]);
    assert_eq!(
        capture.next().await.json()["commonLabels"]["alertname"],
        "loud"
    );
    sender.notifications.drain().await;
    assert!(capture.rest().is_empty());
    ask("DELETE", &format!("/api/v1/silences/{id}"), &Value::Null).await;
    assert_eq!(listed().await["state"], "expired");
}
