//! Equal requests become one at the datasource, and nobody is disturbed by who else reads.

use std::io::Read;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::{Method, header};
use axum::response::IntoResponse;
use axum::routing::get;
use futures_util::{StreamExt, stream};
use reqwest::Response;
use venti_server::config::Limits;
use venti_server::upstream::{Call, Endpoint, Origin, Upstream};

use crate::support::app::pass;
use crate::support::{FakeUpstream, TestApp};

const STREAM: &str = "/remote/query?dsType=prometheus&query=stream";

fn origin(response: &Response) -> &str {
    response.headers()["x-venti-cache"].to_str().unwrap()
}

/// An answer that is under way, with its first part sent.
async fn under_way(
    upstream: &FakeUpstream,
    app: &TestApp,
) -> (tokio::sync::mpsc::Sender<Bytes>, Response) {
    let chunks = upstream.stream();
    let (response, ()) = tokio::join!(app.get(STREAM), async {
        chunks.send(Bytes::from_static(b"first")).await.unwrap();
    });
    (chunks, response)
}

#[tokio::test]
async fn whoever_asks_the_same_reads_along_from_the_beginning() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let (chunks, first) = under_way(&upstream, &app).await;
    let second = app.get(STREAM).await;
    assert_eq!((origin(&first), origin(&second)), ("miss", "shared"));
    chunks.send(Bytes::from_static(b"last")).await.unwrap();
    drop(chunks);
    assert_eq!(first.text().await.unwrap(), "firstlast");
    assert_eq!(second.text().await.unwrap(), "firstlast");
    assert_eq!(upstream.seen().len(), 1);
}

#[tokio::test]
async fn leaving_disturbs_nobody_and_the_last_one_ends_the_request() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let (chunks, first) = under_way(&upstream, &app).await;
    let mut second = app.get(STREAM).await;
    drop(first);
    chunks.send(Bytes::from_static(b"next")).await.unwrap();
    let mut read = Vec::new();
    while read != b"firstnext" {
        read.extend(second.chunk().await.unwrap().unwrap());
    }
    drop(second);
    chunks.closed().await;
    assert_eq!(upstream.seen().len(), 1);
    // What was given up is not joined: the next one asks anew.
    let (_chunks, third) = under_way(&upstream, &app).await;
    assert_eq!(origin(&third), "miss");
}

#[tokio::test]
async fn a_broken_answer_breaks_for_all() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let cut = "/remote/query?dsType=prometheus&query=cut";
    let chunks = upstream.stream();
    let (first, ()) = tokio::join!(app.get(cut), async {
        chunks.send(Bytes::from_static(b"{")).await.unwrap();
    });
    let second = app.get(cut).await;
    assert_eq!(origin(&second), "shared");
    drop(chunks);
    first.bytes().await.unwrap_err();
    second.bytes().await.unwrap_err();
}

#[tokio::test]
async fn different_questions_are_not_mixed_up() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let asked = [
        "query=a&time=1",
        "query=b&time=1",
        "query=a&time=2",
        "query=a%26time%3D1",
        "query=a&time=1&limit=1",
    ];
    for rest in asked {
        let path = format!("/remote/query?dsType=prometheus&{rest}");
        assert_eq!(origin(&app.get(&path).await), "miss", "{rest}");
    }
    assert_eq!(upstream.seen().len(), asked.len());
}

#[tokio::test]
async fn an_answer_about_the_past_holds_for_a_moment() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let question = "query=up&start=1699996400&end=1700000000&step=5";
    let path = format!("/remote/query_range?dsType=prometheus&{question}");
    let first = app.get(&path).await;
    assert_eq!(origin(&first), "miss");
    let body = first.bytes().await.unwrap();
    let second = app.get(&path).await;
    assert_eq!(origin(&second), "hit");
    assert_eq!(second.headers()[header::CONTENT_TYPE], "application/json");
    assert_eq!(second.bytes().await.unwrap(), body);
    let posted = app
        .client
        .post(app.url("/remote/query_range?dsName=prometheus"));
    let posted = posted
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(question);
    assert_eq!(origin(&posted.send().await.unwrap()), "hit");
    assert_eq!(upstream.seen().len(), 1);
    // Compressed, the answer is another one.
    let compressed = app
        .request(&path)
        .header(header::ACCEPT_ENCODING, "br, gzip");
    assert_eq!(origin(&compressed.send().await.unwrap()), "miss");
    let metrics = app.get("/metrics").await.text().await.unwrap();
    assert!(
        metrics
            .contains(r#"venti_datasource_answers_total{datasource="prometheus",cache="hit"} 2"#),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_moment_is_over_after_five_seconds() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let path = "/remote/query?dsType=prometheus&query=up&time=1699999995";
    let mut origins = Vec::new();
    for wait in [0, 4999, 1, 1] {
        pass(Duration::from_millis(wait));
        let response = app.get(path).await;
        origins.push(origin(&response).to_owned());
        response.bytes().await.unwrap();
    }
    assert_eq!(origins, ["miss", "hit", "miss", "hit"]);
}

/// The page asks for the instants of `venti_model::step::instant`.
#[tokio::test]
async fn viewers_who_refresh_within_one_step_ask_once() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let mut origins = Vec::new();
    for now in [
        1_699_999_990.2,
        1_699_999_992.9,
        1_699_999_994.999,
        1_699_999_995.0,
    ] {
        let time = venti_model::step::instant(now);
        let path = format!("/remote/query?dsType=prometheus&query=up&time={time}");
        let response = app.get(&path).await;
        origins.push(origin(&response).to_owned());
        response.bytes().await.unwrap();
    }
    assert_eq!(origins, ["miss", "hit", "hit", "miss"]);
}

#[tokio::test]
async fn an_answer_that_comes_as_it_is_is_compressed_once_for_all() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let ask = |query: &str| {
        let path = format!("/remote/query?dsType=prometheus&query={query}&time=1");
        app.request(&path)
            .header(header::ACCEPT_ENCODING, "gzip")
            .send()
    };
    let chunks = upstream.stream();
    let (first, ()) = tokio::join!(ask("stream"), async {
        chunks.send(Bytes::from_static(b"first")).await.unwrap();
    });
    let (first, second) = (first.unwrap(), ask("stream").await.unwrap());
    chunks.send(Bytes::from_static(b"last")).await.unwrap();
    drop(chunks);
    let mut bodies = Vec::new();
    for response in [first, second, ask("stream").await.unwrap()] {
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(
            response
                .headers()
                .get_all(header::CONTENT_ENCODING)
                .iter()
                .count(),
            1
        );
        let mut plain = String::new();
        let body = response.bytes().await.unwrap();
        flate2::read::GzDecoder::new(&*body)
            .read_to_string(&mut plain)
            .unwrap();
        assert_eq!(plain, "firstlast");
        bodies.push(body);
    }
    assert!(bodies.iter().all(|it| *it == bodies[0]));
    // What is compressed already is left so, and what is short is not worth it.
    let compressed = ask("gzip").await.unwrap();
    assert_eq!(compressed.headers()[header::CONTENT_ENCODING], "gzip");
    assert_eq!(compressed.bytes().await.unwrap(), "not really gzip");
    let short = ask("up").await.unwrap();
    assert_eq!(short.headers().get(header::CONTENT_ENCODING), None);
    assert_eq!(upstream.seen().len(), 3);
}

#[tokio::test]
async fn what_may_still_change_and_what_failed_is_asked_again() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    for (number, path) in [
        "query?query=up",
        "query?query=up&time=1700000001",
        "query?query=bad&time=1",
        "query_range?query=up&start=1699996400&end=1700000005&step=5",
        "targets?state=active",
    ]
    .into_iter()
    .enumerate()
    {
        let separator = if path.contains('?') { '&' } else { '?' };
        let path = format!("/remote/{path}{separator}dsType=prometheus");
        for _ in 0..2 {
            let response = app.get(&path).await;
            assert_eq!(origin(&response), "miss", "{path}");
            response.bytes().await.unwrap();
        }
        assert_eq!(upstream.seen().len(), 2 * (number + 1), "{path}");
    }
}

#[tokio::test]
async fn a_large_answer_that_is_half_read_is_asked_for_again() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let huge = "/remote/query?dsType=prometheus&query=huge&time=1";
    let mut first = app.get(huge).await;
    let mut read = 0;
    while read <= 2 << 20 {
        read += first.chunk().await.unwrap().unwrap().len();
    }
    let second = app.get(huge).await;
    assert_eq!(origin(&second), "miss");
    assert_eq!(second.bytes().await.unwrap().len(), 64 << 20);
    while let Some(chunk) = first.chunk().await.unwrap() {
        read += chunk.len();
    }
    assert_eq!(read, 64 << 20);
}

/// A datasource that answers 8 MiB, in parts of different lengths.
fn large() -> (Upstream, usize) {
    let sizes = (1..)
        .map(|it: usize| it * 7919 % 65_536 + 1)
        .scan(0, |sum, it| {
            *sum += it;
            (*sum < 8 << 20).then_some(it)
        });
    let sizes: Vec<usize> = sizes.collect();
    let total = sizes.iter().sum();
    let answer = || async move {
        let chunks = stream::iter(sizes).map(|it| Ok::<_, std::io::Error>(vec![b' '; it]));
        let kind = [(header::CONTENT_TYPE, "application/json")];
        (kind, Body::from_stream(chunks)).into_response()
    };
    let router = Router::new().route("/api/v1/query", get(answer));
    (
        Upstream::in_process("large", Limits::default(), router),
        total,
    )
}

async fn share(upstream: &Upstream) -> (Origin, BodyDataStream) {
    let call = Call {
        endpoint: Endpoint::Query,
        method: Method::GET,
        parameters: Vec::new(),
        accept_encoding: None,
    };
    let (origin, answer) = upstream.share(call, 0.0).await;
    (origin, answer.unwrap().into_body().into_data_stream())
}

/// Bytes until the end, or `None` when it breaks off.
async fn length(mut body: BodyDataStream) -> Option<usize> {
    let mut read = 0;
    while let Some(chunk) = body.next().await {
        read += chunk.ok()?.len();
    }
    Some(read)
}

#[tokio::test]
async fn several_read_a_large_answer_together() {
    let (upstream, total) = large();
    let answers = tokio::join!(share(&upstream), share(&upstream), share(&upstream));
    let ((first, a), (second, b), (third, c)) = answers;
    assert_eq!(
        [first, second, third],
        [Origin::Asked, Origin::Shared, Origin::Shared]
    );
    let lengths = tokio::join!(length(a), length(b), length(c));
    assert_eq!(lengths, (Some(total), Some(total), Some(total)));
}

/// Time stands still but for what is waited for: the test ends at once.
#[tokio::test(start_paused = true)]
async fn one_that_does_not_read_holds_the_others_up_for_a_while_only() {
    let (upstream, total) = large();
    let ((_, idle), (origin, reading)) = tokio::join!(share(&upstream), share(&upstream));
    assert_eq!(origin, Origin::Shared);
    assert_eq!(length(reading).await, Some(total));
    assert_eq!(length(idle).await, None);
}
