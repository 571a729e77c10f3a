//! Pictures with messages: drawn of what a datasource answers, uploaded to Slack.

use std::io::Cursor;

use axum::Router;
use axum::extract::RawForm;
use axum::http::header::CONTENT_TYPE;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::capture::{Received, Reply};
use super::slack::POSTED;
use super::*;

const DASHBOARD: &str = "title: Host
rows:
- panels:
  - {title: Load, unit: percent, targets: [{expr: 'load{namespace=~\"$namespace\"}', legend: 'secret-{{pod}}'}]}
  - {title: Lines, type: logs, targets: [{expr: 'pod{}'}]}
";

/// A datasource that answers an hour of two pods to whatever it is asked, and tells the test.
struct Metrics {
    url: String,
    asked: mpsc::UnboundedReceiver<String>,
    serving: JoinHandle<()>,
}

impl Metrics {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, asked) = mpsc::unbounded_channel();
        let answer = move |RawForm(form): RawForm| {
            let fields: BTreeMap<String, String> =
                url::form_urlencoded::parse(&form).into_owned().collect();
            if let Some(query) = fields.get("query") {
                // The test may have ended.
                let _ = sender.send(query.clone());
            }
            let end: f64 = fields.get("end").map_or(0.0, |it| it.parse().unwrap());
            let series = ["web-1", "web-2"].map(|pod| {
                serde_json::json!({
                    "metric": {"namespace": "shop", "pod": pod},
                    "values": [[end - 600.0, "10"], [end - 300.0, "60"], [end, "80"]],
                })
            });
            let data = serde_json::json!({"resultType": "matrix", "result": series});
            let body = serde_json::json!({"status": "success", "data": data}).to_string();
            async move { ([(CONTENT_TYPE, "application/json")], body) }
        };
        let router = Router::new().fallback(answer);
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            url,
            asked,
            serving,
        }
    }

    /// All that was asked so far.
    fn asked(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.asked.try_recv().ok()).collect()
    }

    fn datasources(&self) -> String {
        let url = &self.url;
        format!("datasources:\n- {{name: p, type: prometheus, url: '{url}'}}\n")
    }
}

impl Drop for Metrics {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The alert of a rule with an expression and a panel.
fn alert(expression: &str, panel: Option<&str>) -> Notice {
    let mut notice = firing("a");
    let summary = ("summary", "full");
    let panel = panel.map(|it| ("panel", it));
    notice.message.annotations = [summary].into_iter().chain(panel).collect();
    notice.rule = Arc::new(RuleOrigin {
        expression: expression.to_owned(),
        ..RuleOrigin::clone(&origin(None))
    });
    notice
}

fn bot(capture: &Capture) -> String {
    let url = &capture.url;
    alerting(&format!(
        "  redact: ['secret-\\w+']
  receivers:
  - name: slack
    group_wait: 10ms
    slack: {{token_file: '{{dir}}/token', channel: C1, api_url: '{url}/api'}}"
    ))
}

/// Width and height of a PNG.
fn size(png: &[u8]) -> (u32, u32) {
    let reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
    (reader.info().width, reader.info().height)
}

async fn receive<const N: usize>(capture: &mut Capture) -> [Received; N] {
    let mut received = Vec::new();
    for _ in 0..N {
        received.push(capture.next().await);
    }
    received.try_into().unwrap()
}

#[tokio::test]
async fn a_panel_is_drawn_and_uploaded_below_the_message() {
    let mut metrics = Metrics::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/upload/1", listener.local_addr().unwrap());
    let given = format!(r#"{{"ok":true,"upload_url":"{address}","file_id":"F1"}}"#);
    let done = Reply::Status(200, r#"{"ok":true}"#);
    let replies = [POSTED, Reply::Text(given), Reply::Status(200, "OK"), done];
    let mut capture = Capture::on(listener, replies);
    let (config, datasources) = (bot(&capture), metrics.datasources());
    let files = [
        ("etc/alerting.yml", &*config),
        ("etc/datasources.yml", &*datasources),
        ("etc/dashboards/host.yml", DASHBOARD),
        ("token", "xoxb-1"),
    ];
    let sender = Sender::start(&files);
    let notice = alert("load > 50", Some("Host/Load"));
    sender.notify([notice.clone()]);
    let [message, wanted, bytes, shown] = receive(&mut capture).await;
    assert_eq!(message.path, "/api/chat.postMessage");
    assert!(!message.text.contains("no picture"), "{}", message.text);
    assert_eq!(wanted.path, "/api/files.getUploadURLExternal");
    assert_eq!(wanted.header("authorization"), "Bearer xoxb-1");
    let length = format!("length={}&", bytes.bytes.len());
    assert!(wanted.text.contains(&length), "{}", wanted.text);
    assert_eq!(bytes.path, "/upload/1");
    assert_eq!(bytes.header("authorization"), "none");
    assert_eq!(size(&bytes.bytes).0, 1440);
    assert_eq!(shown.path, "/api/files.completeUploadExternal");
    let shown = shown.json();
    assert_eq!(shown["files"][0]["id"], "F1");
    assert_eq!(
        (&shown["channel_id"], &shown["thread_ts"]),
        (&"C1".into(), &"1.5".into())
    );
    assert!(
        metrics
            .asked()
            .contains(&"load{namespace=~\"shop\"}".to_owned())
    );
    // The end is told by an edit, and nothing is uploaded again.
    sender.notifications.drain().await;
    sender.notify([resolved(&notice)]);
    assert_eq!(capture.next().await.path, "/api/chat.update");
    sender.notifications.drain().await;
    assert!(capture.rest().is_empty());
}

#[tokio::test]
async fn a_message_says_why_its_picture_is_missing() {
    let metrics = Metrics::start().await;
    let scope = Reply::Status(200, r#"{"ok":false,"error":"missing_scope"}"#);
    let mut capture = Capture::start([POSTED, scope, POSTED, POSTED, POSTED]).await;
    let (config, datasources) = (bot(&capture), metrics.datasources());
    let files = [
        ("etc/alerting.yml", &*config),
        ("etc/datasources.yml", &*datasources),
        ("etc/dashboards/host.yml", DASHBOARD),
        ("token", "xoxb-1"),
    ];
    let sender = Sender::start(&files);
    sender.notify([alert("load > 50", None)]);
    let [message, _, edited] = receive(&mut capture).await;
    assert!(!message.text.contains("no picture"));
    assert_eq!(edited.path, "/api/chat.update");
    assert_eq!(edited.json()["ts"], "1.5");
    let why = "_no picture: the bot needs the scope `files:write` (missing_scope)_";
    assert!(edited.text.contains(why), "{}", edited.text);
    // What is known before is in the message at once, and Slack is not asked.
    for (panel, why) in [
        (
            "Host/Laod",
            "_no picture: the dashboard `Host` has no panel `Laod`_",
        ),
        (
            "Host/Lines",
            "_no picture: the panel `Host/Lines` shows lines, no numbers_",
        ),
    ] {
        sender.notifications.drain().await;
        let mut notice = alert("load > 50", Some(panel));
        notice.message.labels = Labels::from_iter([("alertname", panel)]);
        notice.fingerprint = Fingerprint::of(&notice.message.labels);
        sender.notify([notice]);
        let message = capture.next().await;
        assert_eq!(message.path, "/api/chat.postMessage");
        assert!(message.text.contains(why), "{}", message.text);
    }
    sender.notifications.drain().await;
    assert!(capture.rest().is_empty());
}

#[tokio::test]
async fn slack_is_obeyed_when_it_wants_to_be_left_alone_during_an_upload() {
    let metrics = Metrics::start().await;
    let elsewhere = r#"{"ok":true,"upload_url":"http://169.254.169.254/","file_id":"F1"}"#;
    let busy = Reply::Busy("1");
    let mut capture = Capture::start([POSTED, busy, Reply::Status(200, elsewhere), POSTED]).await;
    let (config, datasources) = (bot(&capture), metrics.datasources());
    let files = [
        ("etc/alerting.yml", &*config),
        ("etc/datasources.yml", &*datasources),
        ("token", "xoxb-1"),
    ];
    let sender = Sender::start(&files);
    sender.notify([alert("load > 50", None)]);
    let [_, first, again, edited] = receive(&mut capture).await;
    assert_eq!(first.path, again.path);
    // Nothing is sent to an address that is not Slack's.
    let why = "_no picture: the address to upload to is not Slack's_";
    assert!(edited.text.contains(why), "{}", edited.text);
}

#[tokio::test]
async fn a_webhook_gets_the_picture_if_it_wants_it() {
    let mut metrics = Metrics::start().await;
    let mut capture = Capture::start([]).await;
    let config = alerting(&format!(
        "  receivers:
  - {{name: with, group_wait: 10ms, webhook: {{url: '{url}/with', picture: true}}}}
  - {{name: without, group_wait: 10ms, webhook: {{url: '{url}/without'}}}}",
        url = capture.url
    ));
    let datasources = metrics.datasources();
    let files = [
        ("etc/alerting.yml", &*config),
        ("etc/datasources.yml", &*datasources),
    ];
    let sender = Sender::start(&files);
    sender.notify([alert("max by (pod) (load) > 50", None)]);
    let mut received: [Received; 2] = receive(&mut capture).await;
    received.sort_by(|a, b| a.path.cmp(&b.path));
    let [with, without] = received.map(|it| it.json());
    let png = with["picture"].as_str().unwrap();
    let png = png.strip_prefix("data:image/png;base64,").unwrap();
    assert_eq!(size(&BASE64_STANDARD.decode(png).unwrap()).0, 1440);
    assert!(without.get("picture").is_none());
    assert!(with.get("pictureError").is_none() && without.get("pictureError").is_none());
    // The condition is left out, or its line would begin where it holds.
    assert!(metrics.asked().contains(&"max by (pod) (load)".to_owned()));
}

#[tokio::test]
async fn a_panel_that_does_not_exist_is_a_fault_of_the_file() {
    let rules = "groups:
- name: g
  rules:
  - {alert: A, expr: up == 0, annotations: {panel: Host/Laod}}
  - {alert: B, expr: up == 0, annotations: {panel: Host/Load}}
  - {alert: C, expr: up == 0, annotations: {panel: 'Host/{{ $labels.x }}'}}
";
    let dir = tempfile::tempdir().unwrap();
    let files = [
        ("etc/alertrules/a.yml", rules),
        ("etc/dashboards/host.yml", DASHBOARD),
    ];
    write_files(dir.path(), &files);
    let config = Loader::new(dir.path().join("etc"), dir.path().join("data"));
    let config = config.or_defaults().load().unwrap();
    let faults = config
        .faults
        .iter()
        .filter(|it| it.file == "alertrules/a.yml");
    let faults: Vec<String> = faults.map(ToString::to_string).collect();
    let fault = "alertrules/a.yml:4:5: alert `A`, annotation `panel`: the dashboard `Host` has no panel `Laod`";
    assert_eq!(faults, [fault]);
}

#[tokio::test]
async fn an_alertmanager_gets_a_link_instead() {
    let mut alertmanager = Capture::start([]).await;
    let config = alerting(&format!(
        "  alertmanagers:\n  - static_configs: [{{targets: ['{}']}}]",
        alertmanager.url
    ));
    let files = [
        ("etc/alerting.yml", &*config),
        ("etc/dashboards/host.yml", DASHBOARD),
    ];
    let sender = Sender::start(&files);
    sender.notify([alert("up == 0", Some("Host/Load"))]);
    let annotations = alertmanager.next().await.json()[0]["annotations"].clone();
    let link = annotations["panel_url"].as_str().unwrap();
    let start = "https://venti.example/v/dashboards/Host?namespace=shop&from=";
    assert!(link.starts_with(start), "{link}");
    assert_eq!(annotations["panel"], "Host/Load");
}
