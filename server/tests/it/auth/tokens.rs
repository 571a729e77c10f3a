//! Tokens of scripts.

use venti_server::auth::TokenHash;

use super::{CLOSED, status_with_bearer, users};
use crate::support::TestApp;

const TOKEN: &str = "venti_cGxlYXNlLWRvLW5vdC11c2UtdGhpcw";

fn with_token() -> String {
    let hash = TokenHash::of(TOKEN);
    let tokens = format!("tokens:\n- name: backup\n  hash: {hash}\n");
    users(super::HASH) + &tokens
}

#[tokio::test]
async fn a_token_enters_in_every_mode() {
    for venti in [
        "auth: users\n",
        "auth: anonymous\n",
        "auth: {proxy: {}}\ntrustedProxies: [192.0.2.0/24]\n",
    ] {
        let files = [("etc/venti.yml", venti), ("etc/users.yml", &with_token())];
        let app = TestApp::start(&files).await;
        assert_eq!(
            status_with_bearer(&app, CLOSED, TOKEN).await,
            200,
            "{venti}"
        );
        let session = app.request("/auth/session").bearer_auth(TOKEN);
        let session = super::body(session.send().await.unwrap()).await;
        assert_eq!(session["user"]["name"], "backup");
    }
}

#[tokio::test]
async fn a_removed_token_is_refused_at_once() {
    let files = [
        ("etc/venti.yml", "auth: users\n"),
        ("etc/users.yml", &with_token()),
    ];
    let app = TestApp::start(&files).await;
    assert_eq!(status_with_bearer(&app, CLOSED, TOKEN).await, 200);
    app.reload_with(&[("etc/users.yml", &users(super::HASH))])
        .await;
    assert_eq!(status_with_bearer(&app, CLOSED, TOKEN).await, 401);
}
