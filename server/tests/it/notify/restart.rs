//! What is kept when the server is killed.

use tokio::net::TcpListener;

use super::*;

#[tokio::test]
async fn what_an_alertmanager_did_not_get_is_sent_after_a_restart() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let config = alerting(&format!(
        "  alertmanagers:\n  - static_configs: [{{targets: ['{address}']}}]"
    ));
    let dir = tempfile::tempdir().unwrap();
    write_files(dir.path(), &[("etc/alerting.yml", &config)]);
    let loader = || Loader::new(dir.path().join("etc"), dir.path().join("data")).or_defaults();
    let setup = |loader| Setup {
        loader,
        frontend: None,
        flags: BTreeMap::new(),
        clock: SystemTime::now,
    };
    let (a, b) = (firing("a"), firing("b"));
    let store = Store::open(&dir.path().join("data")).unwrap();
    {
        let app = App::new(setup(loader())).unwrap();
        let notifications = Notifications::start(app, Some(store.clone()));
        let notices = [a.clone(), b];
        store.write(|it| notifications.keep(&notices, it)).unwrap();
        // The end is written down, and the server dies before it is handed on.
        let ended = [resolved(&a)];
        store.write(|it| notifications.keep(&ended, it)).unwrap();
    }
    let listener = TcpListener::bind(address).await.unwrap();
    let mut capture = Capture::on(listener, []);
    {
        let app = App::new(setup(loader())).unwrap();
        let notifications = Notifications::start(app, Some(store.clone()));
        let batch = capture.next().await;
        assert_eq!(batch.names(), ["b", "a"], "by time");
        assert_eq!(batch.json()[1]["endsAt"], resolved(&a).message.ends_at);
        notifications.drain().await;
    }
    // What arrived is not sent a third time.
    let app = App::new(setup(loader())).unwrap();
    let notifications = Notifications::start(app, Some(store));
    notifications.notify(vec![firing("c")]);
    assert_eq!(capture.next().await.names(), ["c"]);
}

#[tokio::test]
async fn a_slack_message_is_neither_lost_nor_sent_twice() {
    let posted = super::capture::Reply::Status(200, r#"{"ok":true,"channel":"C1","ts":"1.5"}"#);
    let mut capture = Capture::start([posted.clone(), posted.clone(), posted]).await;
    let config = super::slack::bot(&capture, "");
    let dir = tempfile::tempdir().unwrap();
    let files = [("etc/alerting.yml", &*config), ("token", "xoxb-1")];
    write_files(dir.path(), &files);
    let a = firing("a");
    // Killed before anything was sent.
    let sender = Sender::start_in(dir);
    keep(&sender, std::slice::from_ref(&a));
    let sender = Sender::start_in(sender.kill().await);
    assert_eq!(capture.next().await.path, "/api/chat.postMessage");
    sender.notifications.drain().await;
    // Killed after it was sent; the same alert comes again, and then its end.
    let sender = Sender::start_in(sender.kill().await);
    sender.notify([firing("a")]);
    sender.notify([resolved(&firing("a"))]);
    let update = capture.next().await;
    assert_eq!(update.path, "/api/chat.update");
    assert_eq!(update.json()["ts"], "1.5");
    sender.notifications.drain().await;
    assert_eq!(capture.rest().len(), 0);
}
