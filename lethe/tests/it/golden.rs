//! The recorded answers of the original, over the corpora they were recorded
//! from. Both lie beside the repository, in `../shared/golden/lethe`; without
//! them, or without Python to write the corpora, the test says that it skips.
//!
//! Every record is equal, or stands in `golden_deviations.tsv` with what is
//! answered here instead and why. Equal means: of rows, the same ones, and as
//! many bytes in the answer; of errors, the same text (the status is 400 or
//! 503 here, always 500 there); of everything else, the same status and body.
//! Rows are compared without their order, which is by time here.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use lethe::{Lethe, Options};
use serde_json::Value;

use super::support::{Reply, golden_directory, golden_lines, request, row_text, test_clock, url};

/// Records that are not about the API: a server's own limits on requests, and
/// a limit that cannot be configured here.
fn is_out_of_scope(record: &Value) -> bool {
    let ids = ["http/no-host", "http/url-over-1m", "http/not-http"];
    ids.contains(&text(record, "id")) || text(record, "config") == "limit-1"
}

#[test]
fn records_are_equal_but_for_the_deviations() {
    let golden = golden_directory();
    let corpora = tempfile::tempdir().unwrap();
    let Some(records) = records(&golden, corpora.path()) else {
        eprintln!("skipped: needs {}, python3 and gzip", golden.display());
        return;
    };
    let mut deviations: BTreeMap<&str, &str> = include_str!("golden_deviations.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut columns = line.split('\t');
            (columns.next().unwrap(), columns.next().unwrap())
        })
        .collect();
    let mut faults = Vec::new();
    for record in records.iter().filter(|it| !is_out_of_scope(it)) {
        let id = text(record, "id");
        let reply = replay(record, corpora.path());
        let here = outcome(&reply);
        match deviations.remove(id) {
            Some(expected) if here.short() != expected => {
                faults.push(format!("{id}\t{}", here.short()));
            }
            None if !is_equal(record, &reply) => faults.push(format!("{id}\t{}", here.short())),
            _ => {}
        }
    }
    faults.extend(deviations.keys().map(|id| format!("{id}\tis no record")));
    assert!(
        faults.is_empty(),
        "{} differ:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// The records, once the corpora have been written.
fn records(golden: &Path, corpora: &Path) -> Option<Vec<Value>> {
    let script = golden.join("make_corpus.py");
    Command::new("python3")
        .arg(script)
        .arg(corpora)
        .status()
        .ok()
        .filter(|it| it.success())?;
    golden_lines("requests.jsonl.gz")
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn replay(record: &Value, corpora: &Path) -> Reply {
    let ask = &record["request"];
    let target = match (ask.get("raw_target"), ask.get("raw_query")) {
        (Some(target), _) => target.as_str().unwrap().to_owned(),
        (None, Some(query)) => format!("{}?{}", text(ask, "path"), query.as_str().unwrap()),
        (None, None) => {
            let params = ask["params"].as_object().unwrap();
            let params: Vec<(&str, &str)> = params
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
                .collect();
            url(text(ask, "path"), &params)
        }
    };
    let mut options = Options::new(corpora.join(text(record, "corpus")));
    match text(record, "config") {
        "limit0" => options.limit = 0,
        "limit1" => options.limit = 1,
        "limit10" => options.limit = 10,
        config if config.starts_with("timeout") => options.timeout = Duration::ZERO,
        _ => {}
    }
    let mut lethe = Lethe::open(options);
    if text(record, "clock") == "pinned" {
        lethe = lethe.with_clock(Arc::new(test_clock));
    }
    let built = Request::builder()
        .method(text(ask, "method"))
        .uri(target)
        .body(Body::empty());
    request(lethe, built.unwrap())
}

/// What a client sees, without the order of rows.
#[derive(PartialEq, Eq)]
enum Outcome {
    Rows(Vec<String>),
    Series(usize),
    Error(String),
    Other(u16, String),
}

impl Outcome {
    /// In a few words, for the table.
    fn short(&self) -> String {
        match self {
            Outcome::Rows(rows) => format!("rows {}", rows.len()),
            Outcome::Series(count) => format!("series {count}"),
            Outcome::Error(error) => format!("error {}", error.replace('\n', "\\n")),
            Outcome::Other(status, _) => format!("status {status}"),
        }
    }
}

fn outcome_of(status: u16, body: &Value) -> Outcome {
    if let Some(rows) = body["data"]["result"].as_array() {
        if body["data"]["resultType"] != "logs" {
            return Outcome::Series(rows.len());
        }
        let mut rows: Vec<String> = rows.iter().map(row_text).collect();
        rows.sort();
        return Outcome::Rows(rows);
    }
    match body["error"].as_str() {
        Some(error) => Outcome::Error(error.to_owned()),
        None => Outcome::Other(status, body.to_string()),
    }
}

fn outcome(reply: &Reply) -> Outcome {
    let body = serde_json::from_str(&reply.body);
    outcome_of(
        reply.status,
        &body.unwrap_or_else(|_| Value::String(reply.body.clone())),
    )
}

fn is_equal(record: &Value, reply: &Reply) -> bool {
    let status = record["status"].as_u64().unwrap_or_default();
    let there = outcome_of(u16::try_from(status).unwrap(), &record["body"]);
    // The order of rows does not change the number of bytes; warnings do.
    let is_plain = record["body"].get("warnings").is_none() && status == 200;
    let has_notices = reply.body.contains(r#""warnings":["#);
    let is_as_long = record["raw_len"]
        .as_u64()
        .is_none_or(|it| it == reply.body.len() as u64);
    outcome(reply) == there
        && (!is_plain || has_notices || is_as_long)
        && (status != 200 || record["content_type"].as_str() == Some(&reply.content_type))
}
