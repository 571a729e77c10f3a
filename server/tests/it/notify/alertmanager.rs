//! What an Alertmanager gets, and what happens when it does not take it.

use super::capture::Reply;
use super::*;

fn to(capture: &Capture, more: &str) -> String {
    let target = capture.address();
    alerting(&format!(
        "  alertmanagers:\n  - static_configs: [{{targets: ['{target}']}}]\n{more}"
    ))
}

#[tokio::test]
async fn alerts_go_in_batches_with_credentials_and_relabelled() {
    let mut capture = Capture::start([]).await;
    let config = to(
        &capture,
        "    path_prefix: /am/
    basic_auth: {username: u, password_file: '{dir}/password'}
    alert_relabel_configs:
    - {action: labeldrop, regex: severity}
    - {action: drop, source_labels: [alertname], regex: secret}",
    );
    let files = [("etc/alerting.yml", &*config), ("password", "hunter2\n")];
    let sender = Sender::start(&files);
    let mut notices: Vec<Notice> = (0..70).map(|it| firing(&format!("a{it:02}"))).collect();
    notices.push(firing("secret"));
    sender.notify(notices.clone());
    let mut names = Vec::new();
    while names.len() < 70 {
        let batch = capture.next().await;
        assert_eq!(batch.path, "/am/api/v2/alerts");
        assert_eq!(batch.header("authorization"), "Basic dTpodW50ZXIy");
        assert_eq!(
            batch.header("content-type"),
            "application/json; charset=utf-8"
        );
        assert!(batch.names().len() <= 64);
        names.extend(batch.names());
        let first = &batch.json()[0];
        assert_eq!(first["labels"].get("severity"), None);
        assert_eq!(first["annotations"]["summary"], "it is <full>");
    }
    let expected: Vec<String> = (0..70).map(|it| format!("a{it:02}")).collect();
    assert_eq!(names, expected);
    sender.notifications.drain().await;
    let target = capture.address().to_owned();
    let sent = sender.metric("venti_notifications_sent_total", &target);
    assert_eq!(sent.await, "70");
    let length = sender.metric("venti_notifications_queue_length", &target);
    assert_eq!(length.await, "0");
}

#[tokio::test]
async fn what_failed_is_tried_again_in_its_newest_version() {
    let mut capture = Capture::start([Reply::Status(500, "no"), Reply::Hang]).await;
    let config = to(&capture, "    timeout: 300ms");
    let sender = Sender::start(&[("etc/alerting.yml", &config)]);
    let (a, b) = (firing("a"), firing("b"));
    sender.notify([a.clone(), b.clone()]);
    assert_eq!(capture.next().await.names(), ["a", "b"]);
    sender.notify([resolved(&a)]);
    // Late, and older than what is known.
    sender.notify([a.clone()]);
    assert_eq!(capture.next().await.names().len(), 2, "hangs");
    let last = capture.next().await;
    let (names, batch) = (last.names(), last.json());
    let at = names.iter().position(|it| it == "a").unwrap();
    assert_eq!(names.len(), 2);
    assert_eq!(batch[at]["endsAt"], resolved(&a).message.ends_at);
    sender.notifications.drain().await;
    assert_eq!(capture.rest().len(), 0);
}

#[tokio::test]
async fn one_bad_alert_does_not_take_the_others_with_it() {
    let replies = [
        Reply::Status(400, "bad label"),
        Reply::Status(200, ""),
        Reply::Status(400, "bad label"),
    ];
    let mut capture = Capture::start(replies).await;
    let sender = Sender::start(&[("etc/alerting.yml", &to(&capture, ""))]);
    sender.notify([firing("a"), firing("bad"), firing("c")]);
    assert_eq!(capture.next().await.names(), ["a", "bad", "c"]);
    for name in ["a", "bad", "c"] {
        assert_eq!(capture.next().await.names(), [name]);
    }
    sender.notifications.drain().await;
    assert_eq!(capture.rest().len(), 0);
    let dropped = sender.metric("venti_notifications_dropped_total", capture.address());
    assert_eq!(dropped.await, "1");
}

#[tokio::test]
async fn credentials_do_not_follow_a_redirect() {
    let mut other = Capture::start([]).await;
    let mut capture = Capture::start([Reply::Redirect(other.url.clone())]).await;
    let config = to(
        &capture,
        "    authorization: {credentials_file: '{dir}/token'}",
    );
    let files = [("etc/alerting.yml", &*config), ("token", "hunter2")];
    let sender = Sender::start(&files);
    sender.notify([firing("a")]);
    assert_eq!(
        capture.next().await.header("authorization"),
        "Bearer hunter2"
    );
    // It is tried again at the address that is configured.
    assert_eq!(capture.next().await.names(), ["a"]);
    assert!(other.rest().is_empty());
}

#[tokio::test]
async fn each_alertmanager_has_a_queue_of_its_own() {
    let mut well = Capture::start([]).await;
    let mut ill = Capture::start([Reply::Hang]).await;
    let config = alerting(&format!(
        "  alertmanagers:\n  - static_configs: [{{targets: ['{}', '{}/x']}}]",
        ill.url, well.url
    ));
    let sender = Sender::start(&[("etc/alerting.yml", &config)]);
    sender.notify([firing("a")]);
    assert_eq!(ill.next().await.path, "/api/v2/alerts");
    assert_eq!(well.next().await.path, "/x/api/v2/alerts");
    sender.notify([firing("b")]);
    assert_eq!(well.next().await.names(), ["b"]);
    assert_eq!(
        sender.notifications.alertmanagers(),
        [ill.url.clone(), format!("{}/x", well.url)]
    );
}

/// A proxy is asked for the whole URL, and gets the headers too.
#[tokio::test]
async fn alerts_go_through_a_proxy_with_headers() {
    let mut proxy = Capture::start([]).await;
    let config = alerting(&format!(
        "  alertmanagers:
  - static_configs: [{{targets: ['am.invalid:9093']}}]
    proxy_url: '{}'
    http_headers: {{X-Scope: {{values: [shop]}}, X-Key: {{files: ['{{dir}}/key']}}}}",
        proxy.url
    ));
    let sender = Sender::start(&[("etc/alerting.yml", &config), ("key", "hunter2\n")]);
    sender.notify([firing("a")]);
    let batch = proxy.next().await;
    assert_eq!(batch.header("host"), "am.invalid:9093");
    assert_eq!(batch.path, "/api/v2/alerts");
    assert_eq!(batch.names(), ["a"]);
    assert_eq!(batch.header("x-scope"), "shop");
    assert_eq!(batch.header("x-key"), "hunter2");
}
