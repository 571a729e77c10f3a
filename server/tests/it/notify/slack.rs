//! Messages to Slack.

use serde_json::Value;

use super::capture::Reply;
use super::*;

pub(super) const POSTED: Reply = Reply::Status(200, r#"{"ok":true,"channel":"C1","ts":"1.5"}"#);

pub(super) fn bot(capture: &Capture, more: &str) -> String {
    let url = &capture.url;
    alerting(&format!(
        "  receivers:
  - name: slack
    group_wait: 10ms
    slack: {{token_file: '{{dir}}/token', channel: C1, api_url: '{url}/api'{more}}}"
    ))
}

fn header(body: &Value) -> &str {
    body["blocks"][0]["text"]["text"].as_str().unwrap()
}

#[tokio::test]
async fn a_bot_edits_its_message_when_all_is_over() {
    let mut capture = Capture::start([POSTED, POSTED]).await;
    let config = bot(&capture, "");
    let files = [("etc/alerting.yml", &*config), ("token", "xoxb-1\n")];
    let sender = Sender::start(&files);
    let a = firing("a");
    sender.notify([a.clone()]);
    let first = capture.next().await;
    assert_eq!(first.path, "/api/chat.postMessage");
    assert_eq!(first.header("authorization"), "Bearer xoxb-1");
    let body = first.json();
    assert_eq!(body["channel"], "C1");
    assert_eq!(header(&body), "FIRING 1: a");
    let section = &body["blocks"][1]["text"]["text"];
    assert_eq!(section, "*it is &lt;full&gt;*");
    sender.notifications.drain().await;
    sender.notify([resolved(&a)]);
    let update = capture.next().await;
    assert_eq!(update.path, "/api/chat.update");
    let body = update.json();
    assert_eq!(
        (&body["channel"], &body["ts"]),
        (&"C1".into(), &"1.5".into())
    );
    assert_eq!(header(&body), "RESOLVED after 1s: a");
}

#[tokio::test]
async fn a_bot_answers_in_the_thread_if_it_is_to() {
    let mut capture = Capture::start([POSTED, POSTED]).await;
    let config = bot(&capture, ", resolve: thread");
    let files = [("etc/alerting.yml", &*config), ("token", "xoxb-1")];
    let sender = Sender::start(&files);
    let a = firing("a");
    sender.notify([a.clone()]);
    capture.next().await;
    sender.notifications.drain().await;
    sender.notify([resolved(&a)]);
    let answer = capture.next().await;
    assert_eq!(answer.path, "/api/chat.postMessage");
    assert_eq!(answer.json()["thread_ts"], "1.5");
}

#[tokio::test]
async fn slack_is_left_alone_for_as_long_as_it_wants() {
    let limited = Reply::Status(200, r#"{"ok":false,"error":"invalid_blocks"}"#);
    let mut capture = Capture::start([Reply::Busy("1"), POSTED, limited]).await;
    let config = bot(&capture, "");
    let files = [("etc/alerting.yml", &*config), ("token", "xoxb-1")];
    let sender = Sender::start(&files);
    sender.notify([firing("a")]);
    capture.next().await;
    let again = capture.next().await;
    assert_eq!(header(&again.json()), "FIRING 1: a");
    // What is refused for what it says is not tried again.
    sender.notify([firing("b")]);
    capture.next().await;
    sender.notifications.drain().await;
    assert!(capture.rest().is_empty());
    let dropped = sender.metric("venti_notifications_dropped_total", "slack");
    assert_eq!(dropped.await, "1");
}

#[tokio::test]
async fn a_webhook_of_slack_gets_a_new_message_for_the_end() {
    let mut capture = Capture::start([]).await;
    let config = alerting(
        "  receivers:
  - {name: slack, group_wait: 10ms, slack: {webhook_url_file: '{dir}/url'}}",
    );
    let url = format!("{}/services/T/B/secret\n", capture.url);
    let files = [("etc/alerting.yml", &*config), ("url", &*url)];
    let sender = Sender::start(&files);
    let (a, b) = (firing("a"), firing("a"));
    sender.notify([a.clone(), b]);
    let first = capture.next().await;
    assert_eq!(first.path, "/services/T/B/secret");
    assert_eq!(header(&first.json()), "FIRING 1: a");
    sender.notifications.drain().await;
    sender.notify([resolved(&a)]);
    assert_eq!(header(&capture.next().await.json()), "RESOLVED after 1s: a");
}

#[tokio::test]
async fn beside_an_alertmanager_only_those_who_are_named_are_told() {
    let mut capture = Capture::start([]).await;
    let mut alertmanager = Capture::start([]).await;
    let config = alerting(&format!(
        "  alertmanagers:
  - static_configs: [{{targets: ['{}']}}]
  receivers:
  - {{name: all, group_wait: 10ms, webhook: {{url: '{url}/all'}}}}
  - {{name: paged, group_wait: 10ms, match: {{severity: page}}, webhook: {{url: '{url}/paged'}}}}
  - {{name: named, group_wait: 10ms, match: {{severity: none}}, webhook: {{url: '{url}/named'}}}}",
        alertmanager.url,
        url = capture.url
    ));
    let sender = Sender::start(&[("etc/alerting.yml", &config)]);
    sender.notify([firing("a")]);
    assert_eq!(capture.next().await.path, "/paged");
    let rule = Arc::new(RuleOrigin {
        notify: vec!["named".to_owned()],
        ..RuleOrigin::clone(&origin(None))
    });
    sender.notify([Notice {
        rule,
        ..firing("b")
    }]);
    assert_eq!(capture.next().await.path, "/named");
    assert_eq!(alertmanager.next().await.names(), ["a"]);
    assert_eq!(alertmanager.next().await.names(), ["b"]);
    sender.notifications.drain().await;
    assert!(capture.rest().is_empty());
}
