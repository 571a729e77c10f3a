//! The program itself between a browser and a real Prometheus, started as users start it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use axum::http::header;
use reqwest::{Client, Response};
use serde_json::Value;
use venti_local::{Part, Running, Stack};

use crate::support::app::{client, write_files};

struct Both {
    client: Client,
    server: String,
    prometheus: String,
}

/// What of two answers must be equal.
type Answer = (u16, String, Vec<u8>);

impl Both {
    /// Asks the server and Prometheus the same.
    async fn ask(&self, server_path: &str, prometheus_path: &str) -> (Answer, Answer) {
        let get = async |url: String| answer(self.client.get(url).send().await.unwrap()).await;
        (
            get(format!("{}{server_path}", self.server)).await,
            get(format!("{}{prometheus_path}", self.prometheus)).await,
        )
    }

    async fn assert_same(&self, path: &str) -> Answer {
        let separator = if path.contains('?') { '&' } else { '?' };
        let mut last = None;
        for prefix in ["/api/v1/remote", "/remote"] {
            let choice = format!("{prefix}{path}{separator}dsType=prometheus");
            let own = if path == "/healthy" {
                "/-/healthy".to_owned()
            } else {
                format!("/api/v1{path}")
            };
            let (through, direct) = self.ask(&choice, &own).await;
            assert_eq!(through, direct, "{choice}");
            last = Some(through);
        }
        last.unwrap()
    }

    /// The number of series that a query gives now.
    async fn count(&self, query: &str) -> usize {
        let path = format!(
            "{}/remote/query?dsType=prometheus&query={query}",
            self.server
        );
        let bytes = self
            .client
            .get(path)
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        body["data"]["result"].as_array().map_or(0, Vec::len)
    }
}

async fn answer(response: Response) -> Answer {
    let status = response.status().as_u16();
    let kind = response.headers()[header::CONTENT_TYPE]
        .to_str()
        .unwrap()
        .to_owned();
    (status, kind, response.bytes().await.unwrap().to_vec())
}

fn start(dir: &Path) -> Running {
    write_files(
        dir,
        &[
            ("etc/venti.yml", "logLevel: debug\n"),
            ("etc/dashboards/a.yml", "title: A\n"),
        ],
    );
    fs::create_dir(dir.join("dist")).unwrap();
    let server = env!("CARGO_BIN_EXE_venti-server");
    let stack = Stack::new(dir.join("data"), dir.join("etc"), server, dir.join("dist"));
    let running = stack
        .scrape_interval(Duration::from_secs(1))
        .start()
        .unwrap();
    let missing = running.missing();
    assert!(
        !missing.contains(&Part::Prometheus),
        "install the Debian package prometheus"
    );
    running
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_prometheus_answers_through_the_server_as_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let running = tokio::task::block_in_place(|| start(dir.path()));
    let both = Both {
        client: client(),
        server: running.url(Part::Server),
        prometheus: running.url(Part::Prometheus),
    };

    assert_eq!(both.assert_same("/healthy").await.0, 200);
    assert_eq!(
        both.assert_same("/query?query=vector(1)&time=1700000000")
            .await
            .0,
        200
    );
    let range = "/query_range?query=vector(time())&start=1700000000&end=1700003600&step=15.5";
    assert_eq!(both.assert_same(range).await.0, 200);
    assert_eq!(both.assert_same("/query?query=up%7B").await.0, 400);
    assert_eq!(
        both.assert_same("/query_range?query=up&start=2&end=1&step=1")
            .await
            .0,
        400
    );
    for path in [
        "/series?match[]=nothing&match[]=nothing_else",
        "/labels?match[]=nothing",
        "/label/nothing/values",
        "/rules?type=alert",
        "/alerts",
        "/format_query?query=sum(up)by(job)",
        "/metadata?metric=nothing",
    ] {
        assert_eq!(both.assert_same(path).await.0, 200, "{path}");
    }
    assert_eq!(both.assert_same("/series").await.0, 400);
    let ambiguous = "/query?query=(vector(1)+or+label_replace(vector(1),%22a%22,%22b%22,%22%22,%22%22))*on()(vector(1)+or+label_replace(vector(1),%22a%22,%22b%22,%22%22,%22%22))";
    assert_eq!(both.assert_same(ambiguous).await.0, 422);

    // Prometheus scrapes every second, the server too.
    while both.count("venti_build_info").await == 0 {}
    assert_eq!(
        both.count("process_resident_memory_bytes%7Bjob%3D%22venti%22%7D")
            .await,
        1
    );

    tokio::task::block_in_place(|| running.stop(Part::Prometheus));
    let query = format!("{}/remote/query?dsType=prometheus&query=up", both.server);
    assert_eq!(both.client.get(query).send().await.unwrap().status(), 502);
    tokio::task::block_in_place(|| running.start(Part::Prometheus)).unwrap();
    assert_eq!(both.assert_same("/healthy").await.0, 200);
}
