//! What the stack consists of, and how it starts and stops.
//!
//! ```text
//! node-exporter ◀─ scrapes ─ Prometheus ◀─ asks ─ venti-server ─ reads ─▶ <data>/log
//!                                                                            ▲
//!                       output of all three, and the journal ────────────────┘
//! ```
//!
//! Everything that is written lies below one data directory: Prometheus'
//! series, the logs, and the generated settings. A second start finds what the
//! first one left; a second stack at the same time is refused.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use lethe::ingest::host_name;

use crate::logs::NodeLog;
use crate::settings::{self, Targets};

mod addresses;
mod error;
mod part;
mod running;
mod service;

pub use addresses::Ports;
use addresses::Reservations;
pub use error::StartError;
use part::Directories;
pub use part::Part;
pub use running::{Ended, Running};

/// What to start. [`Stack::start`] starts it.
#[derive(Debug, Clone)]
pub struct Stack {
    data: PathBuf,
    etc: PathBuf,
    server: PathBuf,
    frontend: PathBuf,
    ports: Ports,
    scrape_interval: Duration,
    journal: bool,
    interrupted: Arc<AtomicBool>,
}

impl Stack {
    /// The stack with its data below `data`, which is created when missing, the
    /// configuration directory `etc`, the executable `server` and the built
    /// frontend in `frontend`.
    pub fn new(
        data: impl Into<PathBuf>,
        etc: impl Into<PathBuf>,
        server: impl Into<PathBuf>,
        frontend: impl Into<PathBuf>,
    ) -> Stack {
        Stack {
            data: data.into(),
            etc: etc.into(),
            server: server.into(),
            frontend: frontend.into(),
            ports: Ports::Any,
            scrape_interval: Duration::from_secs(5),
            journal: false,
            interrupted: Arc::default(),
        }
    }

    /// Where the parts listen; by default on any free ports.
    pub fn ports(mut self, ports: Ports) -> Stack {
        self.ports = ports;
        self
    }

    /// Time between two scrapes; by default 5 s.
    pub fn scrape_interval(mut self, interval: Duration) -> Stack {
        self.scrape_interval = interval;
        self
    }

    /// Whether the journal of the machine is logged too; by default not.
    pub fn journal(mut self, journal: bool) -> Stack {
        self.journal = journal;
        self
    }

    /// Once `flag` is set, [`Stack::start`] gives up and stops what it started.
    pub fn interrupted_by(mut self, flag: Arc<AtomicBool>) -> Stack {
        self.interrupted = flag;
        self
    }

    /// Starts all parts and waits until each of them is ready. Prometheus and
    /// node-exporter are left out where they are not installed, see
    /// [`Running::missing`].
    pub fn start(self) -> Result<Running, StartError> {
        require_directory("frontend", &self.frontend)?;
        require_directory("configuration", &self.etc)?;
        let directories = Directories {
            data: create(&self.data)?,
            frontend: self.frontend.clone(),
        };
        let lock = lock(&directories.lock())?;
        create(&directories.textfiles())?;
        let host = host_name();
        let log = NodeLog::open(&directories.logs(), host.clone())
            .map_err(StartError::file("create", &directories.logs()))?;

        let ports = Reservations::choose(self.ports).map_err(StartError::NoPort)?;
        self.write_settings(&directories, &ports, &host)?;

        let mut running = Running::new(lock, log, &directories);
        for part in Part::ALL {
            let executable = part.executable(&self.server)?;
            let address = ports.address(part);
            let program = executable.map(|path| part.program(path, address, &directories));
            running.add(part, address, program);
        }
        drop(ports);
        if self.journal {
            running.follow_journal();
        }
        running.start_all(&self.interrupted)?;
        Ok(running)
    }

    fn write_settings(
        &self,
        directories: &Directories,
        ports: &Reservations,
        host: &str,
    ) -> Result<(), StartError> {
        let targets = Targets {
            prometheus: &ports.address(Part::Prometheus).to_string(),
            node_exporter: &ports.address(Part::NodeExporter).to_string(),
            server: &ports.address(Part::Server).to_string(),
            host,
            interval: self.scrape_interval,
        };
        let scrape = directories.scrape_config();
        fs::write(&scrape, settings::prometheus(&targets))
            .map_err(StartError::file("write", &scrape))?;

        let prometheus = format!("http://{}", targets.prometheus);
        let datasources = settings::datasources(&prometheus, &directories.logs());
        let etc = directories.etc();
        settings::configuration(&self.etc, &etc, &datasources)
            .map_err(StartError::file("write the configuration", &etc))
    }
}

/// Creates the directory `path`, and gives it as an absolute path: the programs
/// that get it need not share our working directory.
fn create(path: &Path) -> Result<PathBuf, StartError> {
    fs::create_dir_all(path)
        .and_then(|()| fs::canonicalize(path))
        .map_err(StartError::file("create", path))
}

fn require_directory(what: &'static str, path: &Path) -> Result<(), StartError> {
    if path.is_dir() {
        return Ok(());
    }
    let path = path.to_owned();
    Err(StartError::NoDirectory { what, path })
}

/// Takes the data directory for this process; the system frees it at our end,
/// whatever that end is.
fn lock(path: &Path) -> Result<File, StartError> {
    let file = File::create(path).map_err(StartError::file("create", path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(StartError::file("lock", path)(error)),
    }
}
