//! Stopping: nothing new, and what is under way ends well.

use axum::body::Bytes;

use crate::support::{FakeUpstream, TestApp};

#[tokio::test]
async fn streams_without_an_end_are_told_to_end() {
    let mut app = TestApp::start(&[]).await;
    let mut tail = app
        .get("/remote/tail?dsType=lethe&query=node{node=\"n1\"}")
        .await;
    assert_eq!(tail.status(), 200);
    app.stop();
    while tail.chunk().await.unwrap().is_some() {}
    app.stopped().await;
}

#[tokio::test]
async fn answers_under_way_are_finished() {
    let upstream = FakeUpstream::start().await;
    let mut app = TestApp::with_prometheus(&upstream.url).await;
    let chunks = upstream.stream();
    let (mut response, ()) = tokio::join!(
        app.get("/remote/query?dsType=prometheus&query=stream"),
        async { chunks.send(Bytes::from_static(b"first")).await.unwrap() }
    );
    app.stop();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "first");
    chunks.send(Bytes::from_static(b"last")).await.unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "last");
    drop(chunks);
    assert_eq!(response.chunk().await.unwrap(), None);
    app.stopped().await;
}
