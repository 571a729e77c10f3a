//! A real Alertmanager, Debian's `prometheus-alertmanager`, is told.

use std::sync::atomic::AtomicBool;

use serde_json::Value;
use venti_local::{Child, Program, find, port, ready};

use venti_server::auth::TokenHash;

use super::*;
use crate::support::app::client;

/// It ends with this value.
struct Real {
    child: Child,
    address: String,
    _dir: TempDir,
}

impl Real {
    /// Where there is one on this machine.
    fn start() -> Option<Self> {
        let Some(path) = find::program(&["prometheus-alertmanager", "alertmanager"]) else {
            eprintln!("skipped: no prometheus-alertmanager on this machine");
            return None;
        };
        let dir = tempfile::tempdir().unwrap();
        let config = "route: {receiver: none}\nreceivers: [{name: none}]\n";
        write_files(dir.path(), &[("alertmanager.yml", config)]);
        let reserved = port::any().unwrap();
        let address = format!("127.0.0.1:{}", reserved.port());
        drop(reserved);
        let flag = |name: &str, value: &str| format!("--{name}={value}").into();
        let own = |name: &str| dir.path().join(name).display().to_string();
        let program = Program {
            name: "alertmanager".to_owned(),
            path,
            args: vec![
                flag("config.file", &own("alertmanager.yml")),
                flag("storage.path", &own("alertmanager")),
                flag("web.listen-address", &address),
                flag("cluster.listen-address", ""),
            ],
        };
        let child = Child::spawn(&program, Arc::new(|_| {})).unwrap();
        let wait = Duration::from_secs(60);
        let ready = format!("http://{address}/-/ready");
        if let Err(error) = ready::wait(&ready, &child, wait, &AtomicBool::new(false)) {
            // Debian's reads a template from a fixed place, which is not there when the package
            // was only unpacked.
            let last = child.tail().join("\n");
            assert!(last.contains("default.tmpl"), "{error}: {last}");
            eprintln!("skipped: prometheus-alertmanager is unpacked and not installed");
            return None;
        }
        Some(Self {
            child,
            address,
            _dir: dir,
        })
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        self.child.stop();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_knows_what_we_sent() {
    let Some(real) = Real::start() else {
        return;
    };
    let address = &real.address;
    let url = format!("http://{address}");
    let config = alerting(&format!(
        "  alertmanagers:\n  - static_configs: [{{targets: ['{address}']}}]"
    ));
    let sender = Sender::start(&[("etc/alerting.yml", &config)]);
    let (a, b) = (firing("a"), firing("b"));
    sender.notify([a.clone(), b.clone()]);
    sender.notifications.drain().await;
    let known = async || -> Vec<Value> {
        let answer = client().get(format!("{url}/api/v2/alerts?active=true"));
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
    let Some(real) = Real::start() else {
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
        real.address, capture.url
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
