//! Alerts on their way to Alertmanagers and receivers, over real sockets: whoever receives is
//! scripted, and the server's clock is the machine's.

mod alertmanager;
mod capture;
mod context;
mod outage;
mod picture;
mod real;
mod restart;
mod slack;
mod suppression;
mod tls;
mod webhook;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;
use venti_alert::engine::AlertState;
use venti_alert::expression::Language;
use venti_alert::message::PostableAlert;
use venti_alert::{Fingerprint, Timestamp};
use venti_model::labels::Labels;
use venti_server::alerting::{Notice, Notifier, RuleOrigin, Store};
use venti_server::config::Loader;
use venti_server::notify::Notifications;
use venti_server::{App, Setup};

use crate::support::app::write_files;
use capture::Capture;

/// A server that sends, without one that serves.
struct Sender {
    app: App,
    store: Store,
    notifications: Notifications,
    dir: TempDir,
}

impl Sender {
    /// Over these files, with a store.
    fn start(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        write_files(dir.path(), &[("etc/venti.yml", "auth: anonymous\n")]);
        write_files(dir.path(), files);
        Self::start_in(dir)
    }

    /// With what another one left.
    fn start_in(dir: TempDir) -> Self {
        Self::start_at(dir, SystemTime::now)
    }

    /// The same with another clock.
    fn start_at(dir: TempDir, clock: fn() -> SystemTime) -> Self {
        let loader = Loader::new(dir.path().join("etc"), dir.path().join("data")).or_defaults();
        let app = App::new(Setup {
            loader,
            frontend: None,
            flags: BTreeMap::new(),
            clock,
        })
        .unwrap();
        let store = Store::open(&dir.path().join("data")).unwrap();
        let notifications = Notifications::start(app.clone(), Some(store.clone()));
        Self {
            app,
            store,
            notifications,
            dir,
        }
    }

    /// Ends without a word, as by `kill -9`, and leaves its files.
    async fn kill(self) -> TempDir {
        drop(self.notifications);
        drop((self.app, self.store));
        // The file of the store is free again once the tasks are gone.
        let free = async {
            while Store::open(&self.dir.path().join("data")).is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), free)
            .await
            .unwrap();
        self.dir
    }

    fn notify(&self, notices: impl IntoIterator<Item = Notice>) {
        self.notifications.notify(notices.into_iter().collect());
    }

    /// The value of a metric.
    async fn metric(&self, name: &str, target: &str) -> String {
        let request = axum::http::Request::get("/metrics")
            .body(axum::body::Body::empty())
            .unwrap();
        let router = venti_server::build_router(self.app.clone());
        let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        let text = String::from_utf8(body.unwrap().to_vec()).unwrap();
        let start = format!("{name}{{target=\"{target}\"}} ");
        let line = text.lines().find_map(|it| it.strip_prefix(&start));
        line.unwrap_or("none").to_owned()
    }
}

/// `etc/alerting.yml` with what is below `alerting`.
fn alerting(text: &str) -> String {
    format!("alerting:\n  external_url: https://venti.example/v\n{text}\n")
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_nanos(since.as_millis() as i64 * 1_000_000)
}

/// An alert that fires now.
fn firing(name: &str) -> Notice {
    let at = now();
    let labels = Labels::from_iter([
        ("alertname", name),
        ("namespace", "shop"),
        ("severity", "page"),
    ]);
    Notice {
        message: PostableAlert {
            annotations: Labels::from_iter([("summary", "it is <full>")]),
            ends_at: at.plus(Duration::from_secs(240)).to_rfc3339_millis(),
            starts_at: at.to_rfc3339_millis(),
            generator_url: "https://venti.example/v/graph".to_owned(),
            labels: labels.clone(),
        },
        fingerprint: Fingerprint::of(&labels),
        labels,
        state: AlertState::Firing,
        at,
        active_at: at,
        fired_at: at,
        resolved_at: None,
        value: 5.0,
        histogram: None,
        lines: None,
        datasource: String::new(),
        rule: origin(None),
        is_test: false,
    }
}

fn origin(query: Option<&str>) -> Arc<RuleOrigin> {
    Arc::new(RuleOrigin {
        file: "rules.yml".to_owned(),
        group: "g".to_owned(),
        name: "rule".to_owned(),
        expression: "up == 0".to_owned(),
        language: Language::PromQl,
        query: query.map(str::to_owned),
        notify: Vec::new(),
    })
}

/// The end of an alert, a little later.
fn resolved(notice: &Notice) -> Notice {
    let at = notice.at.plus(Duration::from_secs(1));
    let mut message = notice.message.clone();
    message.ends_at = at.to_rfc3339_millis();
    Notice {
        message,
        state: AlertState::Inactive,
        at,
        resolved_at: Some(at),
        ..notice.clone()
    }
}

/// Lets an evaluation write its notices down, and no more.
fn keep(sender: &Sender, notices: &[Notice]) {
    sender
        .store
        .write(|it| sender.notifications.keep(notices, it))
        .unwrap();
}
