//! A real Alertmanager, Debian's `prometheus-alertmanager`, is told.

use std::sync::atomic::AtomicBool;

use serde_json::Value;
use venti_local::{Child, Program, find, port, ready};

use super::*;
use crate::support::app::client;

#[tokio::test(flavor = "multi_thread")]
async fn it_knows_what_we_sent() {
    let Some(path) = find::program(&["prometheus-alertmanager", "alertmanager"]) else {
        println!("skipped: no prometheus-alertmanager on this machine");
        return;
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
    let url = format!("http://{address}");
    let wait = Duration::from_secs(60);
    let ready = format!("{url}/-/ready");
    if let Err(error) = ready::wait(&ready, &child, wait, &AtomicBool::new(false)) {
        // Debian's reads a template from a fixed place, which is not there when the package was
        // only unpacked.
        let last = child.tail().join("\n");
        assert!(last.contains("default.tmpl"), "{error}: {last}");
        println!("skipped: prometheus-alertmanager is unpacked and not installed");
        return;
    }

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
    child.stop();
}
