//! Pages of other sites cannot act in the name of a user, nor log one in.

use super::{cookie_of, start, token_of};

#[tokio::test]
async fn a_foreign_page_is_refused_whatever_it_brings() {
    let app = start().await;
    let cookie = cookie_of(&app, "ana").await;
    for path in ["/api/v1/remote/query", "/auth/login", "/auth/logout"] {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "http://evil.example"),
            ("origin", "null"),
        ] {
            let post = app.client.post(app.url(path)).header(name, value);
            let post = post.header("cookie", &cookie).body("username=ana");
            let response = post.send().await.unwrap();
            assert_eq!(response.status(), 403, "{path} {name} {value}");
        }
    }
    let session = app.request("/auth/session").header("cookie", &cookie);
    let session = super::body(session.send().await.unwrap()).await;
    assert_eq!(session["user"]["name"], "ana", "still logged in");
}

#[tokio::test]
async fn our_own_page_and_scripts_act() {
    let app = start().await;
    let token = token_of(&app, "ana").await;
    let cookie = cookie_of(&app, "ana").await;
    let own = [("sec-fetch-site", "same-origin"), ("cookie", &*cookie)];
    let origin = app.url("");
    let old = [("origin", &*origin), ("cookie", &*cookie)];
    let bearer = format!("Bearer {token}");
    let script = [("authorization", &*bearer), ("origin", "http://elsewhere")];
    for headers in [own, old, script] {
        let post = app.client.post(app.url("/api/v1/remote/query"));
        let post = post.header("content-type", "application/x-www-form-urlencoded");
        let post = headers
            .iter()
            .fold(post, |it, (name, value)| it.header(*name, *value));
        // Passed, to be told that no datasource was named.
        let status = post.send().await.unwrap().status();
        assert_eq!(status, 400, "{headers:?}");
    }
}
