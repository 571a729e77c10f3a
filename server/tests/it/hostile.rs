//! Datasources that are broken or evil below HTTP, over real sockets.

use std::time::Duration;

use axum::http::header;
use tokio::io::AsyncWriteExt;

use crate::support::raw::{RawUpstream, read_head};
use crate::support::{FakeUpstream, TestApp, one_prometheus};

const QUERY: &str = "/remote/query?dsType=prometheus&query=up";
const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

async fn error_of(answer: impl Into<Vec<u8>>) -> (u16, String, String) {
    let upstream = RawUpstream::answering(answer).await;
    let app = TestApp::with_prometheus(&upstream.url()).await;
    app.error(QUERY).await
}

#[tokio::test]
async fn what_is_no_http_is_a_bad_gateway() {
    for answer in [
        String::new(),
        "SSH-2.0-OpenSSH_9.2\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\ncontent-le".to_owned(),
        format!("{HEAD}content-length: 100\r\n\r\n"),
        format!("{HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n"),
        // More headers, and longer ones, than anybody sends.
        format!("{HEAD}{}\r\n", "x-a: b\r\n".repeat(1000)),
        format!("{HEAD}x-a: {}\r\n\r\n", "b".repeat(2 << 20)),
    ] {
        let (status, kind, text) = error_of(answer.clone()).await;
        let begin: String = answer.chars().take(60).collect();
        assert_eq!((status, kind.as_str()), (502, "unavailable"), "{begin}");
        assert!(
            text.starts_with("datasource `prometheus` broke off: "),
            "{begin}: {text}"
        );
    }
}

#[tokio::test]
async fn a_reset_connection_is_a_bad_gateway() {
    let upstream = RawUpstream::start(|mut connection| async move {
        read_head(&mut connection).await;
        connection.set_zero_linger().unwrap();
    })
    .await;
    let app = TestApp::with_prometheus(&upstream.url()).await;
    let (status, _, text) = app.error(QUERY).await;
    assert_eq!(status, 502);
    assert_eq!(text, "datasource `prometheus` broke off: connection reset");
}

#[tokio::test]
async fn one_that_never_answers_is_a_timeout() {
    let upstream = RawUpstream::start(|mut connection| async move {
        read_head(&mut connection).await;
        // Held open until the server gives it up.
        read_head(&mut connection).await;
    })
    .await;
    let datasources = format!("{}  queryTimeout: 20ms\n", one_prometheus(&upstream.url()));
    let app = TestApp::start(&[("etc/datasources.yml", &datasources)]).await;
    let (status, kind, text) = app.error(QUERY).await;
    assert_eq!((status, kind.as_str()), (504, "timeout"));
    assert!(text.contains("within 20ms"), "{text}");
}

#[tokio::test]
async fn an_answer_that_comes_byte_by_byte_arrives() {
    const BODY: &str = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;
    let upstream = RawUpstream::start(|mut connection| async move {
        read_head(&mut connection).await;
        connection.set_nodelay(true).unwrap();
        let answer = format!("{HEAD}content-length: {}\r\n\r\n{BODY}", BODY.len());
        for byte in answer.bytes() {
            connection.write_u8(byte).await.unwrap();
            tokio::task::yield_now().await;
        }
    })
    .await;
    let app = TestApp::with_prometheus(&upstream.url()).await;
    assert_eq!(app.get(QUERY).await.text().await.unwrap(), BODY);
}

#[tokio::test]
async fn invalid_json_passes_as_it_is_and_a_bomb_stays_packed() {
    let app_over = async |answer: String| {
        let upstream = RawUpstream::answering(answer).await;
        let app = TestApp::with_prometheus(&upstream.url()).await;
        (upstream, app)
    };
    let (_upstream, app) = app_over(format!("{HEAD}\r\n{{nonsense")).await;
    assert_eq!(app.get(QUERY).await.text().await.unwrap(), "{nonsense");
    // Nothing here unpacks, so what would unpack to much is as short as it came.
    let bomb = format!("{HEAD}content-encoding: gzip\r\ncontent-length: 4\r\n\r\nbomb");
    let (_upstream, app) = app_over(bomb).await;
    let answer = app.request(QUERY).header(header::ACCEPT_ENCODING, "gzip");
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.headers()[header::CONTENT_ENCODING], "gzip");
    assert_eq!(answer.text().await.unwrap(), "bomb");
}

#[tokio::test]
async fn an_answer_longer_than_allowed_is_refused_or_breaks_off() {
    let upstream = FakeUpstream::start().await;
    let limited = |url: &str| format!("{}  maxResponseBytes: 100000\n", one_prometheus(url));
    let app = TestApp::start(&[("etc/datasources.yml", &limited(&upstream.url))]).await;
    let huge = app.get("/remote/query?dsType=prometheus&query=huge").await;
    assert_eq!(huge.status(), 200);
    huge.bytes().await.unwrap_err();

    let announced = format!("{HEAD}content-length: {}\r\n\r\n{{", 1 << 30);
    let upstream = RawUpstream::answering(announced).await;
    let app = TestApp::start(&[("etc/datasources.yml", &limited(&upstream.url()))]).await;
    let (status, _, text) = app.error(QUERY).await;
    assert_eq!(status, 502);
    assert_eq!(
        text,
        "datasource `prometheus` answers more than 100000 bytes (`maxResponseBytes` in datasources.yml): ask for less"
    );
}

#[tokio::test]
async fn a_gigabyte_breaks_off_at_the_default_limit() {
    let upstream = RawUpstream::start(|mut connection| async move {
        read_head(&mut connection).await;
        let head = format!("{HEAD}\r\n");
        connection.write_all(head.as_bytes()).await.unwrap();
        let piece = vec![b' '; 1 << 20];
        for _ in 0..1 << 10 {
            if connection.write_all(&piece).await.is_err() {
                return;
            }
        }
    })
    .await;
    let app = TestApp::with_prometheus(&upstream.url()).await;
    let mut answer = app.get(QUERY).await;
    let mut read = 0;
    let broke_off = loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => read += chunk.len(),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broke_off && read <= 256 << 20, "{read}");
}

#[tokio::test]
async fn a_request_that_arrived_is_not_repeated() {
    let (counted, mut attempts) = tokio::sync::mpsc::unbounded_channel();
    let upstream = RawUpstream::start(move |mut connection| {
        let counted = counted.clone();
        async move {
            read_head(&mut connection).await;
            counted.send(()).unwrap();
        }
    })
    .await;
    let app = TestApp::with_prometheus(&upstream.url()).await;
    assert_eq!(app.error(QUERY).await.0, 502);
    attempts.recv().await.unwrap();
    assert!(
        tokio::time::timeout(Duration::ZERO, attempts.recv())
            .await
            .is_err()
    );
}
