//! Logging in, and failing to.

use std::time::Duration;

use super::{CLOSED, body, start, start_with, status_with, status_with_bearer, try_login};
use crate::support::TestApp;
use crate::support::app::pass;

#[tokio::test]
async fn a_form_logs_in_with_the_originals_answer() {
    let app = start().await;
    let response = try_login(&app, "ben", "hunter2").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let cookie = response.headers()["set-cookie"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        cookie.ends_with("; Path=/; Max-Age=259200; HttpOnly; SameSite=Strict"),
        "{cookie}"
    );
    let body = body(response).await;
    assert_eq!(body["message"], "logged in");
    assert_eq!(body["userID"], 2);
    assert_eq!(body["username"], "ben");
    let token = body["token"].as_str().unwrap();
    assert_eq!(status_with_bearer(&app, CLOSED, token).await, 200);
    let (cookie, _) = cookie.split_once(';').unwrap();
    assert_eq!(status_with(&app, CLOSED, "cookie", cookie).await, 200);
}

#[tokio::test]
async fn json_logs_in_too() {
    let app = start().await;
    let post = app.client.post(app.url("/auth/login"));
    let post = post.header("content-type", "application/json; charset=utf-8");
    let post = post.body(r#"{"username":"ana","password":"hunter2"}"#);
    let body = body(post.send().await.unwrap()).await;
    assert_eq!(body["session"]["user"]["role"], "admin");
    assert_eq!(body["session"]["user"]["expiresAt"], 1_700_172_800.25);
}

#[tokio::test]
async fn a_browser_gets_its_cookie_and_no_token() {
    let app = start().await;
    let post = app.client.post(app.url("/auth/login"));
    let post = post.header("origin", app.url(""));
    let post = post.header("content-type", "application/x-www-form-urlencoded");
    let response = post
        .body("username=ana&password=hunter2")
        .send()
        .await
        .unwrap();
    assert!(response.headers().contains_key("set-cookie"));
    let text = response.text().await.unwrap();
    assert!(!text.contains("token"), "{text}");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let app = start().await;
    let mut answers = Vec::new();
    for (name, password) in [
        ("ana", "wrong"),
        ("nobody", "hunter2"),
        ("", ""),
        ("ana", ""),
    ] {
        let response = try_login(&app, name, password).await;
        assert_eq!(response.status(), 401);
        assert!(!response.headers().contains_key("set-cookie"));
        answers.push(response.text().await.unwrap());
    }
    answers.dedup();
    let expected =
        r#"{"status":"error","errorType":"unauthorized","error":"wrong user name or password"}"#;
    assert_eq!(answers, [expected]);
}

#[tokio::test]
async fn what_is_no_login_is_refused() {
    let app = start().await;
    for (kind, text) in [
        ("application/json", "{\"username\":\"ana\"}"),
        ("application/json", "hunter2"),
        (
            "application/json",
            "{\"username\":\"ana\",\"password\":{\"a\":1}}",
        ),
        ("application/x-www-form-urlencoded", "username=ana"),
        ("application/x-www-form-urlencoded", ""),
        ("text/plain", "\u{0}"),
    ] {
        let post = app.client.post(app.url("/auth/login"));
        let post = post.header("content-type", kind).body(text);
        let response = post.send().await.unwrap();
        assert_eq!(response.status(), 400, "{text}");
        assert!(!response.text().await.unwrap().contains("hunter2"));
    }
    assert_eq!(app.get("/auth/login").await.status(), 405);
}

#[tokio::test]
async fn who_guesses_has_to_wait_and_is_told_how_long() {
    let app = start().await;
    for _ in 0..5 {
        assert_eq!(try_login(&app, "ana", "guess").await.status(), 401);
    }
    // Now the right one does not help either, nor does it tell that it is right.
    let response = try_login(&app, "ana", "hunter2").await;
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "30");
    let message = body(response).await["error"].clone();
    assert_eq!(message, "too many attempts to log in: try again in 30 s");
    assert_eq!(try_login(&app, "ben", "hunter2").await.status(), 200);
    pass(Duration::from_secs(30));
    assert_eq!(try_login(&app, "ana", "hunter2").await.status(), 200);
}

#[tokio::test]
async fn where_everybody_may_look_nobody_logs_in() {
    let app = start_with("auth: anonymous\n").await;
    assert_eq!(try_login(&app, "ana", "hunter2").await.status(), 404);
    assert_eq!(app.get(CLOSED).await.status(), 200);
    let session = app.json("/auth/session").await.1;
    assert_eq!(session["mode"], "anonymous");
    assert_eq!(session["user"]["role"], "viewer");
    // And nothing is kept.
    assert!(!app.dir().join("data").exists());
}

#[tokio::test]
async fn without_users_there_is_one_with_a_password_of_its_own_until_there_are() {
    let app = TestApp::start(&[("etc/venti.yml", "auth: users\n")]).await;
    let first = app.dir().join("data/first-password");
    let hash = std::fs::read_to_string(&first).unwrap();
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    for password in ["admin", "", &hash] {
        let response = try_login(&app, "admin", password).await;
        assert_eq!(response.status(), 401, "{password}");
    }
    app.reload_with(&[("etc/users.yml", &super::users(super::HASH))])
        .await;
    assert!(!first.exists());
    assert_eq!(try_login(&app, "ana", "hunter2").await.status(), 200);
    assert_eq!(try_login(&app, "admin", "hunter2").await.status(), 401);
}
