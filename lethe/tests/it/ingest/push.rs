//! `POST /api/v1/push`.

use std::path::Path;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use lethe::http::push_router;
use lethe::ingest::Ingest;
use serde_json::Value;
use tower::ServiceExt;

use super::client::gzip;
use super::server::{files, read};
use crate::support::{get, open, test_clock, url};

fn push(root: &Path, request: Request<Body>) -> (u16, String) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (ingest, ended) = Ingest::open(root, Arc::new(test_clock)).unwrap();
        let response = push_router(ingest).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        ended.wait().await;
        (status, String::from_utf8(body.to_vec()).unwrap())
    })
}

fn post(body: impl Into<Body>) -> Request<Body> {
    Request::post("/api/v1/push").body(body.into()).unwrap()
}

const LINES: &str = r#"{"time":"2009-11-10T22:59:00Z","namespace":"ns","pod":"web","container":"main","log":"first"}

not json
{"time":1257893941.5,"node":"node01","process":"kubelet","message":"second"}
{"node":"node01"}
"#;

#[test]
fn lines_are_written_and_the_others_are_named() {
    let root = tempfile::tempdir().unwrap();
    let (status, body) = push(root.path(), post(LINES));
    assert_eq!(status, StatusCode::OK);
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["status"], "success");
    assert_eq!(body["data"]["written"], 2);
    assert_eq!(body["data"]["refusedCount"], 2);
    let refused = body["data"]["refused"].as_array().unwrap();
    let numbers: Vec<u64> = refused
        .iter()
        .map(|it| it["line"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [3, 5]);
    assert!(
        refused[0]["reason"]
            .as_str()
            .unwrap()
            .starts_with("no record")
    );
    assert!(
        refused[1]["reason"]
            .as_str()
            .unwrap()
            .starts_with("no message")
    );
    assert_eq!(
        read(root.path(), "pod/ns/2009-11-10_22.log"),
        "2009-11-10T22:59:00.000000Z[ns|web|main] first\n"
    );
    assert_eq!(
        read(root.path(), "node/node01/2009-11-10_22.log"),
        "2009-11-10T22:59:01.500000Z[node01|kubelet] second\n"
    );
}

#[test]
fn bodies_may_be_gzip() {
    let root = tempfile::tempdir().unwrap();
    let mut request = post(gzip(LINES.as_bytes()));
    let encoding = "gzip".parse().unwrap();
    request.headers_mut().insert("content-encoding", encoding);
    assert_eq!(push(root.path(), request).0, 200);
    assert_eq!(files(root.path()).len(), 2);
}

#[test]
fn bodies_that_cannot_be_read_write_nothing() {
    let root = tempfile::tempdir().unwrap();
    for (encoding, body, status) in [
        ("br", vec![], 415),
        ("gzip", b"no gzip".to_vec(), 400),
        ("gzip", gzip(&vec![b' '; (64 << 20) + 1]), 413),
        ("identity", vec![b' '; (16 << 20) + 1], 413),
    ] {
        let mut request = post(body);
        request
            .headers_mut()
            .insert("content-encoding", encoding.parse().unwrap());
        assert_eq!(push(root.path(), request).0, status, "{encoding}");
    }
    assert_eq!(files(root.path()), Vec::<String>::new());
}

#[test]
fn queries_see_new_lines_at_once_and_late_ones_in_their_place() {
    let root = tempfile::tempdir().unwrap();
    let lethe = || open(root.path());
    let known = Arc::new(lethe());
    let range = [
        ("query", r#"node{node="n"}"#),
        ("start", "2009-11-10T20:00:00Z"),
        ("end", "2009-11-10T23:00:00Z"),
    ];
    let url = url("/api/v1/query_range", &range);
    let mut expected = Vec::new();
    for time in ["22:59:00", "21:30:00", "22:10:00", "21:00:00"] {
        let line = format!(r#"{{"time":"2009-11-10T{time}Z","node":"n","process":"p","log":"x"}}"#);
        assert_eq!(push(root.path(), post(line)).0, 200);
        expected.push(format!("2009-11-10T{time}.000000Z [n|p] x"));
        expected.sort();
        assert_eq!(get(lethe(), &url).rows(), expected);
        // One that knows the files from before sees them grow.
        assert_eq!(rows(&known, &url), expected);
    }
}

fn rows(lethe: &Arc<lethe::Lethe>, url: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let request = Request::get(url).body(Body::empty()).unwrap();
        let router = lethe::http::router(Arc::clone(lethe));
        let response = router.oneshot(request).await.unwrap();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let rows = body["data"]["result"].as_array().unwrap();
        rows.iter().map(crate::support::row_text).collect()
    })
}
