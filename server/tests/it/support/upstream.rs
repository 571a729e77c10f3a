//! An upstream that speaks Prometheus' API and misbehaves on demand: the text of the query says
//! what it does.

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::{Stream, StreamExt, stream};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use url::form_urlencoded;

/// A request as the upstream got it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Query string, or the body of a `POST`.
    pub(crate) parameters: String,
    pub(crate) headers: HeaderMap,
}

/// A running upstream; it stops with this value.
pub(crate) struct FakeUpstream {
    pub(crate) url: String,
    state: Arc<Fake>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Fake {
    seen: Mutex<Vec<Seen>>,
    stream: Mutex<Option<mpsc::Receiver<Bytes>>>,
}

impl Fake {
    fn take_stream(&self) -> Option<mpsc::Receiver<Bytes>> {
        self.stream.lock().unwrap().take()
    }
}

const EMPTY: &str = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;

impl FakeUpstream {
    pub(crate) async fn start() -> Self {
        let state = Arc::new(Fake::default());
        let router = Router::new().fallback(answer).with_state(state.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            url,
            state,
            serving,
        }
    }

    /// What was asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().unwrap().clone()
    }

    /// The next query `stream` or `cut` is answered with what the test sends here, for as long as it
    /// keeps the sender. Its `closed()` resolves when nobody reads the answer any more.
    pub(crate) fn stream(&self) -> mpsc::Sender<Bytes> {
        let (sender, receiver) = mpsc::channel(1);
        *self.state.stream.lock().unwrap() = Some(receiver);
        sender
    }
}

impl Drop for FakeUpstream {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(State(fake): State<Arc<Fake>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let parameters = match parts.method.as_str() {
        "POST" => String::from_utf8(body.to_vec()).unwrap(),
        _ => parts.uri.query().unwrap_or_default().to_owned(),
    };
    let query = form_urlencoded::parse(parameters.as_bytes())
        .find_map(|(name, value)| (name == "query").then(|| value.into_owned()));
    fake.seen.lock().unwrap().push(Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        parameters,
        headers: parts.headers,
    });
    match query.as_deref().unwrap_or_default() {
        "html" => (
            StatusCode::BAD_GATEWAY,
            [(header::CONTENT_TYPE, "text/html")],
            "<h1>nginx</h1>",
        )
            .into_response(),
        "login" => (StatusCode::UNAUTHORIZED, "who are you").into_response(),
        "redirect" => Redirect::to("http://elsewhere.example/login?token=hunter2").into_response(),
        "untyped" => Body::from("{}").into_response(),
        "half" => json(EMPTY[..30].to_owned()),
        "bad" => (
            StatusCode::UNPROCESSABLE_ENTITY,
            json(r#"{"status":"error","errorType":"execution","error":"too many"}"#),
        )
            .into_response(),
        "cookie" => ([(header::SET_COOKIE, "a=b")], json(EMPTY)).into_response(),
        "huge" => json(Body::from_stream(huge())),
        "gzip" => (
            [(header::CONTENT_ENCODING, "gzip")],
            json("not really gzip"),
        )
            .into_response(),
        "stream" => json(Body::from_stream(received(fake.take_stream()))),
        // Ends in the middle when the test drops its sender.
        "cut" => {
            let cut = stream::once(async { Err(io::Error::other("cut off")) });
            json(Body::from_stream(received(fake.take_stream()).chain(cut)))
        }
        "hang" => {
            // Held, so that the test sees when the request is dropped.
            let _held = fake.take_stream();
            std::future::pending().await
        }
        _ if parts.uri.path().ends_with("/-/healthy") => {
            "Prometheus Server is Healthy.\n".into_response()
        }
        _ => json(EMPTY),
    }
}

/// 64 MiB of blanks.
fn huge() -> impl Stream<Item = Result<Bytes, io::Error>> {
    stream::repeat(Bytes::from_static(&[b' '; 1 << 16]))
        .take(1 << 10)
        .map(Ok)
}

fn received(chunks: Option<mpsc::Receiver<Bytes>>) -> impl Stream<Item = Result<Bytes, io::Error>> {
    stream::unfold(chunks, |chunks| async move {
        let mut chunks = chunks?;
        let chunk = chunks.recv().await?;
        Some((Ok(chunk), Some(chunks)))
    })
    .fuse()
}

fn json(body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body.into()).into_response()
}
