//! The cases that describe the original, over its own test data: what it
//! answers, and where the answer here differs, with the reason. Rows are in
//! `spec_rows.tsv`, errors in `spec_errors.tsv`.
//!
//! Rows are compared in order of time, which is the order here; errors by
//! their text alone, since their status is 400 here and 500 there.

use std::fs;

use super::{fixture, support};

/// The columns of each line that is no comment.
fn table(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .filter(|it| !it.starts_with('#'))
        .map(|it| it.split('\t').collect())
        .collect()
}

/// `PB:1-3 PC:4,8-11` as single rows in order of time.
fn rows(text: &str) -> Vec<String> {
    let mut rows = Vec::new();
    for part in text.split_whitespace() {
        let (file, numbers) = part.split_once(':').unwrap();
        for range in numbers.split(',') {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            for number in first.parse::<u32>().unwrap()..=last.parse().unwrap() {
                rows.push(fixture::row(&format!("{file}:{number}")));
            }
        }
    }
    rows.sort_by(|a, b| a[..20].cmp(&b[..20]));
    rows
}

#[test]
fn rows_are_those_of_the_original() {
    let root = tempfile::tempdir().unwrap();
    fixture::write(root.path());
    for case in table(include_str!("spec_rows.tsv")) {
        let [number, range, query, original, here @ ..] = case.as_slice() else {
            panic!("a case has too few columns: {case:?}");
        };
        let url = match range.split_once(' ') {
            None => support::url("/api/v1/query", &[("query", query)]),
            Some(("-", "-")) => support::url("/api/v1/query_range", &[("query", query)]),
            Some((start, end)) => support::url(
                "/api/v1/query_range",
                &[("query", query), ("start", start), ("end", end)],
            ),
        };
        let reply = support::get(support::open(root.path()), &url);
        let expected = here.first().unwrap_or(original);
        assert_eq!(reply.status, 200, "case {number}: {}", reply.body);
        assert_eq!(reply.rows(), rows(expected), "case {number}: {query}");
    }
}

#[test]
fn errors_are_those_of_the_original() {
    let root = tempfile::tempdir().unwrap();
    fixture::write(root.path());
    for case in table(include_str!("spec_errors.tsv")) {
        let [number, query, original, here @ ..] = case.as_slice() else {
            panic!("a case has too few columns: {case:?}");
        };
        let url = support::url("/api/v1/query", &[("query", query)]);
        let reply = support::get(support::open(root.path()), &url);
        let expected = here.first().unwrap_or(original);
        if *expected == "answered" {
            assert_eq!(reply.status, 200, "case {number}: {query}");
            continue;
        }
        assert_eq!(reply.error(), **expected, "case {number}: {query}");
        assert_eq!(reply.status, 400, "case {number}: {query}");
    }
}

#[test]
fn names_that_tell_no_hour_are_passed_over() {
    let root = tempfile::tempdir().unwrap();
    fixture::write(root.path());
    fs::write(root.path().join("pod/namespace01/a.log"), "x\n").unwrap();
    let url = support::url(
        "/api/v1/query",
        &[("query", r#"pod{namespace="namespace01"}"#)],
    );
    let reply = support::get(support::open(root.path()), &url);
    assert_eq!(reply.rows(), rows("PC:4,11"));
}

#[test]
fn a_line_that_ends_with_its_labels_is_an_empty_message() {
    let root = tempfile::tempdir().unwrap();
    fixture::write(root.path());
    let path = root.path().join("pod/namespace01/2009-11-10_22.log");
    let text = fs::read_to_string(&path).unwrap() + "\n2009-11-10T22:59:30Z[a|b|c]\n";
    fs::write(&path, text).unwrap();
    let url = support::url(
        "/api/v1/query",
        &[("query", r#"pod{namespace="namespace01"}"#)],
    );
    let reply = support::get(support::open(root.path()), &url);
    assert_eq!(
        reply.rows().last().unwrap(),
        "2009-11-10T22:59:30Z [a|b|c] "
    );
}

#[test]
fn an_empty_data_directory_is_an_empty_answer() {
    let root = tempfile::tempdir().unwrap();
    let url = support::url(
        "/api/v1/query",
        &[("query", r#"pod{namespace="namespace01"}"#)],
    );
    for root in [root.path().to_owned(), root.path().join("missing")] {
        let reply = support::get(support::open(&root), &url);
        assert_eq!(
            reply.body,
            r#"{"data":{"result":[],"resultType":"logs"},"status":"success"}"#
        );
    }
}
