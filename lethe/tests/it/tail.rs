//! Lines as they are written: each one once, whole, and soon.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use futures_util::StreamExt;
use lethe::letheql::LogQuery;
use lethe::search::TimeRange;
use lethe::{Answer, Page, Tail, http};
use proptest::prelude::*;
use serde_json::Value;
use tower::ServiceExt;

use super::support::{open, row_text, test_clock, url};

const QUERY: &str = r#"node{node="n"} |= "wanted""#;

fn append(root: &Path, hour: &str, bytes: &[u8]) {
    let directory = root.join("node/n");
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join(format!("2009-11-10_{hour}.log"));
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .unwrap();
    file.write_all(bytes).unwrap();
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(future)
}

fn messages(answer: &Answer) -> Vec<String> {
    let text = |it: &[u8]| String::from_utf8_lossy(it).into_owned();
    answer.rows.iter().map(|it| text(it.message())).collect()
}

async fn start(root: &Path) -> (Tail, Answer) {
    let query = LogQuery::parse(QUERY).unwrap();
    let range = TimeRange {
        start: "2009-11-10T00:00:00Z"
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap()
            .into(),
        end: test_clock().into(),
    };
    let page = Page::newest(range, None);
    Tail::start(Arc::new(open(root)), query, page)
        .await
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_line_comes_once_and_whole(
        lines in prop::collection::vec((any::<bool>(), 0usize..40, 0u8..60), 1..30),
        cuts in prop::collection::vec(0usize..2_000, 0..12),
    ) {
        let mut text = String::new();
        let mut expected = Vec::new();
        for (number, (is_wanted, length, second)) in lines.iter().enumerate() {
            let word = if *is_wanted { "wanted" } else { "other" };
            let message = format!("{word} {number} {}", "x".repeat(*length));
            text.push_str(&format!("2009-11-10T22:00:{second:02}Z[n|p] {message}\n"));
            if *is_wanted {
                expected.push(message);
            }
        }
        let mut cuts: Vec<usize> = cuts.into_iter().map(|it| it.min(text.len())).collect();
        cuts.push(text.len());
        cuts.sort_unstable();

        let root = tempfile::tempdir().unwrap();
        let mut found = block_on(async {
            let mut from = 0;
            let mut tail: Option<Tail> = None;
            let mut found = Vec::new();
            for cut in cuts {
                append(root.path(), "22", &text.as_bytes()[from..cut]);
                from = cut;
                match &mut tail {
                    Some(tail) => found.extend(messages(&tail.next().await.unwrap())),
                    None => {
                        let (started, first) = start(root.path()).await;
                        found.extend(messages(&first));
                        tail = Some(started);
                    }
                }
            }
            found
        });
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn new_and_late_files_are_followed() {
    let root = tempfile::tempdir().unwrap();
    append(root.path(), "22", b"2009-11-10T22:00:00Z[n|p] wanted 1\n");
    block_on(async {
        let (mut tail, first) = start(root.path()).await;
        assert_eq!(messages(&first), ["wanted 1"]);
        append(root.path(), "23", b"2009-11-10T23:00:01Z[n|p] wanted 2\n");
        append(root.path(), "21", b"2009-11-10T21:00:01Z[n|p] wanted 3\n");
        let next = tail.next().await.unwrap();
        assert_eq!(messages(&next), ["wanted 3", "wanted 2"]);
        assert!(tail.next().await.unwrap().rows.is_empty());
        let path = root.path().join("node/n/2009-11-10_22.log");
        fs::write(path, "2009-11-10T22:00:02Z[n|p] wanted\n").unwrap();
        assert_eq!(messages(&tail.next().await.unwrap()), ["wanted"]);
    });
}

#[test]
fn a_reader_that_is_behind_is_told_so() {
    let root = tempfile::tempdir().unwrap();
    block_on(async {
        let (mut tail, _) = start(root.path()).await;
        let line = format!("2009-11-10T22:00:00Z[n|p] wanted {}\n", "x".repeat(100_000));
        append(root.path(), "22", line.repeat(100).as_bytes());
        append(
            root.path(),
            "22",
            b"2009-11-10T22:00:01Z[n|p] wanted last\n",
        );
        let next = tail.next().await.unwrap();
        assert_eq!(messages(&next).last().unwrap(), "wanted last");
        assert_eq!(
            next.warnings,
            ["more lines were written than can be followed, some are left out"]
        );
    });
}

#[test]
fn events_are_answers() {
    let root = tempfile::tempdir().unwrap();
    append(root.path(), "22", b"2009-11-10T22:30:00Z[n|p] wanted 1\n");
    let path = url("/api/v1/tail", &[("query", QUERY), ("cursors", "true")]);
    block_on(async {
        let router = http::router(Arc::new(open(root.path())));
        let request = Request::get(&path).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut events = response.into_body().into_data_stream();
        for message in ["wanted 1", "wanted 2"] {
            let event = events.next().await.unwrap().unwrap();
            let event = std::str::from_utf8(&event).unwrap();
            let data = event.strip_prefix("data: ").unwrap().trim_end();
            let answer: Value = serde_json::from_str(data).unwrap();
            let row = row_text(&answer["data"]["result"][0]);
            assert!(row.ends_with(message), "{row}");
            assert!(answer["data"]["result"][0]["cursor"].is_string());
            append(root.path(), "22", b"2009-11-10T22:30:01Z[n|p] wanted 2\n");
        }
    });
}

#[test]
fn a_bad_query_is_no_stream() {
    let root = tempfile::tempdir().unwrap();
    let reply = super::support::get(open(root.path()), &url("/api/v1/tail", &[("query", "pod")]));
    assert_eq!(reply.status, 400);
    assert!(reply.content_type.starts_with("application/json"));
}
