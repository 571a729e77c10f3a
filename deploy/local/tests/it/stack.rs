//! The stack when it cannot start, and when its runner dies. That it works as a
//! whole is what the browser tests see.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tempfile::{TempDir, tempdir};
use venti_local::{Part, Stack, StartError};

use crate::support::{script, wait_gone, written_pid};

/// A directory with an empty configuration and frontend.
fn workspace() -> TempDir {
    let root = tempdir().unwrap();
    fs::create_dir(root.path().join("etc")).unwrap();
    fs::create_dir(root.path().join("dist")).unwrap();
    root
}

fn stack(root: &Path, server: &Path) -> Stack {
    Stack::new(
        root.join("data"),
        root.join("etc"),
        server,
        root.join("dist"),
    )
}

#[test]
fn a_server_that_ends_early_is_quoted() {
    let root = workspace();
    let server = script(
        root.path(),
        "server",
        "echo \"etc/venti.yml:3: no\" >&2; exit 1",
    );
    let error = stack(root.path(), &server).start().unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("venti-server is not ready: it ended with exit status: 1"),
        "{text}"
    );
    assert!(text.ends_with("\n    etc/venti.yml:3: no"), "{text}");
    assert!(matches!(
        error,
        StartError::NotReady {
            part: Part::Server,
            ..
        }
    ));
}

#[test]
fn what_the_server_said_is_in_its_log() {
    let root = workspace();
    let server = script(root.path(), "server", "echo hello; exit 1");
    stack(root.path(), &server).start().unwrap_err();
    let node = root.path().join("data/log/node");
    let host = node.read_dir().unwrap().next().unwrap().unwrap();
    let files = host.path().read_dir().unwrap();
    let text: String = files
        .map(|it| fs::read_to_string(it.unwrap().path()).unwrap())
        .collect();
    let header = format!("[{}|venti-server] hello", host.file_name().display());
    assert!(text.lines().any(|line| line.ends_with(&header)), "{text}");
}

#[test]
fn what_is_missing_is_named() {
    let root = workspace();
    let server = root.path().join("venti-server");
    let error = stack(root.path(), &server).start().unwrap_err();
    assert!(matches!(error, StartError::NoServer(path) if path == server));

    fs::remove_dir(root.path().join("dist")).unwrap();
    let error = stack(root.path(), &server).start().unwrap_err();
    assert!(matches!(
        error,
        StartError::NoDirectory {
            what: "frontend",
            ..
        }
    ));
}

#[test]
fn a_second_stack_on_the_same_data_is_refused() {
    let root = workspace();
    let server = script(root.path(), "server", "exec sleep 1000");
    fs::create_dir(root.path().join("data")).unwrap();
    let lock = fs::File::create(root.path().join("data/lock")).unwrap();
    lock.lock().unwrap();
    let error = stack(root.path(), &server).start().unwrap_err();
    assert!(matches!(error, StartError::InUse(_)), "{error}");
}

#[test]
fn an_interrupted_start_ends() {
    let root = workspace();
    let server = script(root.path(), "server", "exec sleep 1000");
    let interrupted = Arc::new(AtomicBool::new(true));
    let error = stack(root.path(), &server)
        .interrupted_by(interrupted)
        .start()
        .unwrap_err();
    assert!(error.to_string().contains("interrupted"), "{error}");
}

#[test]
fn nothing_outlives_a_killed_runner() {
    let root = workspace();
    let pid = root.path().join("pid");
    let text = format!("echo $$ > {}; exec sleep 1000", pid.display());
    let server = script(root.path(), "server", &text);
    let mut runner = Command::new(env!("CARGO_BIN_EXE_venti-local"))
        .args([
            "--data",
            "data",
            "--config",
            "etc",
            "--frontend",
            "dist",
            "--server",
        ])
        .arg(server)
        .current_dir(root.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let server = written_pid(&pid);
    runner.kill().unwrap();
    runner.wait().unwrap();
    wait_gone(server);
}
