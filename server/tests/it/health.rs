//! How datasources are, and what they scrape.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::app::pass;
use crate::support::{FakeUpstream, TestApp};

/// Asks for the datasources until the health of the first one is as wanted.
async fn until(app: &TestApp, wanted: impl Fn(&Value) -> bool) -> Value {
    loop {
        let (_, body) = app.json("/api/v1/datasources").await;
        if wanted(&body[0]["health"]) {
            return body;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn each_is_looked_at_and_looked_at_again_when_the_configuration_changes() {
    let upstream = FakeUpstream::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let down = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let datasources = |first: &str| {
        format!(
            "datasources:
- {{name: p, type: prometheus, url: '{first}'}}
- {{name: l, type: lethe, path: '{{dir}}/log'}}
"
        )
    };
    let app = TestApp::start(&[("etc/datasources.yml", &datasources(&down))]).await;
    let _checking = app.look_after();
    let body = until(&app, |it| it["state"] == "down").await;
    assert_eq!(
        body[0]["health"],
        json!({
            "state": "down",
            "reason": format!("cannot be reached at {down}: connection refused"),
            "since": 1_700_000_000.25,
            "checked": 1_700_000_000.25,
        })
    );
    pass(Duration::from_secs(60));
    app.reload_with(&[("etc/datasources.yml", &datasources(&upstream.url))])
        .await;
    let body = until(&app, |it| it["state"] == "up").await;
    assert_eq!(
        body[0]["health"],
        json!({"state": "up", "since": 1_700_000_060.25, "checked": 1_700_000_060.25})
    );
    assert_eq!(body[1]["health"]["state"], "up");
    let metrics = app.get("/metrics").await.text().await.unwrap();
    assert!(
        metrics.contains(r#"venti_datasource_up{datasource="p"} 1"#),
        "{metrics}"
    );
    // One that is configured no more is not told of.
    let other = datasources(&upstream.url).replace("name: p", "name: q");
    app.reload_with(&[("etc/datasources.yml", &other)]).await;
    until(&app, |it| it["state"] == "up").await;
    let metrics = app.get("/metrics").await.text().await.unwrap();
    assert!(
        metrics.contains(r#"venti_datasource_up{datasource="q"} 1"#),
        "{metrics}"
    );
    assert!(
        !metrics.contains(r#"venti_datasource_up{datasource="p"}"#),
        "{metrics}"
    );
}

#[tokio::test]
async fn targets_are_texts_as_in_the_original() {
    let upstream = FakeUpstream::start().await;
    let datasources = format!(
        "datasources:
- {{name: up, type: prometheus, url: '{}'}}
- {{name: down, type: prometheus, url: 'http://127.0.0.1:1'}}
- {{name: logs, type: lethe, path: '{{dir}}/log'}}
",
        upstream.url
    );
    let app = TestApp::start(&[
        ("etc/datasources.yml", &datasources),
        ("log/node/n1/2023-11-14_22.log", ""),
    ])
    .await;
    let (status, body) = app.json("/api/v1/datasources/targets").await;
    assert_eq!(status, 200);
    let texts: Vec<Value> = body
        .as_array()
        .unwrap()
        .iter()
        .map(|it| serde_json::from_str(it.as_str().unwrap()).unwrap())
        .collect();
    assert_eq!(texts[0]["status"], "success");
    assert_eq!(texts[1]["errorType"], "unavailable");
    let node = "__meta_kubernetes_node_name";
    assert_eq!(
        texts[2]["data"]["activeTargets"][0]["discoveredLabels"][node],
        "n1"
    );
    let seen = &upstream.seen()[0];
    assert_eq!(
        (seen.path.as_str(), seen.parameters.as_str()),
        ("/api/v1/targets", "state=active")
    );

    let (_, one) = app.json("/api/v1/datasources/targets/logs").await;
    assert_eq!(one, body[2]);
    assert_eq!(app.error("/api/v1/datasources/targets/none").await.0, 404);
}
