//! A Prometheus, an Alertmanager and a webhook, which note when they hear of the alert that is
//! watched.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio::time::Instant;
use url::form_urlencoded;

use crate::rules::ALERTS_PER_GROUP;

/// Who heard of the alert.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Told {
    Alertmanager,
    Webhook,
}

/// All of it behind one address; it runs as long as the program.
pub(crate) struct Outside {
    pub(crate) url: String,
    state: Arc<Shared>,
}

struct Shared {
    fires: AtomicBool,
    probe: AtomicBool,
    heard: broadcast::Sender<(Told, Instant)>,
}

impl Outside {
    pub(crate) async fn start() -> Self {
        let state = Arc::new(Shared {
            fires: AtomicBool::new(false),
            probe: AtomicBool::new(false),
            heard: broadcast::Sender::new(64),
        });
        let router = Router::new().fallback(answer).with_state(state.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    /// From now on most rules have a sample.
    pub(crate) fn fire(&self) {
        self.state.fires.store(true, Ordering::Relaxed);
    }

    /// From now on the alert that is watched has a sample, or has none.
    pub(crate) fn probe(&self, fires: bool) {
        self.state.probe.store(fires, Ordering::Relaxed);
    }

    /// Messages about it from now on.
    pub(crate) fn heard(&self) -> broadcast::Receiver<(Told, Instant)> {
        self.state.heard.subscribe()
    }
}

async fn answer(State(state): State<Arc<Shared>>, uri: Uri, body: Bytes) -> Response {
    let told = match uri.path() {
        "/prometheus/api/v1/query" => {
            let found = state.samples(&body);
            let data = json!({"resultType": "vector", "result": found});
            let text = json!({"status": "success", "data": data}).to_string();
            return ([(header::CONTENT_TYPE, "application/json")], text).into_response();
        }
        "/hook" => Told::Webhook,
        _ => Told::Alertmanager,
    };
    let text = String::from_utf8_lossy(&body);
    if text.contains(r#""alertname":"Probe""#) {
        // Nobody listens before the alert is watched.
        let _ = state.heard.send((told, Instant::now()));
    }
    // No silences, among others.
    "[]".into_response()
}

impl Shared {
    fn samples(&self, form: &[u8]) -> Vec<Value> {
        let mut form = form_urlencoded::parse(form);
        // Rules post their queries; whether we are well is asked without a form.
        let Some((_, query)) = form.find(|(name, _)| name == "query") else {
            return Vec::new();
        };
        if query.starts_with("probe") {
            let is_there = self.probe.load(Ordering::Relaxed);
            let sample = is_there.then(|| json!({"metric": {}, "value": [0, "1"]}));
            return sample.into_iter().collect();
        }
        let (_, threshold) = query.rsplit_once(' ').unwrap();
        let rule: usize = threshold.parse().unwrap();
        if !self.fires.load(Ordering::Relaxed) || rule >= ALERTS_PER_GROUP {
            return Vec::new();
        }
        let (_, group) = query.split_once('"').unwrap();
        let (group, _) = group.split_once('"').unwrap();
        let labels = json!({
            "cluster": "production",
            "container": "application",
            "group": group,
            "instance": format!("10.0.{group}.{rule}:8080"),
            "job": "kubernetes-pods",
            "namespace": format!("namespace-{rule}"),
            "pod": format!("application-6bd9c7f8d5-{rule:05}"),
        });
        vec![json!({"metric": labels, "value": [0, (rule + 1).to_string()]})]
    }
}
