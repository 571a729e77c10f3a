//! Log lines in messages, from a Lethe inside the server.

use chrono::{DateTime, Utc};

use super::*;
use crate::log_databases::{FakeDatabase, VICTORIALOGS};
use crate::support::FakeUpstream;

/// A line of a pod of `shop`, written a second ago.
fn log_of(text: &str) -> (String, String) {
    let at: DateTime<Utc> = (SystemTime::now() - Duration::from_secs(1)).into();
    let name = at.format("log/pod/shop/%Y-%m-%d_%H.log").to_string();
    let time = at.format("%Y-%m-%dT%H:%M:%S%.6fZ");
    (name, format!("{time}[shop|web-1|nginx] {text}\n"))
}

const LOGS: &str = "datasources:\n- {name: logs, type: lethe, path: '{dir}/log'}\n";

fn with_query(query: &str, notice: Notice) -> Notice {
    Notice {
        rule: origin(Some(query)),
        ..notice
    }
}

#[tokio::test]
async fn a_message_has_the_lines_and_a_link_to_them() {
    let mut capture = Capture::start([]).await;
    let config = alerting(&format!(
        "  receivers:
  - {{name: hook, group_wait: 10ms, webhook: {{url: '{url}/hook'}}}}
  - name: slack
    group_wait: 10ms
    slack: {{webhook_url_file: '{{dir}}/url'}}
    logs: {{redact: ['password=\\S+']}}",
        url = capture.url
    ));
    let (name, line) = log_of("<!here> password=hunter2 \u{1b}[31mno");
    let url = format!("{}/slack", capture.url);
    let files = [
        ("etc/alerting.yml", &*config),
        ("etc/datasources.yml", LOGS),
        (&*name, &*line),
        ("url", &*url),
    ];
    let sender = Sender::start(&files);
    let query = r#"pod{namespace="{{ $labels.namespace }}"}"#;
    sender.notify([with_query(query, firing("a"))]);
    let mut received = [capture.next().await, capture.next().await];
    received.sort_by(|a, b| a.path.cmp(&b.path));
    let [hook, slack] = received;
    let row = &hook.json()["alerts"][0]["logs"][0];
    assert_eq!(row["pod"], "web-1");
    assert_eq!(row["log"], "<!here> password=hunter2 no");
    let body = slack.json();
    let blocks: Vec<&str> = body["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["text"]["text"].as_str())
        .collect();
    let lines = blocks.iter().find(|it| it.starts_with("```")).unwrap();
    assert!(
        lines.contains(" web-1 | &lt;!here&gt; [redacted] no\n```"),
        "{lines}"
    );
    let links = blocks.last().unwrap();
    let link =
        "<https://venti.example/v/explore/logs?query=pod%7Bnamespace%3D%22shop%22%7D&amp;from=";
    assert!(links.starts_with(link), "{links}");
}

#[tokio::test]
async fn a_label_cannot_change_what_is_asked() {
    let mut capture = Capture::start([]).await;
    let upstream = FakeUpstream::start().await;
    let config = alerting(&format!(
        "  receivers:\n  - {{name: hook, group_wait: 10ms, webhook: {{url: '{}'}}}}",
        capture.url
    ));
    let datasources = format!(
        "datasources:\n- {{name: p, type: prometheus, url: '{}'}}\n",
        upstream.url
    );
    let files = [
        ("etc/alerting.yml", &*config),
        ("etc/datasources.yml", &*datasources),
    ];
    let sender = Sender::start(&files);
    let query = r#"up{job="{{ $labels.alertname }}"}"#;
    sender.notify([with_query(query, firing(r#"a"} or secret{b=""#))]);
    capture.next().await;
    let asked = upstream
        .seen()
        .into_iter()
        .find(|it| it.path == "/api/v1/query")
        .unwrap();
    let mut parameters = url::form_urlencoded::parse(asked.parameters.as_bytes());
    let (_, asked) = parameters.find(|(name, _)| name == "query").unwrap();
    assert_eq!(asked, r#"up{job="a\"} or secret{b=\""}"#);
}

#[tokio::test]
async fn a_slow_lookup_holds_up_nobody_else() {
    let mut alertmanager = Capture::start([]).await;
    let upstream = FakeUpstream::start().await;
    let config = alerting(&format!(
        "  alertmanagers:\n  - static_configs: [{{targets: ['{}']}}]",
        alertmanager.url
    ));
    let datasources = format!(
        "datasources:\n- {{name: p, type: prometheus, url: '{}'}}\n",
        upstream.url
    );
    let files = [
        ("etc/alerting.yml", &*config),
        ("etc/datasources.yml", &*datasources),
    ];
    let sender = Sender::start(&files);
    sender.notify([with_query("hang", firing("slow")), firing("quick")]);
    assert_eq!(alertmanager.next().await.names(), ["quick"]);
    let slow = alertmanager.next().await;
    assert_eq!(slow.names(), ["slow"]);
    assert_eq!(
        slow.json()[0]["annotations"]["logs"],
        "log lookup failed: no answer within 3s"
    );
}

#[tokio::test]
async fn alertmanagers_get_lines_as_an_annotation_unless_they_may_not() {
    let mut alertmanager = Capture::start([]).await;
    let (name, line) = log_of("token=hunter2 no");
    for (switch, expected) in [("true", true), ("false", false)] {
        let config = alerting(&format!(
            "  logs_in_annotations: {switch}
  redact: ['token=\\S+']
  alertmanagers:\n  - static_configs: [{{targets: ['{}']}}]",
            alertmanager.url
        ));
        let files = [
            ("etc/alerting.yml", &*config),
            ("etc/datasources.yml", LOGS),
            (&*name, &*line),
        ];
        let sender = Sender::start(&files);
        sender.notify([with_query("pod{namespace=\"shop\"}", firing("a"))]);
        let annotations = &alertmanager.next().await.json()[0]["annotations"];
        let logs = annotations["logs"].as_str();
        let found = logs.is_some_and(|it| it.ends_with(" web-1 | [redacted] no"));
        assert_eq!(found, expected, "{annotations}");
        assert_eq!(annotations.get("logs_url").is_some(), expected);
    }
}

#[tokio::test]
async fn a_rule_over_victorialogs_has_lines_of_its_own_database() {
    let mut capture = Capture::start([]).await;
    let database = FakeDatabase::start(VICTORIALOGS).await;
    let config = alerting(&format!(
        "  receivers:\n  - {{name: hook, group_wait: 10ms, webhook: {{url: '{}'}}}}",
        capture.url
    ));
    let datasources = format!(
        "datasources:\n- {{name: logs, type: victorialogs, url: '{}/prefix'}}\n",
        database.url
    );
    let files = [
        ("etc/alerting.yml", &*config),
        ("etc/datasources.yml", &*datasources),
    ];
    let sender = Sender::start(&files);
    let rule = RuleOrigin {
        language: Language::LogsQl,
        // It reads as PromQL too.
        ..RuleOrigin::clone(&origin(Some("{{ $labels.alertname }}")))
    };
    sender.notify([Notice {
        rule: Arc::new(rule),
        datasource: "logs".to_owned(),
        ..firing("error")
    }]);
    let logs = capture.next().await.json()["alerts"][0]["logs"].clone();
    let texts: Vec<&str> = logs
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["log"].as_str().unwrap())
        .collect();
    assert_eq!(texts, ["three", "<b>two</b>", "one"]);
    let asked = database.asked();
    let asked = asked
        .iter()
        .find(|it| it.starts_with("/select/logsql/query "))
        .unwrap();
    assert!(
        asked.starts_with("/select/logsql/query query=error&start="),
        "{asked}"
    );
}
