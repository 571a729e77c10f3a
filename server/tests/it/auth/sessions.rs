//! When a session counts, and when it does not any more.

use std::time::Duration;

use serde_json::json;

use super::{
    CLOSED, HASH, OTHER_HASH, body, cookie_of, start, start_with, status_with, status_with_bearer,
    token_of, users,
};
use crate::support::TestApp;
use crate::support::app::pass;

async fn refusal_of(app: &TestApp, token: &str) -> String {
    let request = app.request(CLOSED).bearer_auth(token);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 401);
    body(response).await["error"].as_str().unwrap().to_owned()
}

async fn logout(app: &TestApp, header: &str, value: &str) -> reqwest::Response {
    let post = app.client.post(app.url("/auth/logout"));
    post.header(header, value).send().await.unwrap()
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let app = start_with("sessionDuration: 10m\n").await;
    let token = token_of(&app, "ana").await;
    let cookie = cookie_of(&app, "ana").await;
    pass(Duration::from_secs(599));
    assert_eq!(status_with_bearer(&app, CLOSED, &token).await, 200);
    pass(Duration::from_secs(1));
    assert_eq!(
        refusal_of(&app, &token).await,
        "the session has expired: log in again"
    );
    let request = app.request("/auth/session").header("cookie", cookie);
    let session = body(request.send().await.unwrap()).await;
    assert_eq!(session, json!({"mode": "users", "hasEnded": true}));
}

#[tokio::test]
async fn a_cookie_replayed_after_the_logout_is_refused_also_after_a_restart() {
    let mut app = start().await;
    let (cookie, other) = (cookie_of(&app, "ana").await, cookie_of(&app, "ana").await);
    let response = logout(&app, "cookie", &cookie).await;
    assert_eq!(response.status(), 200);
    let forget = response.headers()["set-cookie"].to_str().unwrap();
    assert!(
        forget.starts_with("venti-session=; Path=/; Max-Age=0;"),
        "{forget}"
    );
    assert_eq!(status_with(&app, CLOSED, "cookie", &cookie).await, 401);
    assert_eq!(status_with(&app, CLOSED, "cookie", &other).await, 200);

    app.stop();
    let app = TestApp::start_in(app.stopped().await).await;
    assert_eq!(status_with(&app, CLOSED, "cookie", &cookie).await, 401);
    assert_eq!(status_with(&app, CLOSED, "cookie", &other).await, 200);
}

#[tokio::test]
async fn a_script_logs_out_as_with_the_original() {
    let app = start().await;
    let token = token_of(&app, "ana").await;
    let bearer = format!("Bearer {token}");
    let response = logout(&app, "authorization", &bearer).await;
    assert_eq!(body(response).await["message"], "logged out");
    assert_eq!(
        refusal_of(&app, &token).await,
        "the session was ended: log in again"
    );
    let again = app.client.post(app.url("/auth/logout")).send();
    assert_eq!(again.await.unwrap().status(), 200);
}

#[tokio::test]
async fn another_password_or_no_user_ends_the_session_at_once() {
    let app = start().await;
    let (ana, ben) = (token_of(&app, "ana").await, token_of(&app, "ben").await);
    app.reload_with(&[("etc/users.yml", &users(OTHER_HASH))])
        .await;
    assert_eq!(status_with_bearer(&app, CLOSED, &ana).await, 401);
    assert_eq!(status_with_bearer(&app, CLOSED, &ben).await, 200);
    let only_ana = format!("users: [{{username: ana, hash: {HASH}}}]\n");
    app.reload_with(&[("etc/users.yml", &only_ana)]).await;
    assert_eq!(status_with_bearer(&app, CLOSED, &ben).await, 401);
    // It is the same password again, and no longer an administrator's.
    assert_eq!(status_with_bearer(&app, CLOSED, &ana).await, 200);
    let session = app.request("/auth/session").bearer_auth(&ana);
    let session = body(session.send().await.unwrap()).await;
    assert_eq!(session["user"]["role"], "viewer");
}

#[tokio::test]
async fn a_broken_users_file_changes_nothing_for_those_inside() {
    let app = start().await;
    let token = token_of(&app, "ana").await;
    app.reload_with(&[(
        "etc/users.yml",
        "users:\n- username: ana\n  hash: hunter2\n",
    )])
    .await;
    assert_eq!(status_with_bearer(&app, CLOSED, &token).await, 200);
    let status = app.request("/api/v1/status/config").bearer_auth(&token);
    let status = status.send().await.unwrap().text().await.unwrap();
    assert!(status.contains("users.yml"), "{status}");
    assert!(!status.contains("hunter2"), "{status}");
}

#[tokio::test]
async fn what_this_server_did_not_sign_is_refused() {
    let (app, elsewhere) = (start().await, start().await);
    let foreign = token_of(&elsewhere, "ana").await;
    let own = token_of(&app, "ben").await;
    // Ben's session with ana's name in it.
    let (_, rest) = own.strip_prefix("v1.").unwrap().split_once('.').unwrap();
    let forged = format!("v1.YW5h.{rest}");
    for token in [
        &*foreign,
        &forged,
        "v1",
        "....",
        &own[1..],
        &format!("{own}A"),
    ] {
        let message = refusal_of(&app, token).await;
        let expected = "this session or token is not known here: log in again";
        assert_eq!(message, expected, "{token}");
        let cookie = format!("venti-session={token}");
        assert_eq!(status_with(&app, CLOSED, "cookie", &cookie).await, 401);
    }
    assert_eq!(status_with_bearer(&app, CLOSED, &own).await, 200);
}
