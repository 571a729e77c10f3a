//! A receiver that is away for an hour, by a clock that the test sets.

use tokio::net::TcpListener;

use super::*;
use crate::support::app;

const ERRORS: &str = "venti_notifications_errors_total";

/// The time of the clock that the test sets.
fn now() -> Timestamp {
    let since = app::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::default().plus(since)
}

/// An alert as an evaluation finds it now: it fires since it was first found, and for four
/// minutes unless it is found again.
fn found(before: &Notice) -> Notice {
    let mut notice = before.clone();
    notice.at = now();
    notice.message.ends_at = now().plus(Duration::from_secs(240)).to_rfc3339_millis();
    notice
}

fn first_found(name: &str) -> Notice {
    let mut notice = firing(name);
    (notice.active_at, notice.fired_at) = (now(), now());
    notice.message.starts_at = now().to_rfc3339_millis();
    found(&notice)
}

fn ended(before: &Notice) -> Notice {
    let mut notice = found(before);
    notice.state = AlertState::Inactive;
    notice.resolved_at = Some(now());
    notice.message.ends_at = now().to_rfc3339_millis();
    notice
}

#[tokio::test]
async fn what_is_still_true_after_an_hour_arrives_in_its_order() {
    let mut capture = Capture::start([]).await;
    let config = alerting(&format!(
        "  receivers:
  - name: hook
    group_by: [alertname]
    group_wait: 0s
    group_interval: 0s
    webhook: {{url: '{}/hook'}}",
        capture.url
    ));
    let dir = tempfile::tempdir().unwrap();
    write_files(dir.path(), &[("etc/alerting.yml", &config)]);
    let sender = Sender::start_at(dir, app::now);
    let minute = || app::pass(Duration::from_secs(60));
    let known = first_found("z-known");
    sender.notify([known.clone()]);
    assert!(capture.next().await.text.contains("z-known"));
    sender.notifications.drain().await;
    let address = capture.stop().await;
    // Names are in no order that could be mistaken for that of the events.
    let mut fires = vec![known];
    for at in 1..=60 {
        minute();
        match at {
            5 => fires.push(first_found("y-early")),
            10 => fires.push(first_found("short")),
            15 => sender.notify(fires.pop().map(|it| ended(&it))),
            20 => sender.notify([ended(&fires.remove(0))]),
            30 => fires.push(first_found("a-late")),
            _ => {}
        }
        sender.notify(fires.iter().map(found));
        sender.notifications.drain().await;
    }
    let tried = async {
        while sender.metric(ERRORS, "hook").await == "none" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(app::PATIENCE, tried).await.unwrap();
    sender.notifications.drain().await;
    let listener = TcpListener::bind(address).await.unwrap();
    let mut capture = Capture::on(listener, []);
    // Longer than a receiver is left alone.
    (0..6).for_each(|_| minute());
    sender.notify(fires.iter().map(found));
    let mut told = Vec::new();
    for _ in 0..3 {
        let body = capture.next().await.json();
        let name = body["groupLabels"]["alertname"].as_str().unwrap();
        told.push(format!("{name} {}", body["status"].as_str().unwrap()));
    }
    assert_eq!(
        told,
        ["y-early firing", "z-known resolved", "a-late firing"]
    );
    sender.notifications.drain().await;
    assert_eq!(capture.rest().len(), 0);
}
