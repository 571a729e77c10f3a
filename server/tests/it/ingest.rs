//! A Lethe inside the server that takes in lines and looks after its files.

use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};

use serde_json::Value;
use tokio::task::JoinHandle;
use venti_server::auth::TokenHash;
use venti_server::datasource::logs;

use crate::support::TestApp;

const TOKEN: &str = "venti_cGxlYXNlLWRvLW5vdC11c2UtdGhpcw";

/// A port that nobody listens at.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

fn datasources(more: &str) -> String {
    format!("datasources:\n- {{name: logs, type: lethe, path: '{{dir}}/log'{more}}}\n")
}

/// A server whose logs are kept going, over a datasource with these keys more.
async fn start(more: &str) -> (TestApp, JoinHandle<()>) {
    let hash = TokenHash::of(TOKEN);
    let app = TestApp::start(&[
        ("etc/datasources.yml", &datasources(more)),
        (
            "etc/users.yml",
            &format!("tokens:\n- {{name: sender, hash: '{hash}', isAdmin: true}}\n"),
        ),
    ])
    .await;
    let kept = tokio::spawn(logs::run(app.app.clone()));
    (app, kept)
}

/// Sends one row over Fluent Forward, in message mode; false when nobody takes it.
fn send(address: SocketAddr, message: &str) -> bool {
    let (tag, row) = (
        "pod/shop/2023-11-14_22.log",
        format!("2023-11-14T22:13:00Z[shop|web-1|nginx] {message}"),
    );
    let mut bytes = vec![0x93, 0xa0 | tag.len() as u8];
    bytes.extend(tag.as_bytes());
    bytes.push(0xce);
    bytes.extend(1_700_000_000_u32.to_be_bytes());
    bytes.extend([0x81, 0xa3]);
    bytes.extend(b"row");
    bytes.extend([0xd9, row.len() as u8]);
    bytes.extend(row.as_bytes());
    let connection = TcpStream::connect(address);
    connection.is_ok_and(|mut it| it.write_all(&bytes).is_ok())
}

/// The messages that the server finds.
async fn messages(app: &TestApp) -> Vec<Value> {
    let query = "query=pod{namespace=\"shop\"}&start=1699999200&end=1700000000&logFormat=json";
    let (status, body) = app
        .json(&format!("/remote/query_range?dsName=logs&{query}"))
        .await;
    assert_eq!(status, 200, "{body}");
    let rows = body["data"]["result"].as_array().unwrap().iter();
    rows.map(|it| it["log"].clone()).collect()
}

#[tokio::test]
async fn lines_come_over_forward_until_the_file_says_otherwise() {
    let (first, second) = (free_address(), free_address());
    let (app, kept) = start(&format!(", forward: {{listenAddress: '{first}'}}")).await;
    app.until(async || send(first, "one")).await;
    app.until(async || messages(&app).await.contains(&"one".into()))
        .await;

    // What has nothing to do with it leaves it alone, connections included.
    app.reload_with(&[("etc/dashboards/a.yml", "title: A\n")])
        .await;
    assert!(send(first, "two"));
    app.until(async || messages(&app).await.contains(&"two".into()))
        .await;

    let moved = datasources(&format!(", forward: {{listenAddress: '{second}'}}"));
    app.reload_with(&[("etc/datasources.yml", &moved)]).await;
    app.until(async || send(second, "three")).await;
    app.until(async || messages(&app).await.contains(&"three".into()))
        .await;
    assert!(!send(first, "four"));

    app.reload_with(&[("etc/datasources.yml", "datasources: []\n")])
        .await;
    app.until(async || !send(second, "five")).await;

    let mut app = app;
    app.stop();
    kept.await.unwrap();
}

#[tokio::test]
async fn lines_are_pushed_by_administrators_to_those_that_take_them() {
    let (app, _kept) = start(", push: true").await;
    let line = r#"{"time":"2023-11-14T22:13:00Z","log":"hello","kubernetes":{"namespace_name":"shop","pod_name":"web-1","container_name":"nginx"}}"#;
    let push = |path: &str| app.client.post(app.url(path)).body(line);
    let path = "/api/v1/push?dsName=logs";
    assert_eq!(push(path).send().await.unwrap().status(), 403);
    let push = async |path: &str| {
        let answer = push(path).bearer_auth(TOKEN).send().await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.bytes().await.unwrap();
        (status, serde_json::from_slice::<Value>(&body).unwrap())
    };
    app.until(async || push(path).await.0 == 200).await;
    let (_, outcome) = push(path).await;
    assert_eq!(outcome["data"]["written"], 1, "{outcome}");
    assert_eq!(messages(&app).await, ["hello", "hello"]);

    app.reload_with(&[("etc/datasources.yml", &datasources(""))])
        .await;
    let (status, refused) = push(path).await;
    assert_eq!(status, 404);
    assert_eq!(
        refused["error"],
        "the datasource `logs` takes no lines: it needs a `path` and `push: true`"
    );
}

#[tokio::test]
async fn hours_are_packed_some_time_after_their_end() {
    let (app, _kept) = start("").await;
    let directory = app.dir().join("log/pod/shop");
    fs::create_dir_all(&directory).unwrap();
    let line = "2023-11-14T20:00:00Z[shop|web-1|nginx] some words\n";
    let file = directory.join("2023-11-14_20.log");
    fs::write(&file, line.repeat(1_000)).unwrap();
    let packing = datasources(", compressAfter: 1h");
    app.reload_with(&[("etc/datasources.yml", &packing)]).await;
    app.until(async || directory.join("2023-11-14_20.log.zst").exists() && !file.exists())
        .await;
}
