//! Everything around the server: a Prometheus, an Alertmanager, Slack and a webhook, which take
//! down what they hear and kill the server when it reaches a point.

mod heard;

use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use url::form_urlencoded;

use crate::support::app::PATIENCE;
use heard::Heard;

/// The number of the alert that is held back.
pub(super) const HELD: u32 = 99;

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Receiver {
    Alertmanager,
    Slack,
    Hook,
}

/// What a server does that can be seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Point {
    /// It asks, for the n-th time since the trap was set.
    Asked(u32),
    /// It tells somebody.
    Told(Receiver),
}

/// When a server is killed: before the answer at this point, or so long after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trap {
    pub(super) point: Point,
    pub(super) after: Option<Duration>,
}

/// A message as it arrived.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Told {
    pub(super) receiver: Receiver,
    /// The server's number.
    pub(super) life: u32,
    /// What names the message, the same whenever it is repeated.
    pub(super) message: String,
    alert: u32,
    fires: bool,
}

/// All of it behind one address; it stops, and kills what runs, with this value.
pub(super) struct Outside {
    pub(super) url: String,
    shared: Shared,
    serving: JoinHandle<()>,
}

#[derive(Clone, Default)]
struct Shared {
    state: Arc<Mutex<Heard>>,
    changed: Arc<Notify>,
}

impl Outside {
    pub(super) async fn start() -> Self {
        let shared = Shared::default();
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            url,
            shared,
            serving,
        }
    }

    /// From now on an alert has a sample, or has none.
    pub(super) fn set(&self, alert: u32, fires: bool) {
        self.shared.with(|it| {
            if fires {
                it.broken.insert(alert);
            } else {
                it.broken.remove(&alert);
            }
        });
    }

    /// Looks after a server that was just started.
    pub(super) fn run(&self, server: Child) {
        self.shared.with(|it| it.live(server));
    }

    fn kill(&self) {
        self.shared.with(Heard::kill);
    }

    /// Kills the server that runs at a point, or, where it is not reached since all know about an
    /// alert, then. Resolves when it is dead.
    pub(super) async fn kill_at(&self, trap: Trap, alert: u32, fires: bool) {
        self.shared.with(|it| (it.trap, it.asked) = (Some(trap), 0));
        let may_not_come = matches!(trap.point, Point::Told(_));
        self.until(|it| !it.lives() || may_not_come && it.is_told(alert, fires))
            .await;
        self.kill();
        self.shared.with(|it| it.trap = None);
    }

    /// Resolves when everybody knows about an alert.
    pub(super) async fn until_told(&self, alert: u32, fires: bool) {
        self.until(|it| it.is_told(alert, fires)).await;
    }

    /// The process that runs.
    pub(super) fn process(&self) -> u32 {
        self.shared.with(|it| it.process())
    }

    async fn until(&self, is_so: impl Fn(&Heard) -> bool) {
        let asked_again = async {
            loop {
                let changed = self.shared.changed.notified();
                if self.shared.with(|it| is_so(it)) {
                    return;
                }
                changed.await;
            }
        };
        timeout(PATIENCE, asked_again)
            .await
            .expect("the server does not go on");
    }

    /// All messages that arrived.
    pub(super) fn told(&self) -> Vec<Told> {
        self.shared.with(|it| it.told.clone())
    }

    /// Each alert began once and ended once for Alertmanager, however often it was told.
    pub(super) fn check_alertmanager(&self, alerts: u32) {
        self.shared.with(|it| it.check_alertmanager(alerts));
    }

    /// How long the alert was held back that is to be, and the longest life of a server before
    /// it fired, both by the slots that were asked for.
    pub(super) fn held_and_lived(&self) -> (Duration, Duration) {
        self.shared.with(|it| it.held_and_lived())
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        self.kill();
        self.serving.abort();
    }
}

impl Shared {
    fn with<T>(&self, what: impl FnOnce(&mut Heard) -> T) -> T {
        what(&mut self.state.lock().unwrap())
    }

    /// A point is reached: whether the server is dead now and needs no answer.
    fn reach(&self, point: Point) {
        let after = self.with(|it| {
            let trap = it.trap.filter(|it| it.point == point)?;
            it.trap = None;
            let Some(after) = trap.after else {
                it.kill();
                return None;
            };
            Some((after, it.life))
        });
        if let Some((after, life)) = after {
            let shared = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                shared.with(|it| {
                    if it.life == life {
                        it.kill();
                    }
                });
                shared.changed.notify_waiters();
            });
        }
        self.changed.notify_waiters();
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path();
    let mut segments = path.split('/').skip(1);
    let receiver = segments.next();
    let life = segments.next().and_then(|it| it.parse().ok());
    match receiver {
        Some("prometheus") => shared.prometheus(path, &body),
        // It holds nothing back.
        Some("alertmanager") if parts.method == Method::GET => Json(json!([])).into_response(),
        Some("alertmanager") => {
            let alerts: Vec<Value> = serde_json::from_slice(&body).unwrap();
            shared.with(|it| it.alertmanager(&alerts));
            shared.reach(Point::Told(Receiver::Alertmanager));
            "".into_response()
        }
        Some("slack") => {
            let text = String::from_utf8(body.to_vec()).unwrap();
            shared.with(|it| it.slack(life.unwrap(), &text));
            shared.reach(Point::Told(Receiver::Slack));
            Json(json!({"ok": true, "channel": "C1", "ts": "1.5"})).into_response()
        }
        _ => {
            let text = String::from_utf8(body.to_vec()).unwrap();
            shared.with(|it| it.hook(life.unwrap(), key(&parts.headers), &text));
            shared.reach(Point::Told(Receiver::Hook));
            "ok".into_response()
        }
    }
}

fn key(headers: &HeaderMap) -> String {
    let key = headers["idempotency-key"].to_str();
    key.unwrap().to_owned()
}

impl Shared {
    /// Rules post their queries; whatever else is asked has no answer of interest.
    fn prometheus(&self, path: &str, body: &[u8]) -> Response {
        let form: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        let value = |name: &str| {
            let found = form.iter().find(|(it, _)| it == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let mut samples = Vec::new();
        if path.ends_with("/query") && !form.is_empty() {
            let (query, time) = (value("query"), value("time").parse().unwrap());
            let asked = self.with(|it| {
                samples = it.samples(&query, time);
                (query == "broken").then_some(it.asked)
            });
            if let Some(asked) = asked {
                self.reach(Point::Asked(asked));
            }
        }
        let sample = |it: &u32| json!({"metric": {"number": it.to_string()}, "value": [0, "1"]});
        let samples: Vec<Value> = samples.iter().map(sample).collect();
        let data = json!({"resultType": "vector", "result": samples});
        let answer = json!({"status": "success", "data": data}).to_string();
        ([(header::CONTENT_TYPE, "application/json")], answer).into_response()
    }
}
