use super::*;
use proptest::prelude::*;
use venti_yaml::Source;

fn read(text: &str) -> Result<AlertingFile, String> {
    let source = Source {
        file: "alerting.yml",
        text,
    };
    source.read().map_err(|it| it.to_string())
}

/// Every key that there is.
const FULL: &str = r"
alerting:
  evaluation_interval: 15s
  resend_delay: 1m
  query_offset: 10s
  on_error: prometheus
  hold_max: 30m
  external_url: https://obs.example
  globalLabels: {cluster: c1}
  resolve_removed: false
  alert_relabel_configs:
  - {action: labeldrop, regex: instance}
  alertmanagers:
  - static_configs:
    - targets: ['http://am-0:9093', 'am-1:9093']
      labels: {a: b}
    scheme: https
    path_prefix: /am
    timeout: 10s
    api_version: v2
    basic_auth: {username: u, password_file: /etc/secret/am}
    tls_config: {ca_file: /etc/ca.pem, server_name: am}
    proxy_url: http://proxy:3128
    follow_redirects: true
    enable_http2: false
    http_headers: {X-Scope: {values: [a], files: [/etc/secret/b]}}
  - authorization: {credentials_env: AM_TOKEN}
  receivers:
  - name: slack
    slack: {token_file: /etc/secret/slack, channel: C0123, resolve: thread}
    match: {severity: critical|page}
    group_by: [alertname, namespace]
    group_wait: 10s
    group_interval: 5m
    repeat_interval: 4h
    logs: {limit: 10, window: 5m, redact: ['(?i)password=\S+']}
  - name: hook
    webhook: {url: 'https://hook.example', headers: {X-Team: a}, payload: '{}', hmac_env: KEY}
rule_files: ['/etc/rules/*.yml']
state_dir: /var/lib/venti
";

#[test]
fn reads_every_key() {
    let file = read(FULL).unwrap();
    let alerting = file.alerting;
    assert_eq!(alerting.on_error, OnError::Prometheus);
    assert_eq!(
        alerting.external_label_set(),
        Labels::from_iter([("cluster", "c1")])
    );
    let [first, second] = &alerting.alertmanagers[..] else {
        panic!("{:?}", alerting.alertmanagers);
    };
    let (first, second) = (&first.value, &second.value);
    assert_eq!(first.static_configs[0].targets.len(), 2);
    assert_eq!(first.proxy_url.as_deref(), Some("http://proxy:3128"));
    assert_eq!(first.http_headers["X-Scope"].values, ["a"]);
    let auth = first.basic_auth.as_ref().unwrap();
    assert_eq!(auth.password, SecretRef::File("/etc/secret/am".into()));
    let token = second.authorization.as_ref().unwrap();
    assert_eq!(
        (token.kind.as_str(), &token.credentials),
        ("Bearer", &SecretRef::Env("AM_TOKEN".into()))
    );
    let slack = &alerting.receivers[0];
    assert!(
        matches!(&slack.slack, Some(SlackConfig::Bot { channel, resolve: Resolve::Thread, .. }) if channel == "C0123")
    );
    assert!(slack.matches(&Labels::from_iter([("severity", "page")])));
    assert!(!slack.matches(&Labels::from_iter([("severity", "pages")])));
    assert!(slack.logs.redact[0].0.is_match("x PASSWORD=abc"));
    assert_eq!(file.state_dir.as_deref(), Some("/var/lib/venti"));
}

#[test]
fn points_at_the_fault() {
    let cases = [
        (
            "alerting:\n  alertmanager: []\n",
            "alerting.yml:2:3: unknown key `alertmanager`, did you mean `alertmanagers`?",
        ),
        (
            "alerting:\n  resend_delay: 5\n",
            "alerting.yml:2:17: missing unit in duration `5`",
        ),
        (
            "alerting:\n  alert_relabel_configs:\n  - {action: labeldrop, regex: '('}\n",
            "alerting.yml:3:5: error parsing regexp: missing closing ): `(`",
        ),
        (
            "alerting:\n  receivers:\n  - {name: a, slack: {token_env: T}}\n",
            "alerting.yml:3:22: a bot needs a `channel`",
        ),
        (
            "alerting:\n  receivers:\n  - {name: a, slack: {channel: C}}\n",
            "alerting.yml:3:22: write either `token_file` with `channel`, or `webhook_url_file`",
        ),
        (
            "alerting:\n  receivers:\n  - {name: a, webhook: {}}\n",
            "alerting.yml:3:24: write one of `url`, `url_file` and `url_env`",
        ),
        (
            "alerting:\n  alertmanagers:\n  - basic_auth: {username: u, password: hunter2}\n",
            "alerting.yml:3:31: unknown key `password`",
        ),
        (
            "alerting:\n  alertmanagers:\n  - basic_auth: {username: u}\n",
            "alerting.yml:3:17: `password_file` or `password_env` is missing",
        ),
        (
            "alerting:\n  alertmanagers:\n  - api_version: v1\n",
            "alerting.yml:3:18: unknown value `v1`",
        ),
    ];
    for (text, expected) in cases {
        let found = read(text).unwrap_err();
        assert!(found.starts_with(expected), "{found}");
        assert!(!found.contains("hunter2"), "{found}");
    }
}

proptest! {
    #[test]
    fn never_panics(cut in 0..FULL.len(), noise in "[a-z:{}\\[\\] \n-]{0,20}") {
        let _ = read(&(FULL.get(..cut).unwrap_or_default().to_owned() + &noise));
    }
}
