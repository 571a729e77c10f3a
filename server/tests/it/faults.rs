//! Datasources that are down, slow, or answer nonsense.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, header};
use axum::response::IntoResponse;
use axum::routing::get;
use futures_util::{StreamExt, stream};
use tokio::net::TcpListener;
use venti_server::config::Limits;
use venti_server::upstream::{Call, Endpoint, Failure, Upstream};

use crate::support::{FakeUpstream, TestApp};

async fn failure_of(query: &str) -> (u16, String, String) {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let error = app
        .error(&format!("/remote/query?dsType=prometheus&query={query}"))
        .await;
    assert!(!error.2.contains("hunter2"), "{}", error.2);
    error
}

#[tokio::test]
async fn what_is_no_answer_becomes_an_error_that_says_so() {
    let texts = [
        failure_of("html").await,
        failure_of("untyped").await,
        failure_of("login").await,
        failure_of("redirect").await,
    ];
    let lines: Vec<String> = texts
        .into_iter()
        .map(|(status, kind, text)| format!("{status} {kind}: {text}"))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    502 unavailable: datasource `prometheus` answers 502 with a web page where JSON was expected: check its `url` in datasources.yml
    502 unavailable: datasource `prometheus` answers 200 with no content type where JSON was expected: check its `url` in datasources.yml
    502 unavailable: datasource `prometheus` answers 401: check its credentials in datasources.yml
    502 unavailable: datasource `prometheus` answers 303 and points to http://elsewhere.example/login: put the final address into datasources.yml
    ");
}

#[tokio::test]
async fn a_datasource_that_is_down_is_named_without_its_password() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let app = TestApp::with_prometheus(&format!("http://me:hunter2@{address}/secret")).await;
    let (status, kind, text) = app.error("/remote/query?dsType=prometheus&query=up").await;
    assert_eq!((status, kind.as_str()), (502, "unavailable"));
    let expected = format!(
        "datasource `prometheus` cannot be reached at http://{address}: connection refused"
    );
    assert_eq!(text, expected);
}

#[tokio::test]
async fn it_recovers_by_itself() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let app = TestApp::with_prometheus(&format!("http://{address}")).await;
    assert_eq!(
        app.get("/remote/query?dsType=prometheus&query=up")
            .await
            .status(),
        502
    );
    let listener = TcpListener::bind(address).await.unwrap();
    let answer = || async { ([(header::CONTENT_TYPE, "application/json")], "{}") };
    let serving = tokio::spawn(async move {
        axum::serve(listener, Router::new().fallback(answer))
            .await
            .unwrap();
    });
    assert_eq!(
        app.get("/remote/query?dsType=prometheus&query=up")
            .await
            .status(),
        200
    );
    serving.abort();
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let app = TestApp::with_prometheus(&format!("http://{}", listener.local_addr().unwrap())).await;
    let accepting = tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            drop(connection);
        }
    });
    let (status, kind, text) = app.error("/remote/query?dsType=prometheus&query=up").await;
    assert_eq!((status, kind.as_str()), (502, "unavailable"));
    assert!(
        text.starts_with("datasource `prometheus` broke off: "),
        "{text}"
    );
    accepting.abort();
}

#[tokio::test]
async fn an_answer_cut_off_in_its_middle_does_not_look_whole() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let chunks = upstream.stream();
    let (mut response, ()) = tokio::join!(
        app.get("/remote/query?dsType=prometheus&query=cut"),
        async { chunks.send("{".into()).await.unwrap() }
    );
    assert_eq!(response.status(), 200);
    assert_eq!(response.chunk().await.unwrap().unwrap(), "{");
    drop(chunks);
    response.chunk().await.unwrap_err();
}

fn call() -> Call {
    Call {
        endpoint: Endpoint::Query,
        method: Method::GET,
        parameters: vec![("query".to_owned(), "up".to_owned())],
        accept_encoding: None,
    }
}

/// Time stands still but for what is waited for: the tests end at once.
#[tokio::test(start_paused = true)]
async fn no_answer_within_the_timeout_is_an_error() {
    let never = Router::new().route("/api/v1/query", get(std::future::pending::<()>));
    let upstream = Upstream::in_process("slow", Limits::default(), never);
    let error = upstream.send(&call()).await.unwrap_err();
    assert_eq!(error.failure, Failure::Timeout(Duration::from_secs(30)));
    assert_eq!(
        error.to_string(),
        "datasource `slow` gave no answer within 30s (`queryTimeout` in datasources.yml)"
    );
}

#[tokio::test(start_paused = true)]
async fn the_timeout_covers_the_whole_body() {
    let endless = || async {
        let chunks = stream::iter([Ok::<_, std::io::Error>("{")]).chain(stream::pending());
        (
            [(header::CONTENT_TYPE, "application/json")],
            Body::from_stream(chunks),
        )
            .into_response()
    };
    let router = Router::new().route("/api/v1/query", get(endless));
    let upstream = Upstream::in_process("slow", Limits::default(), router);
    let mut body = upstream
        .send(&call())
        .await
        .unwrap()
        .into_body()
        .into_data_stream();
    assert_eq!(body.next().await.unwrap().unwrap(), "{");
    body.next().await.unwrap().unwrap_err();
    assert!(body.next().await.is_none());
}
