//! Direct receivers and what Alertmanagers hold back.

use serde_json::json;

use super::*;
use crate::silences::{Cluster, FakeAlertmanager};

fn config(alertmanager: &str, capture: &Capture) -> String {
    alerting(&format!(
        "  alertmanagers:
  - static_configs: [{{targets: ['{alertmanager}']}}]
    alert_relabel_configs: [{{action: labeldrop, regex: severity}}]
  receivers:
  - name: hook
    group_by: [alertname]
    group_wait: 10ms
    match: {{namespace: shop}}
    webhook: {{url: '{}'}}",
        capture.url
    ))
}

fn silence(name: &str, state: &str) -> serde_json::Value {
    json!({
        "id": "00000000-0000-4000-8000-000000000000",
        "status": {"state": state},
        "matchers": [{"name": "alertname", "value": name, "isRegex": true, "isEqual": true}],
        "startsAt": "2023-01-01T00:00:00Z",
        "endsAt": "2099-01-01T00:00:00Z",
        "updatedAt": "2023-01-01T00:00:00Z",
        "createdBy": "ana",
        "comment": "",
    })
}

#[tokio::test]
async fn what_is_silenced_or_inhibited_there_is_not_told_here() {
    let mut capture = Capture::start([]).await;
    let cluster: Arc<Cluster> = Arc::default();
    let alertmanager = FakeAlertmanager::start(&cluster).await;
    let mut silences = std::collections::BTreeMap::new();
    silences.insert("1".to_owned(), silence("quiet.*", "active"));
    silences.insert("2".to_owned(), silence("over", "expired"));
    *cluster.silences.lock().unwrap() = silences;
    // As it has them, without the label that is dropped on the way.
    *cluster.alerts.lock().unwrap() = vec![json!({
        "labels": {"alertname": "inhibited", "namespace": "shop"},
        "status": {"state": "suppressed", "silencedBy": [], "inhibitedBy": ["abc"]},
    })];
    let config = config(&alertmanager.url, &capture);
    let sender = Sender::start(&[("etc/alerting.yml", &config)]);
    sender.notify(["quiet", "quieter", "inhibited", "over", "loud"].map(firing));
    // Each is a message of its own, told one a second.
    let mut told = [capture.next().await, capture.next().await].map(|it| {
        let body = it.json();
        body["commonLabels"]["alertname"]
            .as_str()
            .unwrap()
            .to_owned()
    });
    told.sort();
    assert_eq!(told, ["loud", "over"]);
    sender.notifications.drain().await;
    assert!(capture.rest().is_empty());
}

#[tokio::test]
async fn an_alertmanager_that_hangs_holds_nothing_back() {
    let mut capture = Capture::start([]).await;
    // It takes connections and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let config = config(&url, &capture);
    let sender = Sender::start(&[("etc/alerting.yml", &config)]);
    sender.notify([firing("a")]);
    assert_eq!(
        capture.next().await.json()["commonLabels"]["alertname"],
        "a"
    );
}
