//! Sources of lines as the program's configuration names them.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::UdpSocket;
use std::path::Path;
use std::process::Output;

use lethe::ingest::forward::answer_heartbeats;
use tempfile::TempDir;

use super::client::{self, Client};
use super::server::{Program, files, read};
use crate::program::{program, text};
use crate::support::eventually;

/// 2009-11-10T22:59:00Z
const SECONDS: u32 = 1_257_893_940;

/// A directory with a configuration that keeps old lines.
pub(super) fn install(more: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("etc")).unwrap();
    let config = format!("web: {{listen_address: '127.0.0.1:0'}}\nretention: {{time: 0}}\n{more}");
    fs::write(root.path().join("etc/lethe.yaml"), config).unwrap();
    root
}

fn send(program: &Program, key: &str, user: (&str, &str)) -> Result<(), String> {
    let mut client = Client::connect_with_key(program.forward.unwrap(), key, user)?;
    let record = [("node", "n"), ("process", "p"), ("log", "x")];
    let message = client::message("x", SECONDS, &record, &[("chunk", "a")]);
    client.send(&message).unwrap();
    assert_eq!(client.acknowledged().unwrap(), "a");
    Ok(())
}

#[test]
fn forward_can_be_asked_for_by_an_argument_and_a_key_by_a_variable() {
    let root = install("");
    let mut command = program(root.path());
    command
        .arg("--forward=127.0.0.1:0")
        .env("LETHE_FORWARD_SHARED_KEY", "open sesame");
    let server = Program::start(command, true);
    assert!(send(&server, "wrong", ("", "")).is_err());
    send(&server, "open sesame", ("", "")).unwrap();
    let log = server.terminate();
    assert!(!log.contains("sesame"), "{log}");
    assert_eq!(
        files(&root.path().join("data/log")),
        ["node/n/2009-11-10_22.log"]
    );
}

#[test]
fn key_and_users_come_from_files() {
    let root = install(
        "forward: {listen_address: '127.0.0.1:0', shared_key_file: key, users_file: users}",
    );
    let start = || Program::start(program(root.path()), true);
    fs::write(root.path().join("key"), "open sesame\n").unwrap();
    fs::write(root.path().join("users"), "# senders\nana:a: b\n\n").unwrap();
    let server = start();
    assert!(send(&server, "open sesame", ("", "")).is_err());
    send(&server, "open sesame", ("ana", "a: b")).unwrap();
    server.terminate();

    let refused = |file: &str, content: &str| {
        fs::write(root.path().join(file), content).unwrap();
        let Output { status, stderr, .. } = program(root.path()).output().unwrap();
        assert_eq!(status.code(), Some(1));
        text(&stderr)
    };
    let told = refused("users", "t0p-s3cr3t\n");
    assert!(
        told.contains("line 1 has no `:`") && !told.contains("s3cr3t"),
        "{told}"
    );
    fs::write(root.path().join("users"), "").unwrap();
    let told = refused("key", "\n");
    assert!(
        told.contains("forward.shared_key_file: the file is empty"),
        "{told}"
    );
}

#[test]
fn files_are_followed_through_restarts() {
    let root = install("tail: [{path: 'var/*.log', node: n}]");
    fs::create_dir(root.path().join("var")).unwrap();
    let append = |line: &str| {
        let path = root.path().join("var/app.log");
        let mut options = OpenOptions::new();
        let mut file = options.append(true).create(true).open(path).unwrap();
        writeln!(file, "{line}").unwrap();
    };
    append("from before");
    let mut expected = Vec::new();
    for line in ["1", "2", "3"] {
        let server = Program::start(program(root.path()), false);
        if line == "1" {
            // From here on it knows the pattern.
            let positions = root.path().join("data/log/.ingest/files.json");
            eventually("positions", || positions.exists());
        }
        append(line);
        expected.push(format!("[n|app] {line}"));
        eventually("the line", || lines(root.path()).len() >= expected.len());
        server.terminate();
        assert_eq!(lines(root.path()), expected);
    }
}

/// Labels and messages of all lines; their times are of the clock.
fn lines(root: &Path) -> Vec<String> {
    let data = root.join("data/log");
    let names = files(&data);
    let hours = names.iter().filter(|it| it.starts_with("node/"));
    let text: String = hours.map(|it| read(&data, it)).collect();
    let label = |line: &str| {
        line.get("2009-11-10T22:59:00.000000Z".len()..)
            .unwrap()
            .to_owned()
    };
    text.lines().map(label).collect()
}

#[test]
fn a_heartbeat_is_answered() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0");
    let socket = runtime.block_on(socket).unwrap();
    let address = socket.local_addr().unwrap();
    runtime.spawn(answer_heartbeats(socket));
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    let patience = std::time::Duration::from_secs(60);
    sender.set_read_timeout(Some(patience)).unwrap();
    sender.send_to(&[0], address).unwrap();
    let mut answer = [1; 8];
    assert_eq!(sender.recv(&mut answer).unwrap(), 1);
    assert_eq!(answer[0], 0);
}
