//! A client that others wrote: `fluent-logger` of PyPI, in the environment that
//! `make tools` sets up.

use std::path::PathBuf;
use std::process::Command;

use super::server::Server;
use crate::support::eventually;

#[test]
fn fluent_logger_is_understood() {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let python = package.join("../target/tools/python/bin/python");
    if !python.exists() {
        eprintln!(
            "skipped: {} is missing, which `make tools` installs",
            python.display()
        );
        return;
    }
    let server = Server::start(None);
    let port = server.address.port().to_string();
    let status = Command::new(python)
        .arg(package.join("tests/it/ingest/fluent_logger.py"))
        .args([&port, "200"])
        .status();
    assert!(status.unwrap().success());
    // It asks for no acknowledgement.
    eventually("all lines", || server.counters.lines() == 400);
    let text = server.read("pod/ns/2009-11-10_22.log");
    let expected: String = (0..200)
        .map(|n| format!("2009-11-10T22:59:00.250000Z[ns|web-0|main] line {n} ü\n"))
        .collect();
    assert_eq!(text, expected);
    let text = server.read("node/node01/2009-11-10_22.log");
    assert!(text.starts_with("2009-11-10T22:59:00.000000Z[node01|kubelet] line 0 ü\n"));
    assert_eq!(text.lines().count(), 200);
}
