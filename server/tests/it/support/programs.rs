//! Real programs of Prometheus' world, as Debian packages them, each on a free port of loopback.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use venti_local::ready::NotReady;
use venti_local::{Child, Program, find, port, ready};

use super::app::{PATIENCE, write_files};

/// A program that serves; it stops with this value.
pub(crate) struct Daemon {
    program: Program,
    child: Option<Child>,
    /// `host:port`.
    pub(crate) address: String,
    ready: String,
}

impl Daemon {
    /// Starts a program that serves at `address`, and answers `ready` once it does.
    pub(crate) fn start(
        path: PathBuf,
        address: String,
        args: Vec<String>,
        ready: &str,
    ) -> Result<Self, NotReady> {
        let mut daemon = Self {
            program: Program {
                name: path.file_name().unwrap().to_string_lossy().into_owned(),
                path,
                args: args.into_iter().map(OsString::from).collect(),
            },
            child: None,
            ready: format!("http://{address}{ready}"),
            address,
        };
        daemon.start_again()?;
        Ok(daemon)
    }

    /// Starts it once more, at the same address.
    pub(crate) fn start_again(&mut self) -> Result<(), NotReady> {
        let child = Child::spawn(&self.program, Arc::new(|_| {})).unwrap();
        let child = self.child.insert(child);
        ready::wait(&self.ready, child, PATIENCE, &AtomicBool::new(false))
            .inspect_err(|_| eprintln!("{}: {}", self.program.name, child.tail().join("\n")))
    }

    pub(crate) fn stop(&mut self) {
        self.child = None;
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// The first of these programs that is there; else says that a test is skipped.
pub(crate) fn find_or_skip(names: &[&str]) -> Option<PathBuf> {
    let found = find::program(names);
    if found.is_none() {
        eprintln!("skipped: no {} on this machine", names[0]);
    }
    found
}

/// An Alertmanager that tells nobody, with its files below `dir`. Where there is none says that a
/// test is skipped.
pub(crate) fn alertmanager(dir: &Path) -> Option<Daemon> {
    let path = find_or_skip(&["prometheus-alertmanager", "alertmanager"])?;
    let config = "route: {receiver: none}\nreceivers: [{name: none}]\n";
    write_files(dir, &[("alertmanager.yml", config)]);
    let address = free_address();
    let args = vec![
        format!("--config.file={}", dir.join("alertmanager.yml").display()),
        format!("--storage.path={}", dir.join("alertmanager").display()),
        format!("--web.listen-address={address}"),
        "--cluster.listen-address=".to_owned(),
    ];
    let started = Daemon::start(path, address, args, "/-/ready");
    // Debian's reads a template from a fixed place, which is not there when the package was only
    // unpacked and nobody was allowed to put it there.
    if started.is_err() && !Path::new("/usr/share/prometheus/alertmanager/default.tmpl").exists() {
        eprintln!("skipped: prometheus-alertmanager is unpacked and not installed");
        return None;
    }
    Some(started.unwrap())
}

/// `host:port` that nobody listens on.
pub(crate) fn free_address() -> String {
    let reserved = port::any().unwrap();
    format!("127.0.0.1:{}", reserved.port())
}
