//! The server as a process, whose memory and processor time can be read.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// In which Linux counts for `/proc`, on every architecture.
const TICKS_PER_SECOND: u64 = 100;

/// A running server; it ends with this value.
pub(crate) struct Process(Child);

impl Process {
    /// Starts over the `etc/` of a directory.
    pub(crate) fn start(dir: &Path) -> Self {
        let process = Command::new(env!("CARGO_BIN_EXE_venti-server"))
            .current_dir(dir)
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(process.unwrap())
    }

    /// The processor time that it took so far, of all threads, in steps of ten milliseconds.
    pub(crate) fn worked(&self) -> Duration {
        let stat = self.read("stat");
        // Behind the name, which may hold anything; `utime` and `stime` are the 14th and 15th.
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let fields = fields.split_whitespace().skip(11).take(2);
        let ticks: u64 = fields.map(|it| it.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND)
    }

    /// Resident memory in bytes.
    pub(crate) fn resident(&self) -> u64 {
        let status = self.read("status");
        let line = status.lines().find(|it| it.starts_with("VmRSS:")).unwrap();
        let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kib << 10
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.0.id())).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
