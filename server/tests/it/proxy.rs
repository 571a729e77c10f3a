//! What goes to a datasource and what comes back.

use axum::http::header;

use crate::support::{FakeUpstream, TestApp};

#[tokio::test]
async fn only_known_parameters_go_through_as_given() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    app.get("/remote/query_range?dsType=prometheus&query=a%2Bb+%22%E2%9C%93%26&start=1.5&end=&step=15s&evil=1&timeout=5s&cursor=9").await;
    let seen = &upstream.seen()[0];
    assert_eq!(seen.path, "/api/v1/query_range");
    assert_eq!(
        seen.parameters,
        "query=a%2Bb+%22%E2%9C%93%26&start=1.5&step=15s&timeout=5s"
    );
    app.get("/api/v1/remote/query?dsType=prometheus&query=up&time=1&start=2")
        .await;
    let seen = &upstream.seen()[1];
    assert_eq!(
        (seen.path.as_str(), seen.parameters.as_str()),
        ("/api/v1/query", "query=up&time=1")
    );
}

#[tokio::test]
async fn logs_take_a_limit_too() {
    let upstream = FakeUpstream::start().await;
    let datasources = format!(
        "datasources:\n- {{name: l, type: lethe, url: '{}'}}\n",
        upstream.url
    );
    let app = TestApp::start(&[("etc/datasources.yml", &datasources)]).await;
    app.get("/remote/query_range?dsType=lethe&query=pod%7B%7D&limit=9&logFormat=json")
        .await;
    assert_eq!(
        upstream.seen()[0].parameters,
        "query=pod%7B%7D&limit=9&logFormat=json"
    );
}

#[tokio::test]
async fn long_queries_are_posted() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let query = "x".repeat(100_000);
    let request = app
        .client
        .post(app.url("/remote/query?dsType=prometheus&query=overridden"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(format!("query={query}&time=1&evil=1"));
    assert_eq!(request.send().await.unwrap().status(), 200);
    let seen = &upstream.seen()[0];
    assert_eq!(seen.method, "POST");
    assert_eq!(seen.parameters, format!("query={query}&time=1"));
}

#[tokio::test]
async fn forms_that_are_none_or_too_long_are_refused() {
    let app = TestApp::with_prometheus("http://127.0.0.1:1").await;
    let post = |kind: &'static str, body: Vec<u8>| {
        let request = app.client.post(app.url("/remote/query?dsType=prometheus"));
        request.header(header::CONTENT_TYPE, kind).body(body).send()
    };
    assert_eq!(
        post("application/json", b"{}".to_vec())
            .await
            .unwrap()
            .status(),
        400
    );
    let long = vec![b'x'; 2 << 20];
    assert_eq!(
        post("application/x-www-form-urlencoded", long)
            .await
            .unwrap()
            .status(),
        413
    );
}

#[tokio::test]
async fn the_prefix_of_the_url_stays_and_credentials_are_sent() {
    let upstream = FakeUpstream::start().await;
    let host = upstream.url.strip_prefix("http://").unwrap();
    let datasources = format!(
        "datasources:
- name: file
  type: prometheus
  url: http://{host}/prometheus/
  basicAuth: true
  basicAuthUser: me
  basicAuthPassword: hunter2
- name: url
  type: prometheus
  url: http://me:hunter2@{host}
"
    );
    let app = TestApp::start(&[("etc/datasources.yml", &datasources)]).await;
    app.get("/remote/metadata?dsName=file&query=up").await;
    app.get("/remote/healthy?dsName=url").await;
    let seen = upstream.seen();
    assert_eq!(seen[0].path, "/prometheus/api/v1/metadata");
    assert_eq!(seen[0].parameters, "");
    assert_eq!(seen[1].path, "/-/healthy");
    for seen in seen {
        // `printf me:hunter2 | base64`
        assert_eq!(
            seen.headers[header::AUTHORIZATION],
            "Basic bWU6aHVudGVyMg=="
        );
    }
}

#[tokio::test]
async fn nothing_of_the_browsers_request_goes_upstream_but_its_question() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let request = app
        .request("/remote/query?dsType=prometheus&query=up")
        .header(header::COOKIE, "session=secret")
        .header(header::AUTHORIZATION, "Bearer secret")
        .header("x-forwarded-for", "10.0.0.1");
    request.send().await.unwrap();
    let headers = format!("{:?}", upstream.seen()[0].headers);
    assert!(
        !headers.contains("secret") && !headers.contains("10.0.0.1"),
        "{headers}"
    );
}

#[tokio::test]
async fn answers_pass_with_status_type_and_body_and_no_other_header() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let response = app
        .get("/remote/query?dsType=prometheus&query=cookie")
        .await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
    assert!(!response.headers().contains_key(header::SET_COOKIE));
    assert_eq!(
        app.error("/remote/query?dsType=prometheus&query=bad").await,
        (422, "execution".to_owned(), "too many".to_owned())
    );
    let half = app.get("/remote/query?dsType=prometheus&query=half").await;
    assert_eq!(half.bytes().await.unwrap().len(), 30);
}

#[tokio::test]
async fn health_is_the_datasources_own_sentence() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let response = app.get("/api/v1/remote/healthy?dsName=prometheus").await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.text().await.unwrap(),
        "Prometheus Server is Healthy.\n"
    );
}

#[tokio::test]
async fn compressed_answers_pass_as_they_are_and_long_plain_ones_are_compressed() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    let get = |query: &str| {
        app.request(&format!("/remote/query?dsType=prometheus&query={query}"))
            .header(header::ACCEPT_ENCODING, "gzip")
            .send()
    };
    let response = get("gzip").await.unwrap();
    assert_eq!(upstream.seen()[0].headers[header::ACCEPT_ENCODING], "gzip");
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
    assert_eq!(response.text().await.unwrap(), "not really gzip");

    let mut response = get("huge").await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
    assert_eq!(&response.chunk().await.unwrap().unwrap()[..2], b"\x1f\x8b");
}
