use super::*;
use crate::notify::alert::tests::{firing, resolved};
use crate::notify::groups::GroupKey;
use proptest::prelude::*;
use std::path::Path;
use venti_alert::config::AlertingFile;
use venti_alert::lines::SentLines;

fn message(occasion: Occasion, firing: Vec<Alert>, resolved: Vec<Alert>) -> Message {
    Message {
        key: GroupKey {
            receiver: "hook".to_owned(),
            labels: vec![
                ("alertname".to_owned(), "Full".to_owned()),
                ("namespace".to_owned(), String::new()),
            ],
        },
        occasion,
        firing,
        resolved,
        posted: None,
        lines: SentLines::default(),
        follows: None,
    }
}

#[test]
fn is_alertmanagers_body_with_lines() {
    let message = message(
        Occasion::First,
        vec![firing("Full", 0, 60)],
        vec![resolved("Other", 0, 30)],
    );
    let row = LogRow {
        time: "1970-01-01T00:00:59Z".to_owned(),
        pod: Some("web".to_owned()),
        log: "\u{1b}[31mno\u{1b}[0m".to_owned(),
        cursor: Some("secret place".to_owned()),
        ..LogRow::default()
    };
    let context = Context {
        found: Some(Ok(Found::Lines(vec![row], false))),
        ..Context::default()
    };
    let body = version_4(
        &message,
        &[context],
        &Redaction::default(),
        "https://v.example",
    );
    let alert = |name: &str, status: &str, end: &str, logs: Value| {
        json!({
            "status": status,
            "labels": {"alertname": name, "severity": "page"},
            "annotations": {"summary": "it is full"},
            "startsAt": "1970-01-01T00:00:00.000Z",
            "endsAt": end,
            "generatorURL": "",
            "fingerprint": firing(name, 0, 0).fingerprint,
            "valueString": "5",
            "logs": logs,
        })
    };
    let logs = json!([{"time": "1970-01-01T00:00:59Z", "pod": "web", "log": "no"}]);
    assert_eq!(
        body,
        json!({
            "version": "4",
            "groupKey": "{}:{alertname=\"Full\"}",
            "truncatedAlerts": 0,
            "status": "firing",
            "receiver": "hook",
            "groupLabels": {"alertname": "Full"},
            "commonLabels": {"severity": "page"},
            "commonAnnotations": {"summary": "it is full"},
            "externalURL": "https://v.example",
            "alerts": [
                alert("Full", "firing", NEVER, logs),
                alert("Other", "resolved", "1970-01-01T00:00:30.000Z", json!([])),
            ],
        })
    );
}

#[test]
fn a_payload_that_is_no_json_says_so() {
    let message = message(Occasion::First, vec![firing("Full", 0, 60)], Vec::new());
    let error = |payload: &str| {
        let body = templated(payload, &message, &Content::default(), "");
        body.unwrap_err().to_string()
    };
    assert!(error("{").starts_with("`payload` is not JSON: "));
    assert!(error(r#"{"a": "{{ nothing }}"}"#).contains("function \"nothing\" not defined"));
}

/// The payload of an example below `etc/receivers`.
fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../etc/receivers");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let file: AlertingFile = serde_saphyr::from_str(&text).unwrap();
    let webhook = file.alerting.receivers[0].webhook.clone().unwrap();
    webhook.payload.unwrap().value
}

fn rendered(name: &str, content: &Content) -> Value {
    let message = message(Occasion::First, vec![firing("Full", 0, 60)], Vec::new());
    let body = templated(&example(name), &message, content, "").unwrap();
    serde_json::from_str(&body).unwrap()
}

#[test]
fn examples_say_what_happened() {
    let content = Content {
        title: "FIRING 1: Full".to_owned(),
        lines: vec!["12:00:00 web | no".to_owned()],
        more_lines: Some("37".to_owned()),
        ..Content::default()
    };
    let text = "FIRING 1: Full\n12:00:00 web | no\n… 37 more";
    assert_eq!(rendered("discord.yml", &content)["content"], text);
    assert_eq!(rendered("telegram.yml", &content)["text"], text);
    let teams = rendered("teams.yml", &content);
    let body = &teams["attachments"][0]["content"]["body"];
    assert_eq!(body[0]["color"], "attention");
    assert_eq!(body[1]["text"], text);
    let mattermost = rendered("mattermost.yml", &content);
    assert_eq!(
        mattermost["text"],
        format!("**FIRING 1: Full**\n```\n{text}\n```")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    /// Whatever a message says, each example stays JSON and within what its target takes.
    #[test]
    fn examples_fit(title in "\\PC{0,200}", lines in prop::collection::vec("[\\PC\"\\\\{}`\n]{0,300}", 0..50)) {
        let content = Content { title, lines, ..Content::default() };
        let length = |value: &Value| value.as_str().unwrap().encode_utf16().count();
        prop_assert!(length(&rendered("discord.yml", &content)["content"]) <= 2_000);
        prop_assert!(length(&rendered("telegram.yml", &content)["text"]) <= 4_096);
        prop_assert!(length(&rendered("mattermost.yml", &content)["text"]) <= 16_383);
        prop_assert!(rendered("teams.yml", &content).to_string().len() <= 28_000);
    }
}
