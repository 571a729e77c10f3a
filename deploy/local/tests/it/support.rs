//! Shell scripts in the place of programs, and waiting for what they do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, test_kill_process};

/// Generous: it is only reached when something is broken.
const DEADLINE: Duration = Duration::from_secs(30);

/// Asks `condition` again and again until it gives something.
pub(crate) fn eventually<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(start.elapsed() < DEADLINE, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// An executable shell script called `name` in `directory`.
pub(crate) fn script(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// The process id that a script wrote to `path`, once it has.
pub(crate) fn written_pid(path: &Path) -> Pid {
    eventually("a process id is written", || {
        let text = fs::read_to_string(path).ok()?;
        let number = text.strip_suffix('\n')?.parse().ok()?;
        Pid::from_raw(number)
    })
}

/// Waits until a process of that id is gone.
pub(crate) fn wait_gone(pid: Pid) {
    eventually("the process is gone", || {
        let gone = test_kill_process(pid).is_err() || is_zombie(pid);
        gone.then_some(())
    });
}

/// A dead process whose new parent, outside of the test, does not look after it.
fn is_zombie(pid: Pid) -> bool {
    let path = format!("/proc/{}/stat", pid.as_raw_nonzero());
    let stat = fs::read_to_string(path).unwrap_or_default();
    stat.rsplit(") ")
        .next()
        .is_some_and(|it| it.starts_with('Z'))
}
