//! Somebody who receives: each request gets the next scripted answer and is handed to the test.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// An answer.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    Status(u16, &'static str),
    Text(String),
    /// With `Retry-After`, in seconds.
    Busy(&'static str),
    Redirect(String),
    /// None at all.
    Hang,
}

/// What came in.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
    pub(super) bytes: Bytes,
}

impl Received {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// The alerts of a batch, by name.
    pub(super) fn names(&self) -> Vec<String> {
        let batch = self.json();
        let alerts = batch.as_array().unwrap().iter();
        let name = |it: &Value| it["labels"]["alertname"].as_str().unwrap().to_owned();
        alerts.map(name).collect()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("none", |it| it.to_str().unwrap())
    }
}

/// A running receiver; it stops with this value.
pub(super) struct Capture {
    pub(super) url: String,
    received: mpsc::UnboundedReceiver<Received>,
    serving: JoinHandle<()>,
}

type Replies = Arc<Mutex<VecDeque<Reply>>>;

impl Capture {
    /// Answers so, and behind that with `ok`.
    pub(super) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, replies)
    }

    pub(super) fn on(listener: TcpListener, replies: impl IntoIterator<Item = Reply>) -> Self {
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self::over(listener, url, replies)
    }

    /// Over any kind of connection; `url` is where it is reached.
    pub(super) fn over<L>(
        listener: L,
        url: String,
        replies: impl IntoIterator<Item = Reply>,
    ) -> Self
    where
        L: axum::serve::Listener<Addr: std::fmt::Debug>,
    {
        let replies: Replies = Arc::new(Mutex::new(replies.into_iter().collect()));
        let (sender, received) = mpsc::unbounded_channel();
        let router = Router::new()
            .fallback(receive)
            .with_state((replies, sender));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            url,
            received,
            serving,
        }
    }

    /// `host:port`
    pub(super) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// Refuses connections from now on, and says where it could be found.
    pub(super) async fn stop(mut self) -> SocketAddr {
        self.serving.abort();
        let _ = (&mut self.serving).await;
        self.address().parse().unwrap()
    }

    /// The next request.
    pub(super) async fn next(&mut self) -> Received {
        let next = tokio::time::timeout(Duration::from_secs(60), self.received.recv());
        next.await.expect("nothing came").unwrap()
    }

    /// What came and was not looked at yet.
    pub(super) fn rest(&mut self) -> Vec<Received> {
        std::iter::from_fn(|| self.received.try_recv().ok()).collect()
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

type Shared = (Replies, mpsc::UnboundedSender<Received>);

async fn receive(State((replies, sender)): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // Whether an Alertmanager holds something back: it never does.
    if parts.method == Method::GET && parts.uri.path().contains("/api/v2/") {
        return "[]".into_response();
    }
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let reply = replies.lock().unwrap().pop_front();
    let received = Received {
        path: parts.uri.path().to_owned(),
        headers: parts.headers,
        text: String::from_utf8_lossy(&body).into_owned(),
        bytes: body,
    };
    // The test may have ended.
    let _ = sender.send(received);
    let with = |status: StatusCode, name: &'static str, value: String| {
        (status, [(HeaderName::from_static(name), value)], "").into_response()
    };
    match reply {
        None => "ok".into_response(),
        Some(Reply::Text(text)) => text.into_response(),
        Some(Reply::Status(status, body)) => {
            (StatusCode::from_u16(status).unwrap(), body).into_response()
        }
        Some(Reply::Busy(seconds)) => with(
            StatusCode::TOO_MANY_REQUESTS,
            "retry-after",
            seconds.to_owned(),
        ),
        Some(Reply::Redirect(to)) => with(StatusCode::PERMANENT_REDIRECT, "location", to),
        Some(Reply::Hang) => std::future::pending().await,
    }
}
