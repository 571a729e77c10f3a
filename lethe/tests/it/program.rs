//! The program `lethe`, run as a process of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// A directory with a configuration and two lines, one of them hostile.
pub(crate) fn install(config: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("etc")).unwrap();
    fs::write(root.path().join("etc/lethe.yaml"), config).unwrap();
    let target = root.path().join("data/log/pod/ns");
    fs::create_dir_all(&target).unwrap();
    let lines = "2009-11-10T22:59:00Z[ns|web|main] first\n\
                 2009-11-10T22:59:01Z[ns|web|main] \x1b[2Jsecond\n";
    fs::write(target.join("2009-11-10_22.log"), lines).unwrap();
    root
}

/// A process that does not outlive a failed test.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and need not be.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn program(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lethe"));
    command
        .current_dir(directory)
        .env_remove("LETHE_CONFIG")
        .env_remove("RUST_LOG")
        .stdin(Stdio::null());
    command
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    program(directory).args(arguments).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_configuration_is_checked() {
    let good = install("storage: {driver: filesystem}");
    let output = run(good.path(), &["check"]);
    assert!(output.status.success());
    let told = text(&output.stderr);
    assert!(
        told.contains("etc/lethe.yaml:1:11: unknown key `storage.driver`"),
        "{told}"
    );
    assert!(told.contains("the configuration can be used"), "{told}");
    let bad = install("query:\n  timeout: 20\n");
    let output = run(bad.path(), &["check"]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(
        told.contains("etc/lethe.yaml:2:12: query.timeout"),
        "{told}"
    );
}

#[test]
fn a_query_prints_lines_that_do_not_steer_the_terminal() {
    let root = install("");
    let range = [
        "--from",
        "2009-11-10T22:00:00Z",
        "--to",
        "2009-11-10T23:00:00Z",
    ];
    let output = run(
        root.path(),
        &[&["query", "pod{namespace=\"ns\"}"][..], &range].concat(),
    );
    assert_eq!(
        text(&output.stdout),
        "2009-11-10T22:59:00Z[ns|web|main] first\n\
         2009-11-10T22:59:01Z[ns|web|main] \\u{1b}[2Jsecond\n"
    );
    let output = run(
        root.path(),
        &[
            &["query", "pod{namespace=\"ns\"}", "--limit", "1"][..],
            &range,
        ]
        .concat(),
    );
    assert_eq!(text(&output.stdout).lines().count(), 1);
    let output = run(root.path(), &["query", "pod{"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("parse error"));
}

#[test]
fn a_query_that_counts_prints_numbers() {
    let root = install("");
    let query = "sum by (pod) (count_over_time(pod{namespace=\"ns\"}[1h]))";
    let range = [
        "query",
        query,
        "--from",
        "2009-11-10T22:00:00Z",
        "--to",
        "2009-11-10T23:00:00Z",
    ];
    let printed = |more: &[&str]| {
        let output = run(root.path(), &[&range[..], more].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    assert_eq!(printed(&[]), "2009-11-10T23:00:00Z {pod=\"web\"} 2\n");
    assert_eq!(
        printed(&["--step", "30m"]),
        "2009-11-10T23:00:00Z {pod=\"web\"} 2\n"
    );
    assert_eq!(
        printed(&["--json"]),
        "{\"data\":{\"result\":[{\"metric\":{\"pod\":\"web\"},\"value\":[1257894000,\"2\"]}],\
         \"resultType\":\"vector\"},\"status\":\"success\"}\n"
    );
    let output = run(root.path(), &[&range[..], &["--step", "0s"]].concat());
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn it_serves_and_rotates_until_it_is_asked_to_stop() {
    let root =
        install("web: {listen_address: '127.0.0.1:0'}\nretention: {rotation_interval: 100ms}");
    let child = program(root.path()).stderr(Stdio::piped()).spawn();
    let mut running = Running(child.unwrap());
    let child = &mut running.0;
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut address = None;
    let (mut is_announced, mut is_rotated) = (false, false);
    while address.is_none() || !is_rotated {
        let line = log.next().expect("the program serves").unwrap();
        if line.contains("2009-11-10_22.log") {
            is_announced |= line.contains("are deleted in 100ms");
            is_rotated |= line.contains("INFO");
        }
        if let Some((_, it)) = line.split_once("listening address=") {
            address = Some(it.to_owned());
        }
    }
    assert!(is_announced, "what goes first is said before");
    assert!(
        !root
            .path()
            .join("data/log/pod/ns/2009-11-10_22.log")
            .exists()
    );
    let mut connection = TcpStream::connect(address.unwrap()).unwrap();
    connection
        .write_all(b"GET /-/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn lines_are_printed_as_they_are_written() {
    use lethe::letheql::LogQuery;
    use lethe::program::{Printed, Question};
    use lethe::search::TimeRange;

    let root = install("");
    let data = root.path().join("data/log");
    let lethe = std::sync::Arc::new(crate::support::open(&data));
    let now = lethe.now();
    let question = Question {
        range: TimeRange {
            start: (now - chrono::TimeDelta::hours(1)).into(),
            end: now.into(),
        },
        limit: Some(1),
        step_millis: None,
        json: false,
    };
    let query = LogQuery::parse("pod{namespace=\"ns\"}").unwrap();
    let mut shown = Vec::new();
    let show = |printed: &Printed| {
        shown.push(text(&printed.text));
        if shown.len() == 2 {
            return Err(anyhow::anyhow!("enough"));
        }
        let path = data.join("pod/ns/2009-11-10_22.log");
        let mut file = fs::OpenOptions::new().append(true).open(path)?;
        file.write_all(b"2009-11-10T22:59:02Z[ns|web|main] third\n")?;
        Ok(())
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ended = runtime.block_on(question.follow(lethe, query, show));
    assert_eq!(ended.unwrap_err().to_string(), "enough");
    assert_eq!(
        shown,
        [
            "2009-11-10T22:59:01Z[ns|web|main] \\u{1b}[2Jsecond\n",
            "2009-11-10T22:59:02Z[ns|web|main] third\n",
        ]
    );
}

#[test]
fn numbers_cannot_be_followed() {
    let root = install("");
    let output = run(
        root.path(),
        &["query", "--follow", "rate(pod{namespace=\"ns\"}[1m])"],
    );
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("numbers cannot be followed"));
}
