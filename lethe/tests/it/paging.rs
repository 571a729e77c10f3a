//! Pages, one behind the other, and the lines around a line.

use std::fs;
use std::path::Path;

use lethe::{Lethe, Options};
use proptest::prelude::*;
use serde_json::Value;

use super::fixture;
use super::support::{Reply, get, open, row_text, url};

/// 2009-11-10T21:00:00Z
const START: &str = "1257886800";
/// 2009-11-11T00:00:00Z
const END: &str = "1257897600";

fn ask(root: &Path, path: &str, params: &[(&str, &str)]) -> Reply {
    let range = [("start", START), ("end", END)];
    let reply = get(
        Lethe::open(Options::new(root)),
        &url(path, &[&range, params].concat()),
    );
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply
}

fn texts(answer: &Value) -> Vec<String> {
    let rows = answer["data"]["result"].as_array().unwrap();
    rows.iter().map(row_text).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn pages_are_all_rows_once(
        // Few different times, so that most rows share theirs with others.
        seconds in prop::collection::vec((0usize..3, 0u8..4), 0..40),
        limit in 1usize..12,
        is_forward in any::<bool>(),
    ) {
        let root = tempfile::tempdir().unwrap();
        for (number, (file, second)) in seconds.iter().enumerate() {
            let directory = root.path().join(["pod/ns", "pod/ns-a", "pod/other"][*file]);
            fs::create_dir_all(&directory).unwrap();
            let path = directory.join("2009-11-10_22.log");
            let text = fs::read_to_string(&path).unwrap_or_default();
            let line = format!("2009-11-10T22:00:0{second}Z[ns|p|c] {number}\n");
            fs::write(path, text + &line).unwrap();
        }
        let query = r#"pod{namespace=~".+"}"#;
        let all = texts(&ask(root.path(), "/api/v1/query_range", &[("query", query)]).json());
        prop_assert_eq!(all.len(), seconds.len());

        let direction = if is_forward { "forward" } else { "backward" };
        let limit = limit.to_string();
        let mut found = Vec::new();
        let mut cursor = String::new();
        loop {
            let params = [
                ("query", query),
                ("direction", direction),
                ("limit", &limit),
                ("cursor", &cursor),
            ];
            let page = ask(root.path(), "/api/v1/query_range", &params).json();
            let rows = texts(&page);
            let place = if is_forward { found.len() } else { 0 };
            found.splice(place..place, rows);
            match page["data"]["next"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        prop_assert_eq!(found, all);
    }
}

#[test]
fn a_line_is_shown_with_what_stands_around_it() {
    let root = tempfile::tempdir().unwrap();
    fixture::write(root.path());
    let pods = r#"pod{namespace="namespace01"}"#;
    let params = [
        ("query", r#"pod{namespace="namespace01"} |= "lorem from""#),
        ("cursors", "true"),
    ];
    let found = ask(root.path(), "/api/v1/query_range", &params).json();
    let cursor = found["data"]["result"][0]["cursor"].as_str().unwrap();
    assert_eq!(
        cursor,
        "1257893880.000000000:735:pod/namespace01/2009-11-10_22.log"
    );
    let around = |limit: &str| {
        let params = [("query", pods), ("cursor", cursor), ("limit", limit)];
        ask(root.path(), "/api/v1/context", &params)
    };
    let three = around("1");
    let row = |name: &str| fixture::row(name);
    assert_eq!(three.rows(), [row("PC:8"), row("PC:9"), row("PC:10")]);
    assert_eq!(three.warnings(), [] as [&str; 0]);
    assert_eq!(around("100").rows().len(), 14);
}

#[test]
fn a_page_goes_on_where_its_file_was_removed() {
    let root = tempfile::tempdir().unwrap();
    fixture::write(root.path());
    let page = |cursor: &str, direction: &str| {
        let params = [
            ("query", r#"pod{namespace=~".+"}"#),
            ("cursor", cursor),
            ("direction", direction),
        ];
        ask(root.path(), "/api/v1/query_range", &params)
            .rows()
            .len()
    };
    // All 12 rows of the other namespace have the time of the cursor, and the
    // name of their file lies behind its own.
    let cursor = "1257893880.000000000:0:pod/namespace01/2009-11-10_23.log";
    assert_eq!(page(cursor, "forward"), 12 + 2);
    assert_eq!(page(cursor, "backward"), 3 + 9);
}

#[test]
fn bad_parameters_are_refused() {
    let root = tempfile::tempdir().unwrap();
    for (path, name, value) in [
        ("/api/v1/query_range", "direction", "up"),
        ("/api/v1/query_range", "cursor", "1:2"),
        ("/api/v1/query_range", "cursors", "yes"),
        ("/api/v1/context", "cursor", ""),
    ] {
        let params = [("query", r#"pod{namespace="ns"}"#), (name, value)];
        let reply = get(open(root.path()), &url(path, &params));
        assert_eq!(reply.status, 400, "{path} {name}={value}");
    }
}
