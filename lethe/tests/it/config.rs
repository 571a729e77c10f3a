//! `lethe.yaml`: what files mean, and what is said about those that mean nothing.

use std::fs;
use std::time::Duration;

use lethe::config::{Config, Fault, Sources};
use proptest::prelude::*;
use serde_json::Value;

use super::support::golden_lines;

fn parse(text: &str) -> Result<(Config, Vec<Fault>), Fault> {
    Config::parse("lethe.yaml", text)
}

fn refusal(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn every_key_is_read() {
    let text = "
query: {limit: 10, timeout: 1m30s}
retention: {size: 7g, time: 1d12h, size_strategy: file, rotation_interval: 1m}
storage: {log_data_path: /data/log}
web: {listen_address: '[::1]:80', gin_mode: debug}
";
    let (config, warnings) = parse(text).unwrap();
    assert_eq!(warnings, []);
    assert_eq!(config.limit, 10);
    assert_eq!(config.timeout, Duration::from_secs(90));
    assert_eq!(config.retention_size, 7 << 30);
    assert_eq!(config.retention_time, Duration::from_secs(36 * 3600));
    assert_eq!(config.rotation_interval, Duration::from_secs(60));
    assert_eq!(config.log_data_path.to_str(), Some("/data/log"));
    assert_eq!(config.listen_address.to_string(), "[::1]:80");
}

#[test]
fn unknown_keys_warn_with_their_line() {
    let text = "storage:\n  driver: filesystem\n  log_data_path: x\nextra: [1, {a: b}]\nquery: {limits: 3}";
    let (config, warnings) = parse(text).unwrap();
    assert_eq!(config.log_data_path.to_str(), Some("x"));
    let warnings: Vec<String> = warnings.iter().map(Fault::to_string).collect();
    assert_eq!(
        warnings,
        [
            "lethe.yaml:2:3: unknown key `storage.driver` has no effect",
            "lethe.yaml:4:1: unknown key `extra` has no effect",
            "lethe.yaml:5:9: unknown key `query.limits` has no effect",
        ]
    );
}

#[test]
fn refusals_say_where_and_what_to_do() {
    for (text, message) in [
        (
            "query:\n  timeout: 20\n",
            "lethe.yaml:2:12: query.timeout: `20` has no unit: write `20s` for seconds",
        ),
        (
            "retention: {size: -1B}",
            "lethe.yaml:1:19: retention.size: `-1B` is negative: write `0` for no bound",
        ),
        (
            "query:\n  limit: 3\n  Limit: 4\n",
            "lethe.yaml:3:10: duplicate key `query.limit`",
        ),
        ("query: 5", "lethe.yaml:1:8: expected keys with values"),
        (
            "retention:\n  size: [1]\n",
            "lethe.yaml:2:9: expected a text",
        ),
    ] {
        assert_eq!(refusal(text), message);
    }
}

#[test]
fn a_file_is_found_where_the_original_looks() {
    let root = tempfile::tempdir().unwrap();
    let work = root.path().join("work");
    fs::create_dir_all(work.join("etc")).unwrap();
    fs::create_dir(root.path().join("etc")).unwrap();
    assert_eq!(Config::find(&work), None);
    let beside = work.join("../etc/lethe.yaml");
    fs::write(&beside, "query: {limit: 7}").unwrap();
    assert_eq!(Config::find(&work), Some(beside.clone()));
    let below = work.join("etc/lethe");
    fs::write(&below, "").unwrap();
    assert_eq!(Config::find(&work), Some(below));
    assert_eq!(Config::load(&beside).unwrap().0.limit, 7);
}

#[test]
fn files_that_cannot_be_read_say_so() {
    let root = tempfile::tempdir().unwrap();
    let missing = Config::load(&root.path().join("none.yaml")).unwrap_err();
    assert!(
        missing
            .to_string()
            .contains("none.yaml: the file cannot be read")
    );
    let broken = root.path().join("broken.yaml");
    fs::write(&broken, b"query: \xff").unwrap();
    assert!(Config::load(&broken).is_err());
}

/// Records with another outcome here, and why. All are refused here; the
/// original started with a value that nobody wrote.
const REFUSED_HERE: [(&str, &str); 9] = [
    ("limit/1e3", "a number of rows is a whole number"),
    ("limit/abc", "was 0"),
    ("limit/true", "was 1"),
    ("limit/010", "was 8"),
    ("timeout/\"20\"", "was 20 nanoseconds"),
    ("timeout/\"\"", "was 0: no query succeeded"),
    ("timeout/-5s", "was negative: no query succeeded"),
    ("timeout/0", "was 0: no query succeeded"),
    ("timeout/\"1m 30s\"", "was 0: no query succeeded"),
];

/// Records of files that are good here and fail later or were read otherwise.
const OTHERWISE_HERE: [(&str, &str); 2] = [
    ("interval/1d", "a day; was 0, a busy loop"),
    ("name/cwd", "the file given here is not looked for there"),
];

#[test]
fn golden_records_are_equal_but_for_the_deviations() {
    let Some(records) = golden_lines("config.jsonl.gz") else {
        return;
    };
    let mut n_refused = 0;
    for record in &records {
        let id = record["id"].as_str().unwrap();
        let is_loaded = record.get("loaded").is_some_and(Value::is_object);
        // The original looks at these values when it starts to use them.
        let is_late = ["gin_mode/bogus", "listen/", "path/empty"]
            .iter()
            .any(|it| id.starts_with(it));
        let is_refused_here = REFUSED_HERE.iter().any(|(it, _)| *it == id);
        n_refused += usize::from(is_refused_here);
        if OTHERWISE_HERE.iter().any(|(it, _)| *it == id) {
            continue;
        }
        let outcome = parse(record["text"].as_str().unwrap());
        if !is_loaded || is_late || is_refused_here {
            assert!(outcome.is_err(), "{id}: {outcome:?}");
            continue;
        }
        let (config, _) = outcome.unwrap_or_else(|fault| panic!("{id}: {fault}"));
        let loaded = |key: &str| record["loaded"][key].as_str().unwrap().to_owned();
        assert_eq!(config.limit.to_string(), loaded("query_limit"), "{id}");
        assert_eq!(go(config.timeout), loaded("query_timeout"), "{id}");
        assert_eq!(
            config.retention_size.to_string(),
            loaded("retention_size"),
            "{id}"
        );
        assert_eq!(go(config.retention_time), loaded("retention_time"), "{id}");
        assert_eq!(
            go(config.rotation_interval),
            loaded("rotation_interval"),
            "{id}"
        );
        assert_eq!(
            config.log_data_path.to_str(),
            Some(loaded("log_data_path").as_str()),
            "{id}"
        );
        assert_eq!(
            config.listen_address.to_string(),
            loaded("listen_address"),
            "{id}"
        );
    }
    assert_eq!(n_refused, REFUSED_HERE.len());
}

#[test]
fn a_rotation_interval_may_be_a_day() {
    let (config, _) = parse("retention: {rotation_interval: 1d}").unwrap();
    assert_eq!(config.rotation_interval, Duration::from_secs(86_400));
}

/// A length of time as Go prints it.
fn go(time: Duration) -> String {
    let (seconds, millis) = (time.as_secs(), time.subsec_millis());
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match seconds {
        0 if millis > 0 => format!("{millis}ms"),
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{minutes}m{}s", seconds % 60),
        _ => format!("{hours}h{minutes}m{}s", seconds % 60),
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(?s).{0,80}") {
        let _ = parse(&text);
    }

    #[test]
    fn any_value_is_read_or_refused(
        key in "(query|retention|web)\\.(limit|timeout|size|time|listen_address)",
        value in "[-+0-9a-zA-Z.:_ ]{0,12}",
    ) {
        let _ = parse(&format!("{key}: {value}"));
    }
}

#[test]
fn sources_of_lines_are_off_until_they_are_named() {
    assert_eq!(parse("").unwrap().0.sources, Sources::default());
    let text = "
forward: {listen_address: ':24224', shared_key_file: key, users_file: users}
push: true
journal: TRUE
";
    let error = refusal(text);
    assert!(
        error.starts_with("lethe.yaml:4:10: journal: `TRUE`"),
        "{error}"
    );
    let text = text.replace("TRUE", "true")
        + "tail:\n  - {path: /var/log/*.log}\n  - {Path: a.log, node: n, process: p, extra: 1}\n";
    let (config, warnings) = parse(&text).unwrap();
    let warnings: Vec<String> = warnings.iter().map(Fault::to_string).collect();
    assert_eq!(
        warnings,
        ["lethe.yaml:7:40: unknown key `tail[1].extra` has no effect"]
    );
    let Sources {
        forward_address,
        forward_shared_key_file,
        forward_users_file,
        push,
        journal,
        tail,
    } = config.sources;
    assert_eq!(forward_address.unwrap().to_string(), ":24224");
    assert_eq!(forward_shared_key_file.unwrap().to_str(), Some("key"));
    assert_eq!(forward_users_file.unwrap().to_str(), Some("users"));
    assert!(push && journal);
    let tail: Vec<_> = tail
        .iter()
        .map(|it| (it.path.as_str(), it.node.as_deref(), it.process.as_deref()))
        .collect();
    assert_eq!(
        tail,
        [
            ("/var/log/*.log", None, None),
            ("a.log", Some("n"), Some("p"))
        ]
    );
}

#[test]
fn faulty_sources_are_refused() {
    for (text, message) in [
        (
            "push: 1",
            "lethe.yaml:1:7: push: `1` is neither `true` nor `false`",
        ),
        (
            "tail: [{node: n}]",
            "lethe.yaml: tail[0]: `path` is missing: name files to follow",
        ),
        (
            "tail: [{path: a***b}]",
            "lethe.yaml:1:15: tail[0].path: `a***b`: Pattern syntax error near position 3: \
             wildcards are either regular `*` or recursive `**`",
        ),
        ("tail: {path: x}", "lethe.yaml:1:7: expected a list"),
        (
            "tail: [{path: x, path: y}]",
            "lethe.yaml:1:18: duplicate key `path`",
        ),
        (
            "forward: {listen_address: '24224'}",
            "lethe.yaml:1:27: forward.listen_address: `24224` has no port: \
             write `host:port`, or `:6060` for every address",
        ),
    ] {
        assert_eq!(refusal(text), message);
    }
}
