//! Answers pass as they come, whatever their size.

use axum::body::Bytes;
use axum::http::header;

use crate::support::{FakeUpstream, TestApp};

const STREAM: &str = "/remote/query?dsType=prometheus&query=stream";

#[tokio::test]
async fn the_first_part_arrives_before_the_last_is_sent() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let chunks = upstream.stream();
    let (response, ()) = tokio::join!(app.get(STREAM), async {
        chunks.send(Bytes::from_static(b"first")).await.unwrap();
    });
    let mut response = response;
    assert_eq!(response.chunk().await.unwrap().unwrap(), "first");
    chunks.send(Bytes::from_static(b"last")).await.unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "last");
    drop(chunks);
    assert_eq!(response.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn compression_does_not_hold_parts_back() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let chunks = upstream.stream();
    let request = app.request(STREAM).header(header::ACCEPT_ENCODING, "gzip");
    let (response, ()) = tokio::join!(request.send(), async {
        chunks.send(Bytes::from_static(b"first")).await.unwrap();
    });
    let mut response = response.unwrap();
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
    // Its ten bytes of header are not yet data.
    let mut received = Vec::new();
    while received.len() <= 10 {
        received.extend(response.chunk().await.unwrap().unwrap());
    }
    drop(chunks);
}

#[tokio::test]
async fn a_big_answer_passes_whole() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let mut response = app.get("/remote/query?dsType=prometheus&query=huge").await;
    let mut bytes = 0;
    while let Some(chunk) = response.chunk().await.unwrap() {
        bytes += chunk.len();
    }
    assert_eq!(bytes, 64 << 20);
}
