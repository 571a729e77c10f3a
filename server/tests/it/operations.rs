//! What operators rely on: request ids, the base path, reloads by request, status.

use serde_json::Value;
use venti_server::auth::TokenHash;

use crate::support::TestApp;
use crate::support::app::client;

#[tokio::test]
async fn every_answer_has_an_id_and_sane_ones_are_taken_over() {
    let app = TestApp::start(&[]).await;
    let id = async |given: Option<&str>| {
        let request = app.request("/-/healthy");
        let request = match given {
            Some(given) => request.header("x-request-id", given),
            None => request,
        };
        let answer = request.send().await.unwrap();
        answer.headers()["x-request-id"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(id(Some("from-the_ingress.1")).await, "from-the_ingress.1");
    let (one, other) = (id(None).await, id(None).await);
    assert_ne!(one, other);
    let long = "a".repeat(65);
    for strange in ["", "a b", "a\"b", "<a>", &long] {
        let id = id(Some(strange)).await;
        assert_ne!(id, strange);
        assert!(
            id.len() == 16 && id.bytes().all(|it| it.is_ascii_hexdigit()),
            "{id}"
        );
    }
}

#[tokio::test]
async fn a_reload_by_request_says_what_is_wrong() {
    let token = "venti_of-an-administrator";
    let hash = TokenHash::of(token);
    let users = format!("tokens:\n- {{name: ci, hash: '{hash}', isAdmin: true}}\n");
    let app = TestApp::start(&[
        ("etc/users.yml", &users),
        ("etc/dashboards/a.yml", "title: A\n"),
    ])
    .await;
    let reload = async || {
        let post = client().post(app.url("/-/reload")).bearer_auth(token);
        let answer = post.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(
        reload().await,
        (200, "The configuration is reloaded.\n".to_owned())
    );
    crate::support::app::write_files(app.dir(), &[("etc/dashboards/a.yml", "titel: A\n")]);
    let (status, body) = reload().await;
    assert_eq!(status, 422);
    assert!(
        body.contains("dashboards/a.yml:1:1: unknown key `titel`"),
        "{body}"
    );
    assert_eq!(app.get("/-/reload").await.status(), 405);
}

#[tokio::test]
async fn only_administrators_reload() {
    let app = TestApp::start(&[]).await;
    let answer = app.client.post(app.url("/-/reload")).send().await.unwrap();
    assert_eq!(answer.status(), 403);
    let text = answer.text().await.unwrap();
    assert!(text.contains("for administrators"), "{text}");
}

#[tokio::test]
async fn all_paths_answer_below_the_base_path_too() {
    let page = "<!doctype html><base href=\"/\"><title>Venti</title>";
    let app = TestApp::start(&[
        (
            "etc/venti.yml",
            "auth: anonymous\nbasePath: /tools/venti/\n",
        ),
        ("etc/dashboards/a.yml", "title: A\n"),
        ("dist/index.html", page),
        ("dist/logo.svg", "<svg/>"),
    ])
    .await;
    for base in ["/tools/venti", ""] {
        let text = async |path: &str| {
            app.get(&format!("{base}{path}"))
                .await
                .text()
                .await
                .unwrap()
        };
        assert_eq!(text("/-/healthy").await, "Venti is Healthy.\n");
        assert_eq!(text("/api/v1/dashboards").await, "[{\"title\":\"A\"}]");
        assert_eq!(text("/logo.svg").await, "<svg/>");
        for path in ["/", "/dashboards/A?from=now-5m"] {
            let page = text(path).await;
            assert!(page.contains("<base href=\"/tools/venti/\">"), "{page}");
        }
        let (status, error, _) = app.error(&format!("{base}/api/v1/nope")).await;
        assert_eq!((status, error.as_str()), (404, "not_found"));
    }
    let page = app.get("/tools/venti").await.text().await.unwrap();
    assert!(page.contains("Venti"), "{page}");
}

#[tokio::test]
async fn status_has_the_shape_of_prometheus() {
    let app = TestApp::start(&[]).await;
    let data = async |name: &str| {
        let (status, mut body) = app.json(&format!("/api/v1/status/{name}")).await;
        assert_eq!((status, &body["status"]), (200, &Value::from("success")));
        body["data"].take()
    };
    let build = data("buildinfo").await;
    assert_eq!(build["version"], env!("CARGO_PKG_VERSION"));
    for key in ["revision", "branch", "buildUser", "buildDate", "goVersion"] {
        assert!(build[key].is_string(), "{key}");
    }
    let runtime = data("runtimeinfo").await;
    assert_eq!(runtime["startTime"], "2023-11-14T22:13:20.250Z");
    assert_eq!(runtime["lastConfigTime"], "2023-11-14T22:13:20.250Z");
    assert_eq!(runtime["reloadConfigSuccess"], true);
    for key in [
        "CWD",
        "hostname",
        "serverTime",
        "GOGC",
        "GODEBUG",
        "storageRetention",
    ] {
        assert!(runtime[key].is_string(), "{key}");
    }
    for key in [
        "corruptionCount",
        "goroutineCount",
        "GOMAXPROCS",
        "GOMEMLIMIT",
    ] {
        assert!(runtime[key].is_u64(), "{key}");
    }
    assert_eq!(data("flags").await["listen"], "127.0.0.1:0");
}
