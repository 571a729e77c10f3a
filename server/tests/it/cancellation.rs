//! Whoever goes away takes the request at the datasource along.

use axum::body::Bytes;

use crate::support::{FakeUpstream, TestApp};

#[tokio::test]
async fn leaving_while_waiting_ends_the_request_upstream() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let held = upstream.stream();
    let waiting = tokio::spawn(
        app.request("/remote/query?dsType=prometheus&query=hang")
            .send(),
    );
    while upstream.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    waiting.abort();
    held.closed().await;
}

#[tokio::test]
async fn leaving_in_the_middle_of_the_answer_ends_the_request_upstream() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let chunks = upstream.stream();
    let (response, ()) = tokio::join!(
        app.get("/remote/query?dsType=prometheus&query=stream"),
        async { chunks.send(Bytes::from_static(b"first")).await.unwrap() }
    );
    drop(response);
    chunks.closed().await;
}
