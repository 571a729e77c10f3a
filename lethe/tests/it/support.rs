//! A database over a temporary directory, asked over its HTTP API.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::response::Response;
use chrono::{DateTime, Utc};
use lethe::{Lethe, Options, http};
use serde_json::Value;
use tower::ServiceExt;

/// The clock of the original's tests.
pub(crate) fn test_clock() -> DateTime<Utc> {
    "2009-11-10T23:00:00Z".parse().unwrap()
}

/// An answer over HTTP.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) location: Option<String>,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Each row as one line of text, in the order of the answer.
    pub(crate) fn rows(&self) -> Vec<String> {
        let json = self.json();
        let rows = json["data"]["result"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        rows.iter().map(row_text).collect()
    }

    pub(crate) fn warnings(&self) -> Vec<String> {
        let json = self.json();
        let warnings = json["warnings"].as_array().cloned().unwrap_or_default();
        warnings
            .iter()
            .map(|it| it.as_str().unwrap().to_owned())
            .collect()
    }

    pub(crate) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }
}

/// `time [labels] message` of a row.
pub(crate) fn row_text(row: &Value) -> String {
    let row = row.as_object().unwrap();
    let text = |key: &str| row.get(key).and_then(Value::as_str).map(str::to_owned);
    let labels: Vec<String> = ["namespace", "pod", "container", "node", "process"]
        .into_iter()
        .filter_map(text)
        .collect();
    format!(
        "{} [{}] {}",
        text("time").unwrap(),
        labels.join("|"),
        text("log").unwrap()
    )
}

/// A database that believes it is the time of the original's tests.
pub(crate) fn open(root: &Path) -> Lethe {
    Lethe::open(Options::new(root)).with_clock(Arc::new(test_clock))
}

/// Sends a GET request.
pub(crate) fn get(lethe: Lethe, path_and_query: &str) -> Reply {
    request(
        lethe,
        Request::get(path_and_query).body(Body::empty()).unwrap(),
    )
}

/// Sends any request.
pub(crate) fn request(lethe: Lethe, request: Request<Body>) -> Reply {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let response = http::router(Arc::new(lethe))
            .oneshot(request)
            .await
            .unwrap();
        reply(response).await
    })
}

async fn reply(response: Response) -> Reply {
    let (parts, body) = response.into_parts();
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .map(|it| it.to_str().unwrap().to_owned())
    };
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    Reply {
        status: parts.status.as_u16(),
        content_type: header("content-type").unwrap_or_default(),
        location: header("location"),
        body: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

/// A path with parameters, percent-encoded.
pub(crate) fn url(path: &str, params: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String { text.bytes().map(|it| format!("%{it:02X}")).collect() };
    let pairs: Vec<String> = params
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    format!("{path}?{}", pairs.join("&"))
}

/// Where the recorded answers of the original lie, beside the repository.
pub(crate) fn golden_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/golden/lethe")
}

/// The records of a file there, or nothing with a word about it.
pub(crate) fn golden_lines(name: &str) -> Option<Vec<Value>> {
    let packed = golden_directory().join(name);
    let output = Command::new("gzip").arg("-dc").arg(&packed).output();
    let text = output.ok().map(|it| String::from_utf8(it.stdout).unwrap());
    let Some(text) = text.filter(|it| !it.is_empty()) else {
        eprintln!("skipped: needs {} and gzip", packed.display());
        return None;
    };
    let lines = text.lines().map(|it| serde_json::from_str(it).unwrap());
    Some(lines.collect())
}

/// How often something is done that may go wrong once in a while: a few times,
/// or as often as `LETHE_ROUNDS` says.
pub(crate) fn rounds(few: usize) -> usize {
    let given = std::env::var("LETHE_ROUNDS").ok();
    given.map_or(few, |it| it.parse().expect("a number of rounds"))
}

/// Asks again until it is so. Only for what another process or thread does
/// without telling.
pub(crate) fn eventually(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..6_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("never came: {what}");
}
