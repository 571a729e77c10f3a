//! Configuration that changes while the server runs: what is good is used, what is not costs
//! nothing that worked.

use serde_json::Value;

use crate::support::{FakeUpstream, TestApp, one_prometheus};

const NO_DATASOURCES: (&str, &str) = ("etc/datasources.yml", "datasources: []\n");

async fn titles(app: &TestApp) -> Vec<Value> {
    let (_, body) = app.json("/api/v1/dashboards").await;
    let dashboards = body.as_array().unwrap().iter();
    dashboards.map(|it| it["title"].clone()).collect()
}

/// What the server tells about its configuration: file and message of each fault.
async fn faults(app: &TestApp) -> Vec<String> {
    let (_, body) = app.json("/api/v1/status/config").await;
    let faults = body["data"]["faults"].as_array().unwrap().iter();
    faults
        .map(|it| format!("{} {}", it["file"], it["message"]))
        .collect()
}

#[tokio::test]
async fn files_are_added_changed_and_removed() {
    let app = TestApp::start(&[NO_DATASOURCES, ("etc/dashboards/a.yml", "title: A\n")]).await;
    app.reload_with(&[
        ("etc/dashboards/a.yml", "title: A, changed\n"),
        ("etc/dashboards/b.yml", "title: B\n"),
    ])
    .await;
    assert_eq!(titles(&app).await, ["A, changed", "B"]);
    std::fs::remove_file(app.dir().join("etc/dashboards/a.yml")).unwrap();
    app.reload_with(&[]).await;
    assert_eq!(titles(&app).await, ["B"]);
    assert_eq!(faults(&app).await, [""; 0]);
}

#[tokio::test]
async fn a_file_that_breaks_keeps_its_last_good_version_and_the_others_change() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::start(&[
        ("etc/datasources.yml", &one_prometheus(&upstream.url)),
        ("etc/dashboards/a.yml", "title: A\n"),
        ("etc/dashboards/b.yml", "title: B\n"),
    ])
    .await;
    // Twice, since the version before the fault is not the one before this load.
    for _ in 0..2 {
        app.reload_with(&[
            ("etc/datasources.yml", "datasources: {}\n"),
            ("etc/dashboards/a.yml", "titel: A\n"),
            ("etc/dashboards/b.yml", "title: B, changed\n"),
            ("etc/dashboards/c.yml", "titel: C\n"),
        ])
        .await;
        assert_eq!(titles(&app).await, ["A", "B, changed"]);
        let files: Vec<String> = faults(&app).await;
        let files: Vec<&str> = files.iter().filter_map(|it| it.split(' ').next()).collect();
        assert_eq!(
            files,
            [
                "\"dashboards/a.yml\"",
                "\"dashboards/c.yml\"",
                "\"datasources.yml\""
            ]
        );
        let answer = app.get("/remote/query?dsName=prometheus&query=up").await;
        assert_eq!(answer.status(), 200);
    }
    app.reload_with(&[
        ("etc/datasources.yml", "datasources: []\n"),
        ("etc/dashboards/a.yml", "title: A, mended\n"),
        ("etc/dashboards/c.yml", "title: C\n"),
    ])
    .await;
    assert_eq!(titles(&app).await, ["A, mended", "B, changed", "C"]);
    assert_eq!(faults(&app).await, [""; 0]);
    let (status, ..) = app.error("/remote/query?dsName=prometheus&query=up").await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn what_is_gone_altogether_changes_nothing() {
    let app = TestApp::start(&[NO_DATASOURCES, ("etc/dashboards/a.yml", "title: A\n")]).await;
    std::fs::remove_file(app.dir().join("etc/datasources.yml")).unwrap();
    app.reload_with(&[]).await;
    assert_eq!(app.app.live().datasources.iter().count(), 0);
    std::fs::remove_dir_all(app.dir().join("etc")).unwrap();
    app.reload_with(&[]).await;
    assert_eq!(titles(&app).await, ["A"]);
    assert_eq!(faults(&app).await.len(), 1);
    let anybody = ("etc/venti.yml", "auth: anonymous\n");
    app.reload_with(&[
        anybody,
        NO_DATASOURCES,
        ("etc/dashboards/b.yml", "title: B\n"),
    ])
    .await;
    assert_eq!(titles(&app).await, ["B"]);
    assert_eq!(faults(&app).await, [""; 0]);
}

#[tokio::test]
async fn a_new_file_with_a_fault_is_as_good_as_none() {
    let app = TestApp::start(&[("etc/dashboards/a.yml", "title: A\n")]).await;
    app.reload_with(&[
        ("etc/datasources.yml", "datasources: {}\n"),
        ("etc/dashboards/a.yml", "title: A, changed\n"),
    ])
    .await;
    assert_eq!(titles(&app).await, ["A, changed"]);
    let (_, body) = app.json("/api/v1/datasources").await;
    assert_eq!(body[0]["name"], "lethe");
}

#[tokio::test]
async fn the_time_of_the_last_load_without_an_error_is_told() {
    let app = TestApp::start(&[NO_DATASOURCES, ("etc/dashboards/a.yml", "titel: A\n")]).await;
    let last = async || app.json("/api/v1/status/config").await.1["data"]["lastSuccess"].clone();
    assert_eq!(last().await, Value::Null);
    app.reload_with(&[("etc/dashboards/a.yml", "title: A\n")])
        .await;
    assert_eq!(last().await, 1_700_000_000.25);
    app.reload_with(&[("etc/dashboards/a.yml", "titel: A\n")])
        .await;
    assert_eq!(last().await, 1_700_000_000.25);
    let metrics = app.get("/metrics").await.text().await.unwrap();
    for line in [
        "venti_config_loads_total 3",
        "venti_config_last_reload_successful 0",
        "venti_config_last_reload_success_timestamp_seconds 1700000000.25",
    ] {
        assert!(metrics.contains(line), "{line} is missing in\n{metrics}");
    }
}
