//! Logs from files through the Lethe inside the server.

use axum::http::header;
use serde_json::json;

use crate::support::TestApp;

const DATASOURCES: (&str, &str) = (
    "etc/datasources.yml",
    "datasources:\n- {name: logs, type: lethe, path: '{dir}/log'}\n",
);

async fn app() -> TestApp {
    TestApp::start(&[
        DATASOURCES,
        (
            "log/pod/shop/2023-11-14_22.log",
            "2023-11-14T22:00:00.000000Z[shop|web-1|nginx] an hour begins
2023-11-14T22:13:00.000000Z[shop|web-1|nginx] <b>hello</b>
2023-11-14T22:13:10.000000Z[shop|web-2|nginx] bye
",
        ),
        (
            "log/node/n1/2023-11-14_22.log",
            "2023-11-14T22:13:05.000000Z[n1|kubelet] started\n",
        ),
    ])
    .await
}

#[tokio::test]
async fn lines_of_files_are_answered() {
    let app = app().await;
    let path = "/remote/query_range?dsType=lethe&start=1699999200&end=1700000000&logFormat=json";
    let (status, body) = app
        .json(&format!(
            "{path}&query=pod{{namespace=\"shop\"}} |= \"hello\""
        ))
        .await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["data"]["resultType"], "logs");
    assert_eq!(
        body["data"]["result"],
        json!([{
            "time": "2023-11-14T22:13:00.000000Z",
            "namespace": "shop",
            "pod": "web-1",
            "container": "nginx",
            "log": "<b>hello</b>",
        }])
    );
    let (_, body) = app
        .json(&format!("{path}&limit=1&query=pod{{namespace=~\".*\"}}"))
        .await;
    assert_eq!(body["data"]["result"].as_array().unwrap().len(), 1);
    let (_, body) = app.json(&format!("{path}&query=node{{node=\"n1\"}}")).await;
    assert_eq!(body["data"]["result"][0]["process"], "kubelet");
}

#[tokio::test]
async fn now_is_the_servers() {
    let (status, body) = app()
        .await
        .json("/remote/query?dsName=logs&query=pod{namespace=~\".*\"}")
        .await;
    assert_eq!(status, 200, "{body}");
    let lines: Vec<_> = body["data"]["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["log"])
        .collect();
    assert_eq!(lines, ["<b>hello</b>", "bye"]);
}

#[tokio::test]
async fn wrong_queries_are_errors_in_its_own_words() {
    let (status, _, text) = app()
        .await
        .error("/remote/query?dsType=lethe&query=pod{")
        .await;
    assert!((400..500).contains(&status), "{status} {text}");
    assert!(!text.is_empty());
}

#[tokio::test]
async fn a_form_is_answered_too() {
    let app = app().await;
    let request = app
        .client
        .post(app.url("/remote/query?dsType=lethe"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body("query=node%7Bnode%3D%22n1%22%7D");
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_query_too_long_for_a_url_is_refused() {
    let app = app().await;
    let request = app
        .client
        .post(app.url("/remote/query?dsType=lethe"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(format!("query={}", "x".repeat(100_000)));
    assert_eq!(request.send().await.unwrap().status(), 413);
}

#[tokio::test]
async fn it_is_well_and_lists_its_targets_and_shows_no_path() {
    let app = app().await;
    let health = app.get("/remote/healthy?dsType=lethe").await;
    assert_eq!(health.status(), 200);
    assert!(health.text().await.unwrap().contains(" is Healthy."));
    assert_eq!(app.get("/remote/metadata?dsType=lethe").await.status(), 200);
    let (_, body) = app.json("/api/v1/datasources").await;
    assert_eq!(
        body,
        json!([{"type": "lethe", "name": "logs", "url": "", "isMain": true}])
    );
}

#[tokio::test]
async fn a_directory_that_does_not_exist_yet_is_empty() {
    let app = TestApp::start(&[DATASOURCES]).await;
    let (status, body) = app
        .json("/remote/query?dsType=lethe&query=pod{namespace=~\".*\"}")
        .await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["data"]["result"], json!([]));
}
