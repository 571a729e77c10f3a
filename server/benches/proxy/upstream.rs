//! A Prometheus that counts what it is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use tokio::net::TcpListener;

/// How long its long answer is.
pub(crate) const LONG: usize = 20 << 20;

/// As long as that of a usual panel: 20 series of 240 points.
const PANEL: usize = 100_000;

pub(crate) struct Upstream {
    pub(crate) url: String,
    asked: Arc<AtomicUsize>,
}

impl Upstream {
    /// Starts, and runs as long as the program.
    pub(crate) async fn start() -> Upstream {
        let asked = Arc::new(AtomicUsize::new(0));
        let router = Router::new().fallback(answer).with_state(asked.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Upstream { url, asked }
    }

    /// How often it was asked for a range since the last time.
    pub(crate) fn take_asked(&self) -> usize {
        self.asked.swap(0, Ordering::Relaxed)
    }
}

async fn answer(State(asked): State<Arc<AtomicUsize>>, uri: Uri) -> Response {
    if uri.path().ends_with("/query_range") {
        asked.fetch_add(1, Ordering::Relaxed);
    }
    let length = match uri.query() {
        Some(query) if query.contains("query=long") => LONG,
        _ => PANEL,
    };
    let piece = Bytes::from(vec![b' '; 1 << 14]);
    let pieces = length.div_ceil(piece.len());
    let body = stream::iter(0..pieces).map(move |_| Ok::<_, std::io::Error>(piece.clone()));
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, Body::from_stream(body)).into_response()
}
