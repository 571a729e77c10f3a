//! The built frontend: deep links, types, cache times, policy.

use axum::http::header;
use reqwest::Response;

use crate::support::TestApp;
use crate::support::app::NOW;

const INDEX: &str = "<!doctype html><script type=\"module\">start()</script>";

async fn app() -> TestApp {
    TestApp::start(&[
        ("etc/datasources.yml", "datasources: []\n"),
        ("dist/index.html", INDEX),
        ("dist/venti-0123456789abcdef.js", "plain js"),
        ("dist/venti-0123456789abcdef.js.br", "brotli js"),
        ("dist/venti-0123456789abcdef.js.gz", "gzip js"),
        ("dist/venti-0123456789abcdef_bg.wasm", "wasm"),
        ("dist/base-0123456789abcdef.css", "css"),
        ("dist/logo.svg", "<svg/>"),
        ("dist/snippets/a/inline0.js", "snippet"),
        ("secret.txt", "outside of dist"),
    ])
    .await
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |it| it.to_str().unwrap())
}

#[tokio::test]
async fn deep_links_are_the_page() {
    let app = app().await;
    for path in [
        "/",
        "/index.html",
        "/dashboards/Node",
        "/dashboards/a%2Fb",
        "/dashboards/v1.2",
        "/metrics-page",
        "/snippets/",
    ] {
        let response = app.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(
            header(&response, "content-type"),
            "text/html; charset=utf-8"
        );
        assert_eq!(header(&response, "cache-control"), "no-cache");
        assert_eq!(header(&response, "x-venti-time"), NOW);
        assert_eq!(response.text().await.unwrap(), INDEX, "{path}");
    }
}

#[tokio::test]
async fn the_page_may_run_its_own_scripts_and_webassembly_only() {
    let response = app().await.get("/").await;
    let policy = header(&response, "content-security-policy");
    // `printf 'start()' | openssl dgst -sha256 -binary | base64`
    insta::assert_snapshot!(policy.replace("; ", "\n"), @r"
    default-src 'none'
    script-src 'self' 'wasm-unsafe-eval' 'sha256-DIm7WJS6ZKDYe5qFLPy+h4JFI9Bol5QmYC57mt3Fb00='
    style-src 'self'
    img-src 'self' data: blob:
    font-src 'self'
    connect-src 'self'
    manifest-src 'self'
    base-uri 'self'
    form-action 'self'
    frame-ancestors 'self'
    ");
    assert_eq!(header(&response, "x-content-type-options"), "nosniff");
    assert_eq!(header(&response, "referrer-policy"), "no-referrer");
}

#[tokio::test]
async fn hashed_files_are_kept_and_others_asked_for_again() {
    let app = app().await;
    for (path, kind) in [
        ("/venti-0123456789abcdef.js", "text/javascript"),
        ("/venti-0123456789abcdef_bg.wasm", "application/wasm"),
        ("/base-0123456789abcdef.css", "text/css"),
    ] {
        let response = app.get(path).await;
        assert_eq!(header(&response, "content-type"), kind, "{path}");
        assert_eq!(
            header(&response, "cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(header(&response, "vary"), "accept-encoding");
    }
    for (path, kind) in [
        ("/logo.svg", "image/svg+xml"),
        ("/snippets/a/inline0.js", "text/javascript"),
    ] {
        let response = app.get(path).await;
        assert_eq!(header(&response, "content-type"), kind, "{path}");
        assert_eq!(header(&response, "cache-control"), "no-cache", "{path}");
    }
}

#[tokio::test]
async fn files_compressed_at_build_time_are_sent_as_they_are() {
    let app = app().await;
    for (accepted, encoding, body) in [
        ("gzip, br", "br", "brotli js"),
        ("gzip", "gzip", "gzip js"),
        ("identity", "", "plain js"),
    ] {
        let request = app.request("/venti-0123456789abcdef.js");
        let response = request
            .header(header::ACCEPT_ENCODING, accepted)
            .send()
            .await
            .unwrap();
        assert_eq!(header(&response, "content-encoding"), encoding);
        assert_eq!(header(&response, "content-type"), "text/javascript");
        assert_eq!(response.text().await.unwrap(), body);
    }
}

#[tokio::test]
async fn a_file_of_an_older_build_is_missing_and_not_the_page() {
    let app = app().await;
    let response = app.get("/venti-fedcba9876543210.js").await;
    assert_eq!(response.status(), 404);
    let typed_in_the_address_bar = app
        .request("/dashboards/notes.txt")
        .header(header::ACCEPT, "text/html,application/xhtml+xml");
    assert_eq!(typed_in_the_address_bar.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn unknown_endpoints_are_errors_and_not_the_page() {
    let app = app().await;
    for path in [
        "/api",
        "/api/v1/nope",
        "/api/v2/",
        "/remote/nope",
        "/-/nope",
        "/auth/nope",
    ] {
        let (status, kind, text) = app.error(path).await;
        assert_eq!((status, kind.as_str()), (404, "not_found"), "{path}");
        assert_eq!(text, "there is no such endpoint");
    }
    for path in ["/api/v1/dashboards", "/dashboards/Node"] {
        let response = app.client.delete(app.url(path)).send().await.unwrap();
        assert_eq!(response.status(), 405, "{path}");
        assert!(
            response
                .text()
                .await
                .unwrap()
                .contains("DELETE is not possible here")
        );
    }
}

#[tokio::test]
async fn nothing_outside_of_the_directory_is_served() {
    let app = app().await;
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/snippets/..%2f..%2fsecret.txt",
        "//secret.txt",
        "/%00",
    ] {
        // A client would clean the path, so it is written by hand.
        let text = crate::support::app::raw_get(app.address, path).await;
        assert!(!text.contains("outside of dist"), "{path}: {text}");
    }
}

#[tokio::test]
async fn without_a_built_frontend_the_page_says_how_to_build_it() {
    let app = TestApp::start(&[("etc/datasources.yml", "datasources: []\n")]).await;
    let response = app.get("/dashboards/Node").await;
    assert_eq!(response.status(), 503);
    assert!(
        response
            .text()
            .await
            .unwrap()
            .contains("trunk build --release")
    );
    assert_eq!(app.get("/api/v1/dashboards").await.status(), 200);
}
