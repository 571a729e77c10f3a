//! Children: their lines, their ends, and the end of all that they started.

use std::path::Path;
use std::sync::{Arc, Mutex};

use tempfile::tempdir;
use venti_local::{Child, Program};

use crate::support::{eventually, script, wait_gone, written_pid};

fn start(path: &Path) -> (Child, Arc<Mutex<Vec<String>>>) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let theirs = Arc::clone(&lines);
    let program = Program {
        name: "script".to_owned(),
        path: path.to_owned(),
        args: Vec::new(),
    };
    let sink = Arc::new(move |line: &str| theirs.lock().unwrap().push(line.to_owned()));
    (Child::spawn(&program, sink).unwrap(), lines)
}

#[test]
fn both_outputs_arrive_before_the_end_is_told() {
    let directory = tempdir().unwrap();
    let path = script(directory.path(), "talk", "echo out; echo err >&2; exit 3");
    let (child, lines) = start(&path);
    let status = eventually("it ended", || child.status());
    assert_eq!(status.code(), Some(3));
    let mut lines = lines.lock().unwrap().clone();
    lines.sort();
    assert_eq!(lines, ["err", "out"]);
    let mut tail = child.tail();
    tail.sort();
    assert_eq!(tail, lines);
}

#[test]
fn stopping_ends_the_whole_group() {
    let directory = tempdir().unwrap();
    let pid = directory.path().join("pid");
    let text = format!(
        "(echo $$; exec sleep 1000) & echo $! > {}; wait",
        pid.display()
    );
    let (child, _) = start(&script(directory.path(), "parent", &text));
    let grandchild = written_pid(&pid);
    child.stop();
    assert!(child.status().is_some());
    wait_gone(grandchild);
}

#[test]
fn what_a_program_leaves_behind_ends_with_it() {
    let directory = tempdir().unwrap();
    let pid = directory.path().join("pid");
    let text = format!("sleep 1000 & echo $! > {}", pid.display());
    let (child, _) = start(&script(directory.path(), "leaver", &text));
    let status = eventually("it ended", || child.status());
    assert!(status.success());
    wait_gone(written_pid(&pid));
}

#[test]
fn a_paused_child_can_still_be_stopped() {
    let directory = tempdir().unwrap();
    let pid = directory.path().join("pid");
    let text = format!("echo $$ > {}; exec sleep 1000", pid.display());
    let (child, _) = start(&script(directory.path(), "sleeper", &text));
    written_pid(&pid);
    child.pause();
    assert!(child.status().is_none());
    child.stop();
    assert!(child.status().is_some());
}
