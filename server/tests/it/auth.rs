//! Who may enter, and who may not: logins, sessions, tokens, proxies.

mod csrf;
mod login;
mod proxy;
mod sessions;
mod tokens;

use reqwest::Response;
use serde_json::Value;

use crate::support::TestApp;

/// `hunter2`, at bcrypt's lowest cost.
const HASH: &str = "$2y$04$gfYfchIng4242xXVsVQFdedIQbHzgSVe5AdyFg6O3SHKwqRbeWwbi";
/// `hunter2` too, with another salt.
const OTHER_HASH: &str = "$2b$04$HJUOIK26jjx2OBcDlCELu.kbL.W11BX1Zw2k1PQwrP8FZq/4EGQ.e";

/// What needs a session.
const CLOSED: &str = "/api/v1/dashboards";

/// `users.yml` with `ana`, an administrator, and `ben`, a viewer; both have the password `hunter2`.
fn users(hash: &str) -> String {
    format!(
        "users:\n- username: ana\n  hash: {hash}\n  isAdmin: true\n- username: ben\n  hash: {HASH}\n"
    )
}

/// A server with these users, and this `venti.yml`.
async fn start_with(venti: &str) -> TestApp {
    let files = [("etc/venti.yml", venti), ("etc/users.yml", &users(HASH))];
    TestApp::start(&files).await
}

async fn start() -> TestApp {
    start_with("auth: users\n").await
}

/// Sends the form of the login page.
async fn try_login(app: &TestApp, name: &str, password: &str) -> Response {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("username", name)
        .append_pair("password", password)
        .finish();
    let post = app.client.post(app.url("/auth/login"));
    let post = post.header("content-type", "application/x-www-form-urlencoded");
    post.body(form).send().await.unwrap()
}

async fn body(response: Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

/// The session of a script.
async fn token_of(app: &TestApp, name: &str) -> String {
    let response = try_login(app, name, "hunter2").await;
    assert_eq!(response.status(), 200);
    let body = body(response).await;
    body["token"].as_str().unwrap().to_owned()
}

/// The cookie of a browser, as it is sent back.
async fn cookie_of(app: &TestApp, name: &str) -> String {
    let response = try_login(app, name, "hunter2").await;
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// The status of a request with a header.
async fn status_with(app: &TestApp, path: &str, header: &str, value: &str) -> u16 {
    let request = app.request(path).header(header, value);
    request.send().await.unwrap().status().as_u16()
}

async fn status_with_bearer(app: &TestApp, path: &str, token: &str) -> u16 {
    status_with(app, path, "authorization", &format!("Bearer {token}")).await
}

#[tokio::test]
async fn without_a_session_only_what_must_be_open_is() {
    let app = start().await;
    for path in [
        CLOSED,
        "/api/v1/datasources",
        "/api/v1/status/config",
        "/api/v1/remote/query?dsType=prometheus&query=up",
        "/api/v1/remote/label/job/values?dsType=prometheus",
        "/remote/query_range",
    ] {
        let (status, kind, message) = app.error(path).await;
        assert_eq!((status, kind.as_str()), (401, "unauthorized"), "{path}");
        assert!(message.starts_with("log in first"), "{message}");
    }
    for path in ["/-/healthy", "/-/ready", "/metrics", "/auth/session"] {
        assert_eq!(app.get(path).await.status(), 200, "{path}");
    }
    // No pages without a frontend, but no login for them either.
    assert_ne!(app.get("/dashboards/Host").await.status(), 401);
}

#[tokio::test]
async fn answers_to_strangers_have_the_headers_of_all_answers() {
    let app = start().await;
    let response = app.get(CLOSED).await;
    let header = |name: &str| response.headers()[name].to_str().unwrap();
    assert_eq!(header("www-authenticate"), "Bearer");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("cross-origin-resource-policy"), "same-origin");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(!response.headers().contains_key("strict-transport-security"));
}

#[tokio::test]
async fn metrics_can_be_closed() {
    let app = start_with("metricsNeedLogin: true\n").await;
    assert_eq!(app.get("/metrics").await.status(), 401);
    let token = token_of(&app, "ben").await;
    assert_eq!(status_with_bearer(&app, "/metrics", &token).await, 200);
}

#[tokio::test]
async fn logins_and_refusals_are_counted() {
    let app = start().await;
    token_of(&app, "ana").await;
    try_login(&app, "ana", "wrong").await;
    app.get(CLOSED).await;
    let metrics = app.get("/metrics").await.text().await.unwrap();
    for line in [
        "venti_logins_total{result=\"ok\"} 1",
        "venti_logins_total{result=\"wrong\"} 1",
        "venti_requests_without_session_total{reason=\"missing\"} 1",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
}
