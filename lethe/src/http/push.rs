//! `POST /api/v1/push`: records as JSON lines.
//!
//! One object a line, as [`crate::ingest::json`] says; empty lines are passed
//! over. The body may be packed (`Content-Encoding: gzip`, or `zstd`). It is
//! answered once all lines are on disk:
//!
//! ```json
//! {"data":{"refused":[{"line":3,"reason":"…"}],"refusedCount":1,"written":2},"status":"success"}
//! ```
//!
//! `written` counts records, and `refused` names those that can never be
//! written, up to 100 of them, by their line; `refusedCount` is how many there
//! were. When the disk fails the answer is 503, and some of the lines may be
//! there.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::ingest::json::place_json;
use crate::ingest::{CommitError, Compression, InflateError, Ingest, Refusal, inflate};
use crate::store::Batch;

/// Bytes of a body.
const MAX_BODY: usize = 16 << 20;
/// Bytes of a body once unpacked.
const MAX_INFLATED: usize = 64 << 20;
/// Refused lines that are named in an answer.
const MAX_NAMED: usize = 100;
/// Requests whose bodies are read at once; others wait for their turn.
const PLACES: usize = 8;
/// How long a request may take, its body included, so that nobody keeps a place
/// by sending slowly.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where records are posted.
pub(super) const PATH: &str = "/api/v1/push";

/// The one URL through which lines come in. Not part of [`super::router`]:
/// whoever serves this lets everyone who can reach it write.
pub fn push_router(ingest: Ingest) -> Router {
    Router::new()
        .route(PATH, post(push))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(
            Arc::new(Semaphore::new(PLACES)),
            take_turns,
        ))
        .with_state(ingest)
}

async fn take_turns(
    State(places): State<Arc<Semaphore>>,
    request: Request,
    next: Next,
) -> Response {
    // The semaphore is never closed.
    let _place = places.acquire().await;
    match timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => PushError::Slow.into_response(),
    }
}

async fn push(State(ingest): State<Ingest>, headers: HeaderMap, body: Bytes) -> Response {
    match store(&ingest, &headers, body).await {
        Ok(outcome) => answer(StatusCode::OK, &outcome.into_json()),
        Err(error) => error.into_response(),
    }
}

async fn store(ingest: &Ingest, headers: &HeaderMap, body: Bytes) -> Result<Outcome, PushError> {
    let encoding = headers
        .get(header::CONTENT_ENCODING)
        .map(|it| it.as_bytes());
    let compression = match encoding {
        None | Some(b"identity") => None,
        Some(b"gzip") => Some(Compression::Gzip),
        Some(b"zstd") => Some(Compression::Zstd),
        Some(_) => return Err(PushError::Encoding),
    };
    let now = ingest.now();
    let reading = spawn_blocking(move || -> Result<_, PushError> {
        Ok(match compression {
            Some(compression) => read(&inflate(&body, compression, MAX_INFLATED)?, now),
            None => read(&body, now),
        })
    });
    let (batch, outcome) = reading.await.map_err(|_| CommitError::Ended)??;
    for refusal in &outcome.refused {
        ingest.counters().refuse(refusal.1);
    }
    ingest.submit(batch).await.done().await?;
    Ok(outcome)
}

/// What became of the lines.
#[derive(Debug, Default)]
struct Outcome {
    written: u64,
    /// Line numbers from 1, each with its reason.
    refused: Vec<(usize, Refusal)>,
}

impl Outcome {
    fn into_json(self) -> Value {
        let named = self.refused.iter().take(MAX_NAMED);
        let refused: Vec<Value> = named
            .map(|(line, reason)| json!({"line": line, "reason": reason.to_string()}))
            .collect();
        json!({
            "data": {
                "refused": refused,
                "refusedCount": self.refused.len(),
                "written": self.written,
            },
            "status": "success",
        })
    }
}

fn read(body: &[u8], now: DateTime<Utc>) -> (Batch, Outcome) {
    let mut batch = Batch::default();
    let mut outcome = Outcome::default();
    for (at, line) in body.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        match place_json(line, now, &mut batch) {
            Ok(()) => outcome.written += 1,
            Err(refusal) => outcome.refused.push((at + 1, refusal)),
        }
    }
    (batch, outcome)
}

/// Why a body was not written.
#[derive(Debug, thiserror::Error)]
enum PushError {
    #[error("unknown content encoding: send gzip, zstd or none")]
    Encoding,
    #[error("the request took longer than {PATIENCE:?}: send fewer lines at once")]
    Slow,
    #[error("the body cannot be unpacked: {0}")]
    Inflate(#[from] InflateError),
    #[error("{0}: send the lines again later")]
    Commit(#[from] CommitError),
}

impl IntoResponse for PushError {
    fn into_response(self) -> Response {
        let (status, error_type) = match &self {
            PushError::Encoding => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "bad_data"),
            PushError::Slow => (StatusCode::REQUEST_TIMEOUT, "timeout"),
            PushError::Inflate(InflateError::Corrupt(..)) => (StatusCode::BAD_REQUEST, "bad_data"),
            PushError::Inflate(InflateError::TooLarge { .. }) => {
                (StatusCode::PAYLOAD_TOO_LARGE, "bad_data")
            }
            PushError::Commit(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        };
        let error = self.to_string();
        answer(
            status,
            &json!({"error": error, "errorType": error_type, "status": "error"}),
        )
    }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    super::json::response(status, body.to_string().into_bytes())
}
