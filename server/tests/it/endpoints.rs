//! Every endpoint of a datasource's API can be asked under both prefixes, and nothing else.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, header};
use axum::response::IntoResponse;
use axum::routing::get;
use futures_util::{StreamExt, stream};
use serde_json::json;
use tokio::time::advance;
use venti_model::api::remote;
use venti_server::config::Limits;
use venti_server::upstream::{Call, Endpoint, Upstream};

use crate::support::app::raw_get;
use crate::support::{FakeUpstream, TestApp};

async fn with_lethe(url: &str) -> TestApp {
    let datasources = format!("datasources:\n- {{name: l, type: lethe, url: '{url}'}}\n");
    TestApp::start(&[("etc/datasources.yml", &datasources)]).await
}

/// What arrives upstream when the rest of a path is asked under each prefix.
async fn arrives(app: &TestApp, upstream: &FakeUpstream, asked: &str) -> String {
    for prefix in remote::PREFIXES {
        let response = app.get(&format!("{prefix}{asked}")).await;
        assert_eq!(response.status(), 200, "{asked}");
    }
    let seen = upstream.seen();
    let [.., first, second] = seen.as_slice() else {
        panic!("nothing arrived of {asked}");
    };
    assert_eq!(
        (&first.path, &first.parameters),
        (&second.path, &second.parameters)
    );
    format!("{}?{}", first.path, first.parameters)
}

#[tokio::test]
async fn prometheus_is_asked_with_the_parameters_of_its_api() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    for (asked, expected) in [
        (
            "/series?match[]=up&match%5B%5D=a%7Bb%3D%22c%22%7D&start=1&end=2&limit=3&step=4",
            "/api/v1/series?match%5B%5D=up&match%5B%5D=a%7Bb%3D%22c%22%7D&start=1&end=2&limit=3",
        ),
        ("/labels?match[]=up&evil=1", "/api/v1/labels?match%5B%5D=up"),
        (
            "/label/job/values?match[]=up&match[]=down",
            "/api/v1/label/job/values?match%5B%5D=up&match%5B%5D=down",
        ),
        (
            "/label/U__a_2e_b/values?limit=3",
            "/api/v1/label/U__a_2e_b/values?limit=3",
        ),
        (
            "/metadata?metric=up&limit=1&query=up",
            "/api/v1/metadata?metric=up&limit=1",
        ),
        (
            "/targets?state=active&scrapePool=a",
            "/api/v1/targets?state=active&scrapePool=a",
        ),
        (
            "/rules?type=alert&rule_name[]=a&rule_name[]=b",
            "/api/v1/rules?type=alert&rule_name%5B%5D=a&rule_name%5B%5D=b",
        ),
        ("/alerts?query=up", "/api/v1/alerts?"),
        (
            "/format_query?query=up%2Bup",
            "/api/v1/format_query?query=up%2Bup",
        ),
    ] {
        let separator = if asked.contains('?') { '&' } else { '?' };
        let asked = format!("{asked}{separator}dsType=prometheus");
        assert_eq!(arrives(&app, &upstream, &asked).await, expected, "{asked}");
    }
}

#[tokio::test]
async fn lethe_is_asked_with_the_parameters_of_its_api() {
    let upstream = FakeUpstream::start().await;
    let app = with_lethe(&upstream.url).await;
    for (asked, expected) in [
        (
            "/query_range?query=pod&direction=forward&cursor=c&cursors=true&limit=2",
            "/api/v1/query_range?query=pod&direction=forward&cursor=c&cursors=true&limit=2",
        ),
        (
            "/histogram?query=pod&start=1.5&end=2&step=1&limit=2",
            "/api/v1/histogram?query=pod&start=1.5&end=2&step=1",
        ),
        (
            "/context?query=pod&cursor=c&limit=2",
            "/api/v1/context?query=pod&cursor=c&limit=2",
        ),
        (
            "/label/namespace/values?start=1",
            "/api/v1/label/namespace/values?start=1",
        ),
        ("/targets?state=active", "/api/v1/targets?"),
    ] {
        let asked = format!("{asked}&dsType=lethe");
        assert_eq!(arrives(&app, &upstream, &asked).await, expected, "{asked}");
    }
}

#[tokio::test]
async fn lists_can_be_posted() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    for path in ["series", "labels", "format_query"] {
        let request = app
            .client
            .post(app.url(&format!("/remote/{path}?dsType=prometheus")));
        let request = request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body("match[]=a&query=up&match[]=b");
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    let seen = upstream.seen();
    let posted: Vec<_> = seen
        .iter()
        .map(|it| (it.method.as_str(), it.path.as_str(), it.parameters.as_str()))
        .collect();
    assert_eq!(
        posted,
        [
            ("POST", "/api/v1/series", "match%5B%5D=a&match%5B%5D=b"),
            ("POST", "/api/v1/labels", "match%5B%5D=a&match%5B%5D=b"),
            ("POST", "/api/v1/format_query", "query=up"),
        ]
    );
    let refused = app.client.post(app.url("/remote/rules?dsType=prometheus"));
    assert_eq!(refused.send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn what_an_api_does_not_have_is_the_clients_error() {
    let app = TestApp::with_prometheus("http://127.0.0.1:1").await;
    assert_eq!(
        app.error("/remote/tail?dsType=prometheus&query=up").await,
        (
            400,
            "bad_data".to_owned(),
            "a datasource of type `prometheus` has no `tail`".to_owned()
        )
    );
    let app = with_lethe("http://127.0.0.1:1").await;
    let (status, _, text) = app.error("/remote/rules?dsType=lethe").await;
    assert_eq!(
        (status, text.as_str()),
        (400, "a datasource of type `lethe` has no `rules`")
    );
}

#[tokio::test]
async fn no_label_and_no_path_leads_elsewhere() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    for label in [
        "..",
        "%2e%2e",
        ".%2E",
        "..%2f..%2fadmin",
        "a%2Fb",
        "a%5Cb",
        "a%00b",
        "a%0d%0aHost:%20evil",
        "%FF",
        "a%3Fb",
    ] {
        let path = format!("/remote/label/{label}/values?dsType=prometheus");
        let answer = raw_get(app.address, &path).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{label}: {answer}");
    }
    for path in [
        "/remote/admin/tsdb/snapshot",
        "/remote/query/../admin",
        "/remote/%2e%2e/-/quit",
        "/remote/query%2f..%2fadmin",
        "/api/v1/remote//query",
    ] {
        let answer = raw_get(app.address, &format!("{path}?dsType=prometheus")).await;
        assert!(!answer.contains("resultType"), "{path}: {answer}");
    }
    assert_eq!(upstream.seen(), []);
}

#[tokio::test]
async fn what_looks_like_a_header_in_a_parameter_stays_one() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    app.get("/remote/query?dsType=prometheus&query=a%0d%0aX-Evil:%201%0d%0a%0d%0aGET%20/")
        .await;
    let seen = upstream.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(
        seen[0].parameters,
        "query=a%0D%0AX-Evil%3A+1%0D%0A%0D%0AGET+%2F"
    );
    assert!(!seen[0].headers.contains_key("x-evil"));
}

#[tokio::test]
async fn a_tail_begins_with_the_newest_lines_and_follows_the_file() {
    let app = TestApp::start(&[
        (
            "etc/datasources.yml",
            "datasources:\n- {name: logs, type: lethe, path: '{dir}/log'}\n",
        ),
        (
            "log/node/n1/2023-11-14_22.log",
            "2023-11-14T22:13:05.000000Z[n1|kubelet] started\n",
        ),
    ])
    .await;
    let request = app
        .request("/remote/tail?dsType=lethe&query=node{node=\"n1\"}")
        .header(header::ACCEPT_ENCODING, "gzip, br");
    let mut tail = request.send().await.unwrap();
    assert_eq!(tail.headers()[header::CONTENT_TYPE], "text/event-stream");
    assert_eq!(tail.headers()["x-accel-buffering"], "no");
    assert!(!tail.headers().contains_key(header::CONTENT_ENCODING));
    let first = tail.chunk().await.unwrap().unwrap();
    let first = String::from_utf8(first.to_vec()).unwrap();
    assert!(
        first.starts_with("data: {") && first.contains("started"),
        "{first}"
    );
}

/// Time stands still but for what is waited for: the test ends at once.
#[tokio::test(start_paused = true)]
async fn a_tail_outlives_the_timeout_of_queries() {
    let endless = || async {
        let first = stream::iter([Ok::<_, std::io::Error>("data: 1\n\n")]);
        let late = stream::once(async {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            Ok("data: 2\n\n")
        });
        let kind = [(header::CONTENT_TYPE, "text/event-stream")];
        (kind, Body::from_stream(first.chain(late))).into_response()
    };
    let router = Router::new().route("/api/v1/tail", get(endless));
    let upstream = Upstream::in_process("logs", Limits::default(), router);
    let call = Call {
        endpoint: Endpoint::Tail,
        method: Method::GET,
        parameters: Vec::new(),
        accept_encoding: None,
    };
    let mut body = upstream
        .send(&call)
        .await
        .unwrap()
        .into_body()
        .into_data_stream();
    assert_eq!(body.next().await.unwrap().unwrap(), "data: 1\n\n");
    advance(Duration::from_secs(60)).await;
    assert_eq!(body.next().await.unwrap().unwrap(), "data: 2\n\n");
}

#[tokio::test]
async fn the_lethe_inside_answers_its_whole_api() {
    let app = TestApp::start(&[
        (
            "etc/datasources.yml",
            "datasources:\n- {name: logs, type: lethe, path: '{dir}/log'}\n",
        ),
        (
            "log/pod/shop/2023-11-14_22.log",
            "2023-11-14T22:13:00.000000Z[shop|web-1|nginx] one
2023-11-14T22:13:10.000000Z[shop|web-2|nginx] two
",
        ),
    ])
    .await;
    let query = "query=pod{namespace=\"shop\"}&start=1699999200&end=1700000000";
    let path = |endpoint: &str| format!("/remote/{endpoint}?dsType=lethe&{query}");
    let (_, page) = app
        .json(&format!("{}&cursors=true&limit=1", path("query_range")))
        .await;
    let row = &page["data"]["result"][0];
    assert_eq!(row["log"], "two");
    let cursor = row["cursor"].as_str().unwrap();
    let (_, older) = app
        .json(&format!("{}&limit=9&cursor={cursor}", path("query_range")))
        .await;
    assert_eq!(older["data"]["result"][0]["log"], "one");
    let (_, context) = app
        .json(&format!(
            "/remote/context?dsType=lethe&query=pod{{namespace=\"shop\"}}&cursor={cursor}"
        ))
        .await;
    assert_eq!(context["data"]["result"].as_array().unwrap().len(), 2);
    let (_, histogram) = app.json(&format!("{}&step=800", path("histogram"))).await;
    assert_eq!(histogram["data"]["result"][0]["values"][0][1], "2");
    let values = "/remote/label/pod/values?dsType=lethe&match[]=pod{namespace=\"shop\"}&start=1699999200&end=1700000000";
    assert_eq!(app.json(values).await.1["data"], json!(["web-1", "web-2"]));
    let (_, targets) = app.json("/remote/targets?dsType=lethe").await;
    assert_eq!(targets["data"]["activeTargets"][0]["health"], "up");
}
