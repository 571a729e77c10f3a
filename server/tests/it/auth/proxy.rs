//! A proxy before the server that knows the users.

use super::{CLOSED, body, start_with, status_with};
use crate::support::TestApp;

/// Tests connect from here.
const TRUSTED: &str = "auth:
  proxy:
    admins: [ana]
    adminGroups: [ops]
trustedProxies: [127.0.0.0/8]
";

async fn role(app: &TestApp, headers: &[(&str, &str)]) -> String {
    let request = headers
        .iter()
        .fold(app.request("/auth/session"), |it, (name, value)| {
            it.header(*name, *value)
        });
    let session = body(request.send().await.unwrap()).await;
    session["user"]["role"]
        .as_str()
        .unwrap_or("nobody")
        .to_owned()
}

#[tokio::test]
async fn what_a_trusted_proxy_says_counts() {
    let app = start_with(TRUSTED).await;
    assert_eq!(
        status_with(&app, CLOSED, "x-forwarded-user", "ben").await,
        200
    );
    for (headers, expected) in [
        (&[("x-forwarded-user", "ben")][..], "viewer"),
        (&[("x-forwarded-user", "ana")], "admin"),
        (
            &[
                ("x-forwarded-user", "ben"),
                ("x-forwarded-groups", "dev, ops"),
            ],
            "admin",
        ),
        (
            &[("x-forwarded-user", "ben"), ("x-forwarded-groups", "oops")],
            "viewer",
        ),
        (&[], "nobody"),
        (&[("x-forwarded-user", " ")], "nobody"),
        // One of them may be the client's own.
        (
            &[("x-forwarded-user", "ben"), ("x-forwarded-user", "ana")],
            "nobody",
        ),
    ] {
        assert_eq!(role(&app, headers).await, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn strangers_cannot_say_who_they_are() {
    let app = start_with(&TRUSTED.replace("127.0.0.0/8", "192.0.2.1")).await;
    let request = app.request(CLOSED).header("x-forwarded-user", "ana");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 401);
    let message = body(response).await["error"].clone();
    assert!(
        message.as_str().unwrap().contains("`trustedProxies`"),
        "{message}"
    );
}

#[tokio::test]
async fn in_other_modes_the_header_means_nothing() {
    let app = start_with("auth: users\ntrustedProxies: [127.0.0.1]\n").await;
    assert_eq!(
        status_with(&app, CLOSED, "x-forwarded-user", "ana").await,
        401
    );
}

#[tokio::test]
async fn behind_https_the_cookie_is_secure_and_the_browser_stays_with_https() {
    let app = start_with("auth: users\ntrustedProxies: [127.0.0.1]\n").await;
    let post = app.client.post(app.url("/auth/login"));
    let post = post.header("x-forwarded-proto", "https");
    let post = post.body("username=ana&password=hunter2");
    let response = post.send().await.unwrap();
    let header = |name: &str| response.headers()[name].to_str().unwrap();
    assert_eq!(header("strict-transport-security"), "max-age=31536000");
    let cookie = header("set-cookie");
    assert!(cookie.starts_with("__Host-venti-session=v1."), "{cookie}");
    assert!(cookie.ends_with("; Secure"), "{cookie}");
}

#[tokio::test]
async fn addresses_behind_a_proxy_are_told_apart() {
    let app = start_with("auth: users\ntrustedProxies: [127.0.0.1]\n").await;
    let attempt = async |address: &str, name: usize| {
        let post = app.client.post(app.url("/auth/login"));
        let post = post.header("x-forwarded-for", address);
        let post = post.body(format!("username=user{name}&password=guess"));
        post.send().await.unwrap().status().as_u16()
    };
    for name in 0..20 {
        assert_eq!(attempt("198.51.100.1", name).await, 401);
    }
    assert_eq!(attempt("198.51.100.1", 20).await, 429);
    assert_eq!(attempt("198.51.100.2", 20).await, 401);
}
