//! `alerting.yml` and rule files as they are read: what is wrong is told, and the rest works.

use venti_model::status::{ConfigFault, Severity};

use crate::support::TestApp;
use crate::support::app::write_files;

fn told(faults: &[ConfigFault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_cannot_be_sent_to_is_told_when_it_is_read() {
    let alerting = r#"
alerting:
  alertmanagers:
  - static_configs: [{targets: ['am:9093']}]
    proxy_url: ftp://proxy
  - static_configs: [{targets: ['am:9093']}]
    http_headers: {Content-Type: {values: [a]}}
  - static_configs: [{targets: ['am:9093', 'ftp://am']}]
  receivers:
  - name: hook
    webhook:
      url: https://hook.example
      payload: '{"text": "{{ $massage.title }}"}'
  - name: other
    webhook:
      url: https://hook.example
      payload: '{"text": }'
  - name: good
    webhook:
      url: https://hook.example
      payload: '{"text": "{{ $message.title | toUpper }}"}'
"#;
    let app = TestApp::start(&[("etc/alerting.yml", alerting)]).await;
    let faults = app.app.live().faults();
    let faults: Vec<ConfigFault> = (faults.into_iter())
        .filter(|it| it.file == "alerting.yml")
        .collect();
    assert!(faults.iter().all(|it| it.severity == Severity::Error));
    let expected = [
        "alerting.yml:4:5: `proxy_url` is no http URL without user and password",
        "alerting.yml:6:5: the header `Content-Type` cannot be sent",
        "alerting.yml:8:5: `ftp://…` is no http or https URL",
        "alerting.yml:13:16: receiver `hook`: `payload` has the text \"{{ $massage.title }}\": undefined variable \"$massage\"",
        "alerting.yml:17:16: receiver `other`: `payload` is not JSON: expected value at line 1 column 10",
    ];
    assert_eq!(told(&faults), expected);
    // The one that can be reached is.
    let (_, body) = app.json("/api/v1/alertmanagers").await;
    let active = &body["data"]["activeAlertmanagers"];
    assert_eq!(active.as_array().unwrap().len(), 1, "{body}");
}

const RULE: &str = "groups:\n- name: g\n  rules:\n  - {alert: A, expr: up == 0}\n";

#[tokio::test]
async fn rule_files_are_those_that_the_patterns_name() {
    let outside = tempfile::tempdir().unwrap();
    write_files(outside.path(), &[("a.yml", RULE), ("a.txt", RULE)]);
    let alerting = format!(
        "rule_files: ['{}/*.yml', 'own/*.yml', 'none.yml']\n",
        outside.path().display()
    );
    let files = [
        ("etc/alerting.yml", &*alerting),
        ("etc/own/b.yml", RULE),
        // Not where the patterns look.
        ("etc/alertrules/c.yml", RULE),
        (
            "etc/datasources.yml",
            "datasources:\n- {name: p, type: prometheus, url: 'http://127.0.0.1:9'}\n",
        ),
    ];
    let app = TestApp::start(&files).await;
    let live = app.app.live();
    let paths: Vec<&str> = live.config.rules.iter().map(|it| &*it.path).collect();
    let first = outside.path().join("a.yml");
    assert_eq!(paths, [first.to_str().unwrap(), "own/b.yml"]);
    let faults = told(&live.faults());
    assert!(
        faults.contains(&"alerting.yml: rule_files: no file is named `none.yml`".to_owned()),
        "{faults:?}"
    );
    // A file that comes later is noticed, though it lies elsewhere.
    let _watch = app.watch();
    write_files(outside.path(), &[("late.yml", RULE)]);
    app.live(|it| it.config.rules.len() == 3).await;
    let broken = app
        .reload_with(&[("etc/alerting.yml", "rule_files: ['[']\n")])
        .await;
    let faults = told(&broken.faults());
    assert!(
        faults[0].starts_with("alerting.yml: rule_files: `[`: "),
        "{faults:?}"
    );
}
