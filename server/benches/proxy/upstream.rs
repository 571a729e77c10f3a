//! A Prometheus that counts what it is asked.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use tokio::net::TcpListener;

/// How long its long answer is.
pub(crate) const LONG: usize = 20 << 20;

/// Those of a usual panel.
const SERIES: usize = 20;
const POINTS: usize = 240;

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
    let is_long = uri.query().is_some_and(|it| it.contains("query=long"));
    let body = if is_long {
        let piece = Bytes::from(vec![b' '; 1 << 14]);
        let pieces = LONG.div_ceil(piece.len());
        Body::from_stream(stream::iter(0..pieces).map(move |_| Ok::<_, Infallible>(piece.clone())))
    } else {
        Body::from(PANEL.clone())
    };
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The answer to a panel: about 120 kB, with values that compress as badly as real ones.
static PANEL: LazyLock<Bytes> = LazyLock::new(|| {
    let mut random = 1_u64;
    let mut value = || {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (random >> 33) as f64 / 1e6
    };
    let series = (0..SERIES).map(|number| {
        let points = (0..POINTS).map(|it| format!("[{},\"{}\"]", 1_700_000_000 + it * 5, value()));
        let points: Vec<String> = points.collect();
        let points = points.join(",");
        format!("{{\"metric\":{{\"pod\":\"pod-{number}\"}},\"values\":[{points}]}}")
    });
    let series: Vec<String> = series.collect();
    let result = series.join(",");
    let text = format!(
        "{{\"status\":\"success\",\"data\":{{\"resultType\":\"matrix\",\"result\":[{result}]}}}}"
    );
    Bytes::from(text)
});
