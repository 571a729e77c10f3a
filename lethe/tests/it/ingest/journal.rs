//! Following the journal, with a `journalctl` that prints what the test wants.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::program::install;
use super::server::{Program, read};
use crate::program::program;
use crate::support::eventually;

const SCRIPT: &str = r#"#!/bin/sh
echo "$@" >> "${0%/*}/calls"
cat "${0%/*}/entries"
exec sleep 600
"#;

fn entry(cursor: &str, message: &str) -> String {
    format!(
        r#"{{"__CURSOR":"{cursor}","__REALTIME_TIMESTAMP":"1257893940500000","_HOSTNAME":"n","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"{message}"}}"#
    )
}

/// Starts the program, waits until its file has so many lines, and stops it.
fn run_until(root: &Path, n_lines: usize) -> String {
    let mut command = program(root);
    let path = env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", root.join("bin").display()));
    let server = Program::start(command, false);
    let file = "data/log/node/n/2009-11-10_22.log";
    let saved = "data/log/.ingest/journal.json";
    eventually("the lines of the journal", || {
        read(root, file).lines().count() == n_lines && !read(root, saved).is_empty()
    });
    server.terminate();
    read(root, file)
}

#[test]
fn the_journal_is_followed_from_where_it_was() {
    let root = install("journal: true");
    let bin = root.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let script = bin.join("journalctl");
    fs::write(&script, SCRIPT).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();

    let line = |message| format!("2009-11-10T22:59:00.500000Z[n|sshd] {message}\n");
    let entries = [entry("s=1", "a"), entry("s=2", r"b\nforged")].join("\n");
    fs::write(bin.join("entries"), format!("{entries}\n")).unwrap();
    let expected = [line("a"), line("b"), line("forged")].concat();
    assert_eq!(run_until(root.path(), 3), expected);
    fs::write(bin.join("entries"), entry("s=3", "c") + "\n").unwrap();
    assert_eq!(run_until(root.path(), 4), expected + &line("c"));

    let calls = fs::read_to_string(bin.join("calls")).unwrap();
    let calls: Vec<&str> = calls.lines().collect();
    assert!(calls[0].contains("--lines=0"), "{calls:?}");
    assert!(calls[1].contains("--after-cursor=s=2"), "{calls:?}");
}
