//! A real VictoriaMetrics as a datasource of type `prometheus`.

use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use venti_local::{find, port};

use crate::support::TestApp;

/// A running VictoriaMetrics on loopback; it ends with this value.
struct VictoriaMetrics {
    url: String,
    process: Child,
    _data: tempfile::TempDir,
}

impl VictoriaMetrics {
    async fn start(client: &reqwest::Client) -> Self {
        let program = find::program(&["victoria-metrics"])
            .expect("install the Debian package victoria-metrics");
        let data = tempfile::tempdir().unwrap();
        let reserved = port::any().unwrap();
        let address = format!("127.0.0.1:{}", reserved.port());
        drop(reserved);
        let process = Command::new(program)
            .arg("-storageDataPath")
            .arg(data.path())
            .args([
                "-httpListenAddr",
                &address,
                "-search.latencyOffset=0s",
                "-retentionPeriod=100y",
            ])
            .args(["-memory.allowedBytes=64MB"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let url = format!("http://{address}");
        let running = Self {
            url,
            process,
            _data: data,
        };
        while client
            .get(format!("{}/health", running.url))
            .send()
            .await
            .is_err()
        {}
        running
    }
}

impl Drop for VictoriaMetrics {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn victoriametrics_is_asked_like_a_prometheus() {
    let client = crate::support::app::client();
    let database = VictoriaMetrics::start(&client).await;
    let app = TestApp::with_prometheus(&database.url).await;
    let time = "1699999990";
    let imported = client
        .post(format!("{}/api/v1/import/prometheus", database.url))
        .body(format!("shop_orders{{city=\"Seoul\"}} 7 {time}000\n"))
        .send()
        .await
        .unwrap();
    assert!(imported.status().is_success());

    let ask = async |path: &str| -> Value {
        let separator = if path.contains('?') { '&' } else { '?' };
        let (status, body) = app
            .json(&format!("/remote/{path}{separator}dsType=prometheus"))
            .await;
        assert_eq!(status, 200, "{path}: {body}");
        body["data"].clone()
    };
    // What was written can be searched a moment later.
    let query = format!("query?query=shop_orders&time={time}");
    loop {
        let _ = client
            .get(format!("{}/internal/force_flush", database.url))
            .send()
            .await;
        let direct = client
            .get(format!("{}/api/v1/{query}", database.url))
            .send()
            .await
            .unwrap();
        let direct: Value = serde_json::from_slice(&direct.bytes().await.unwrap()).unwrap();
        if direct["data"]["result"]
            .as_array()
            .is_some_and(|it| !it.is_empty())
        {
            break;
        }
    }
    let expected = json!({"metric": {"__name__": "shop_orders", "city": "Seoul"}, "value": [1_699_999_990, "7"]});
    assert_eq!(ask(&query).await["result"], json!([expected]));
    let range = "query_range?query=shop_orders&start=1699999990&end=1699999990&step=10";
    assert_eq!(ask(range).await["resultType"], "matrix");
    let times = "start=1699999000&end=1700000000";
    assert_eq!(
        ask(&format!("label/city/values?{times}")).await,
        json!(["Seoul"])
    );
    assert_eq!(
        ask(&format!("series?match[]=shop_orders&{times}")).await,
        json!([{"__name__": "shop_orders", "city": "Seoul"}])
    );
    assert_eq!(
        app.error("/remote/query?dsType=prometheus&query=up%7B")
            .await
            .0,
        422
    );
    assert_eq!(
        app.get("/remote/healthy?dsType=prometheus").await.status(),
        200
    );
}
