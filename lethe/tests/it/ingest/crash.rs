//! What a killed process, a full disk and torn lines leave behind.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread;

use lethe::letheql::LogType;
use lethe::search::lines::{parse_labels, parse_time};

use super::client::{self, Client, Record};
use super::program::install;
use super::server::{Program, read};
use crate::program::program;
use crate::support::rounds;

const FILE: &str = "data/log/pod/ns/2009-11-10_22.log";
const TAG: &str = "pod/ns/2009-11-10_22.log";
const LINES: usize = 50;

const FORWARD: &str = "forward: {listen_address: '127.0.0.1:0'}";

fn chunk(name: &str) -> Vec<u8> {
    let row = |n| format!("2009-11-10T22:59:00Z[ns|web|main] {name} {n}");
    let rows: Vec<String> = (0..LINES).map(row).collect();
    let records: Vec<[(&str, &str); 1]> = rows.iter().map(|it| [("row", it.as_str())]).collect();
    let records: Vec<Record<'_>> = records.iter().map(|it| &it[..]).collect();
    client::packed(TAG, &client::events(0, &records), &[("chunk", name)])
}

/// Sends chunks until the connection breaks, and tells of each that was
/// acknowledged.
fn send_until_broken(address: SocketAddr, round: usize, acknowledged: &mpsc::Sender<String>) {
    let mut client = Client::connect(address);
    for n in 0.. {
        if client.send(&chunk(&format!("{round}-{n}"))).is_err() {
            return;
        }
        // A few are always under way.
        if n >= 4 {
            match client.acknowledged() {
                Ok(name) => acknowledged.send(name).unwrap(),
                Err(_) => return,
            }
        }
    }
}

/// All messages of the file, each of whose lines is whole but for `n_torn`.
fn messages(root: &Path, n_torn: usize) -> HashSet<String> {
    let text = read(root, FILE);
    assert!(text.ends_with('\n'));
    let mut torn = 0;
    let mut messages = HashSet::new();
    for line in text.lines().map(str::as_bytes) {
        let parts = parse_time(line).and_then(|(_, open)| parse_labels(line, open, LogType::Pod));
        match parts {
            Ok(header) => {
                let message = String::from_utf8(header.message(line).to_vec()).unwrap();
                messages.insert(message);
            }
            Err(_) => torn += 1,
        }
    }
    assert!(torn <= n_torn, "{torn} torn lines");
    messages
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let all_rounds = rounds(5);
    let root = install(FORWARD);
    let mut acknowledged = Vec::new();
    for round in 0..all_rounds {
        let server = Program::start(program(root.path()), true);
        let address = server.forward.unwrap();
        let (tell, told) = mpsc::channel();
        let sender = thread::spawn(move || send_until_broken(address, round, &tell));
        // In mid-stream: the sender goes on while the server dies.
        acknowledged.extend(told.iter().take(10 * (round + 1)));
        server.kill();
        acknowledged.extend(told.iter());
        sender.join().unwrap();
        // A write that a power failure cut off.
        let mut file = OpenOptions::new()
            .append(true)
            .open(root.path().join(FILE))
            .unwrap();
        file.write_all(b"2009-11-10T22:5").unwrap();
    }
    let server = Program::start(program(root.path()), true);
    let mut client = Client::connect(server.forward.unwrap());
    client.send(&chunk("last")).unwrap();
    acknowledged.push(client.acknowledged().unwrap());
    server.terminate();

    // A torn line by us, and at most one by the killed process.
    let messages = messages(root.path(), 2 * all_rounds);
    assert!(acknowledged.len() > all_rounds * 10);
    for name in acknowledged {
        for n in 0..LINES {
            assert!(messages.contains(&format!("{name} {n}")), "{name} {n}");
        }
    }
}

#[test]
fn sigterm_drains() {
    let root = install(FORWARD);
    let server = Program::start(program(root.path()), true);
    let mut client = Client::connect(server.forward.unwrap());
    for n in 0..40 {
        client.send(&chunk(&format!("{n}"))).unwrap();
    }
    let first = client.acknowledged().unwrap();
    server.terminate();
    let mut acknowledged = vec![first];
    while let Ok(name) = client.acknowledged() {
        acknowledged.push(name);
    }
    let messages = messages(root.path(), 0);
    // What was read was acknowledged, and nothing else is there.
    assert_eq!(messages.len(), acknowledged.len() * LINES);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let root = install("push: true");
    // No file may grow beyond 64 blocks: the write that would is cut off there,
    // as on a disk that is full.
    let mut limited = program(root.path());
    let path = limited.get_program().to_owned();
    let mut command = Command::new("sh");
    command
        .current_dir(root.path())
        .args(["-c", r#"trap "" XFSZ; ulimit -f 64; exec "$0""#])
        .arg(path);
    limited = command;
    let server = Program::start(limited, false);
    let body = |node: &str, n: usize| {
        let line = |part| {
            format!(
                r#"{{"time":"2009-11-10T22:59:00Z","node":"{node}","process":"p","log":"{n} {part} {}"}}"#,
                "x".repeat(300)
            )
        };
        (0..10).map(line).collect::<Vec<_>>().join("\n")
    };
    let mut n_written = 0;
    let refused = loop {
        match server.post("/api/v1/push", &body("full", n_written)) {
            (200, _) => n_written += 1,
            refused => break refused,
        }
        assert!(n_written < 1_000, "the disk is never full");
    };
    assert_eq!(refused.0, 503);
    assert!(refused.1.contains("cannot be written"), "{}", refused.1);
    // Nothing of the refused lines is left, however often they are sent.
    let full = "data/log/node/full/2009-11-10_22.log";
    let before = read(root.path(), full);
    assert_eq!(before.lines().count(), n_written * 10);
    assert_eq!(server.post("/api/v1/push", &body("full", n_written)).0, 503);
    assert_eq!(read(root.path(), full), before);
    // Other files are as well as before.
    assert_eq!(server.post("/api/v1/push", &body("other", 0)).0, 200);
    let log = server.terminate();
    assert!(log.contains("lines cannot be written"), "{log}");

    // With room again, it goes on.
    let server = Program::start(program(root.path()), false);
    assert_eq!(server.post("/api/v1/push", &body("full", n_written)).0, 200);
    server.terminate();
    let lines = read(root.path(), full);
    assert_eq!(lines.lines().count(), (n_written + 1) * 10);
    assert!(
        lines
            .lines()
            .all(|it| it.starts_with("2009-11-10T22:59:00.000000Z[full|p] "))
    );
}

#[test]
fn lines_are_pushed_only_where_that_is_asked_for() {
    let root = install("");
    let server = Program::start(program(root.path()), false);
    assert_eq!(server.post("/api/v1/push", "{}").0, 404);
    server.terminate();
}
