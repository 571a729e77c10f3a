//! A started stack, until it is dropped.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use lethe::ingest::journal;

use super::error::last_words;
use super::part::Directories;
use super::service::Service;
use super::{Part, StartError};
use crate::child::{Child, Program};
use crate::logs::{NodeLog, journalctl};

/// A started stack. Dropping it stops everything that it started, and returns
/// when all of it has ended.
#[derive(Debug)]
pub struct Running {
    services: Vec<Service>,
    journal: Option<Child>,
    log: Arc<NodeLog>,
    logs: PathBuf,
    textfiles: PathBuf,
    etc: PathBuf,
    /// Held until all else is dropped: fields are dropped in this order.
    _lock: File,
}

/// A part that ended although nobody stopped it.
#[derive(Debug)]
pub struct Ended {
    /// Which part.
    pub part: Part,
    /// How it ended.
    pub status: ExitStatus,
    /// Its last lines of output, oldest first.
    pub tail: Vec<String>,
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Ended { part, status, tail } = self;
        write!(f, "{} ended with {status}{}", part.name(), last_words(tail))
    }
}

impl Running {
    pub(super) fn new(lock: File, log: NodeLog, directories: &Directories) -> Running {
        Running {
            services: Vec::new(),
            journal: None,
            log: Arc::new(log),
            logs: directories.logs(),
            textfiles: directories.textfiles(),
            etc: directories.etc(),
            _lock: lock,
        }
    }

    pub(super) fn add(&mut self, part: Part, address: SocketAddr, program: Option<Program>) {
        self.services.push(Service::new(part, address, program));
    }

    pub(super) fn start_all(&self, interrupted: &AtomicBool) -> Result<(), StartError> {
        self.services
            .iter()
            .try_for_each(|service| service.start(&self.log, interrupted))
    }

    /// The journal is a gift where it can be read; nothing depends on it.
    pub(super) fn follow_journal(&mut self) {
        let log = Arc::clone(&self.log);
        let sink = Arc::new(move |line: &str| {
            if let Some(entry) = journal::entry(line) {
                log.write_entry(&entry);
            }
        });
        self.journal = journalctl().and_then(|it| Child::spawn(&it, sink).ok());
    }

    /// `http://127.0.0.1:<port>` of a part, without a slash at the end.
    pub fn url(&self, part: Part) -> String {
        format!("http://127.0.0.1:{}", self.port(part))
    }

    /// The port of a part. That of a missing one is where nothing listens.
    pub fn port(&self, part: Part) -> u16 {
        self.service(part)
            .map_or(part.usual_port(), |it| it.address.port())
    }

    /// The parts that are not installed on this machine.
    pub fn missing(&self) -> Vec<Part> {
        let missing = self.services.iter().filter(|it| it.program.is_none());
        missing.map(|it| it.part).collect()
    }

    /// The name of this machine: the node of its log rows, and the `instance`
    /// of its metrics.
    pub fn host(&self) -> &str {
        self.log.node()
    }

    /// The directory that Lethe searches.
    pub fn logs(&self) -> &Path {
        &self.logs
    }

    /// The directory whose `*.prom` files node-exporter exposes beside its own
    /// series.
    pub fn textfiles(&self) -> &Path {
        &self.textfiles
    }

    /// The configuration directory that venti-server reads, written anew at each start.
    pub fn etc(&self) -> &Path {
        &self.etc
    }

    /// Process id of a part, while it runs.
    pub fn pid(&self, part: Part) -> Option<u32> {
        self.service(part)?.with(Child::id)
    }

    /// Starts a part again, on its port, and waits until it is ready.
    pub fn start(&self, part: Part) -> Result<(), StartError> {
        let never = AtomicBool::new(false);
        self.service(part)
            .map_or(Ok(()), |it| it.start(&self.log, &never))
    }

    /// Stops one part; the others go on.
    pub fn stop(&self, part: Part) {
        if let Some(service) = self.service(part) {
            service.stop();
        }
    }

    /// Ends one part as `kill -9` does: it has no time to tidy up.
    pub fn kill(&self, part: Part) {
        if let Some(service) = self.service(part) {
            service.with(Child::kill);
            service.stop();
        }
    }

    /// Makes a part accept connections and answer nothing, until
    /// [`Running::resume`].
    pub fn pause(&self, part: Part) {
        self.service(part).and_then(|it| it.with(Child::pause));
    }

    /// Lets a paused part go on.
    pub fn resume(&self, part: Part) {
        self.service(part).and_then(|it| it.with(Child::resume));
    }

    /// The parts that ended by themselves since the last call.
    pub fn take_ended(&self) -> Vec<Ended> {
        let ended = |service: &Service| {
            let (status, tail) = service.take_end()?;
            let part = service.part;
            Some(Ended { part, status, tail })
        };
        self.services.iter().filter_map(ended).collect()
    }

    fn service(&self, part: Part) -> Option<&Service> {
        self.services.iter().find(|it| it.part == part)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // All are asked first, so that they end side by side; dropping the
        // fields then waits for each.
        for service in &self.services {
            service.with(Child::terminate);
        }
    }
}
