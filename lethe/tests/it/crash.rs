//! The program, killed again and again while it packs and rotates.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::support::{get, rounds, url};

/// How often the program is killed, each time in another of three moments.
fn all_rounds() -> usize {
    rounds(3).min(20)
}

/// Lines of an hour, which make more than a mebibyte.
const LINES: usize = 9_000;

/// Hours of a day, each with its own lines.
fn plant(root: &Path, hours: std::ops::Range<usize>, n_lines: usize) {
    let directory = root.join("data/log/pod/ns");
    fs::create_dir_all(&directory).unwrap();
    for hour in hours {
        let line = |number: usize| {
            let filler = "some words that fill the line, ".repeat(3);
            format!("2009-11-10T{hour:02}:30:00Z[ns|p|c] line {hour}-{number} {filler}\n")
        };
        let text: String = (0..n_lines).map(line).collect();
        fs::write(directory.join(format!("2009-11-10_{hour:02}.log")), text).unwrap();
    }
}

/// How many lines a query finds in each hour.
fn counts(root: &Path) -> BTreeMap<String, String> {
    let lethe = super::support::open(&root.join("data/log"));
    let reply = get(
        lethe,
        &url(
            "/api/v1/query_range",
            &[
                ("query", "sum(count_over_time(pod{namespace=\"ns\"}[1h]))"),
                ("start", "2009-11-10T01:00:00Z"),
                ("end", "2009-11-11T00:00:00Z"),
                ("step", "1h"),
            ],
        ),
    );
    let json = reply.json();
    assert!(reply.warnings().is_empty(), "{:?}", reply.warnings());
    let values = json["data"]["result"][0]["values"].as_array().cloned();
    let value = |it: serde_json::Value| (it[0].to_string(), it[1].as_str().unwrap().to_owned());
    values.unwrap_or_default().into_iter().map(value).collect()
}

fn start(root: &Path, config: &str) -> Child {
    fs::create_dir_all(root.join("etc")).unwrap();
    let config = format!(
        "web: {{listen_address: '127.0.0.1:0'}}\nretention: {{rotation_interval: 100ms, {config}\n"
    );
    fs::write(root.join("etc/lethe.yaml"), config).unwrap();
    Command::new(env!("CARGO_BIN_EXE_lethe"))
        .current_dir(root)
        .env_remove("LETHE_CONFIG")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills the program as soon as it is so, with the signal that it cannot handle.
fn kill_when(mut child: Child, mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        assert!(
            child.try_wait().unwrap().is_none(),
            "the program ended by itself"
        );
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

fn names(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root.join("data/log/pod/ns")).unwrap();
    let name = |it: std::io::Result<fs::DirEntry>| it.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}

#[test]
fn packing_loses_and_doubles_nothing_when_it_is_killed() {
    let root = tempfile::tempdir().unwrap();
    let config = "time: '0'}\nstorage: {compress_after: 1h}";
    for round in 0..all_rounds() {
        // What was packed before is there again, as if its removal had been lost.
        plant(root.path(), round..round + 2, LINES);
        let found = counts(root.path());
        assert_eq!(found.len(), round + 2);
        assert!(
            found.values().all(|it| *it == LINES.to_string()),
            "{found:?}"
        );
        let newest = format!("2009-11-10_{:02}.log.zst", round + 1);
        let hidden = format!(".{newest}");
        kill_when(start(root.path(), config), || {
            let names = names(root.path());
            match round % 3 {
                0 => names.iter().any(|it| it.starts_with('.') || *it == newest),
                1 => names.contains(&hidden) || names.contains(&newest),
                _ => names.contains(&newest),
            }
        });
        assert_eq!(counts(root.path()), found, "round {round}");
    }
    kill_when(start(root.path(), config), || {
        let names = names(root.path());
        names.len() == all_rounds() + 1
            && names
                .iter()
                .all(|it| it.ends_with(".log.zst") && !it.starts_with('.'))
    });
    let found = counts(root.path());
    assert_eq!(found.len(), all_rounds() + 1);
    assert!(
        found.values().all(|it| *it == LINES.to_string()),
        "{found:?}"
    );
}

#[test]
fn rotation_deletes_whole_hours_from_the_oldest_when_it_is_killed() {
    let root = tempfile::tempdir().unwrap();
    for round in 0..all_rounds() {
        plant(root.path(), 0..24, 10);
        let all = names(root.path());
        let config = "size: 1KB, time: '0'}";
        kill_when(start(root.path(), config), || {
            names(root.path()).len() < all.len()
        });
        let left = names(root.path());
        assert!(all.ends_with(&left), "round {round}: {left:?}");
        assert!(counts(root.path()).values().all(|it| *it == "10"));
    }
}
