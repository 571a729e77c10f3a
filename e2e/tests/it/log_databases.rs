//! The logs are in a VictoriaLogs. No real one takes part: a fake answers in its shape.

use std::fs::OpenOptions;
use std::io::Write;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use venti_e2e::pages::LogsPage;
use venti_e2e::{fresh_stack, journey_on};

use crate::support::configuration;

/// The minute that has the lines.
const VIEW: &str = "from=1700000000&to=1700000060";

const LINES: &str = r#"{"_time":"2023-11-14T22:13:21Z","_msg":"first","kubernetes.pod_name":"web-1","kubernetes.namespace_name":"shop"}
{"_time":"2023-11-14T22:13:22Z","_msg":"<b>second</b>","kubernetes.pod_name":"web-1","kubernetes.namespace_name":"shop"}
"#;

const HITS: &str = r#"{"hits":[{"fields":{"level":"error"},"timestamps":["2023-11-14T22:13:20Z"],"values":[2],"total":2}]}"#;

async fn serve(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream));
    }
}

async fn answer(stream: TcpStream) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while stream.read_line(&mut head).await? > "\r\n".len() {}
    let body = match head.split(['?', ' ']).nth(1) {
        Some("/select/logsql/query") => LINES,
        Some("/select/logsql/hits") => HITS,
        _ => "{}",
    };
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes()).await
}

#[tokio::test]
async fn lines_of_victorialogs_are_lines() -> anyhow::Result<()> {
    let database = TcpListener::bind("127.0.0.1:0").await?;
    let source = format!(
        "- {{name: vl, type: victorialogs, url: 'http://{}'}}\n",
        database.local_addr()?
    );
    let serving = tokio::spawn(serve(database));
    let etc = configuration(&[("a.yml", "title: A\n")])?;
    let stack = fresh_stack("log-databases", etc.path())?;
    let datasources = stack.etc().join("datasources.yml");
    let mut datasources = OpenOptions::new().append(true).open(datasources)?;
    datasources.write_all(source.as_bytes())?;
    stack.stop(venti_local::Part::Server);
    stack.start(venti_local::Part::Server)?;
    journey_on(&stack, "log-databases", async |browser| {
        let page = LogsPage::open(browser, VIEW).await?;
        page.write("node{node=\"none\"}").await?;
        page.press_enter().await?;
        page.shows("nothing is found", |it| {
            it.state.as_deref() == Some("empty")
        })
        .await?;
        page.choose_source("vl (victorialogs)").await?;
        // A query in another language is none.
        page.shows("the query is gone", |it| it.query.is_empty())
            .await?;
        let advice = page.advice().await?.unwrap_or_default();
        assert!(advice.contains("LogsQL"), "{advice}");
        assert!(browser.location().await?.contains("source=vl"));
        browser.screenshot("logs-victorialogs-start").await?;

        page.write("_msg:*").await?;
        page.press_enter().await?;
        let shown = page.shows("its lines are shown", |it| it.rows.len() == 2);
        let shown = shown.await?;
        let texts: Vec<_> = shown.rows.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(texts, ["first", "<b>second</b>"]);
        assert_eq!(shown.fault, "", "only the database can tell");
        page.open_line("first").await?;
        page.press("Context").await?;
        venti_e2e::eventually("the lines round it are there", async || {
            let (lines, _) = page.context().await?;
            Ok((lines == ["first", "<b>second</b>"]).then_some(()))
        })
        .await?;
        browser.screenshot("logs-victorialogs").await
    })
    .await?;
    serving.abort();
    Ok(())
}
