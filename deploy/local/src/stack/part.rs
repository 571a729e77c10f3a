//! The programs of the stack: their names, command lines and files.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::StartError;
use crate::child::Program;
use crate::find;

/// One program of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Metrics of this machine.
    NodeExporter,
    /// The store of the metrics.
    Prometheus,
    /// Ours.
    Server,
}

impl Part {
    /// All of them, in the order of their start.
    pub const ALL: [Part; 3] = [Part::NodeExporter, Part::Prometheus, Part::Server];

    /// What messages call it; also the process label of its log rows.
    pub fn name(self) -> &'static str {
        match self {
            Part::NodeExporter => "node-exporter",
            Part::Prometheus => "prometheus",
            Part::Server => "venti-server",
        }
    }

    /// The port on which people expect it.
    pub fn usual_port(self) -> u16 {
        match self {
            Part::NodeExporter => 9100,
            Part::Prometheus => 9090,
            Part::Server => 3030,
        }
    }

    /// What answers 200 once it can be used.
    pub(super) fn health_path(self) -> &'static str {
        match self {
            Part::NodeExporter => "/",
            Part::Prometheus | Part::Server => "/-/ready",
        }
    }

    /// Its executable: `server`, which must exist, or what is installed of the
    /// others, if anything.
    pub(super) fn executable(self, server: &Path) -> Result<Option<PathBuf>, StartError> {
        match self {
            Part::NodeExporter => Ok(find::program(find::NODE_EXPORTER)),
            Part::Prometheus => Ok(find::program(find::PROMETHEUS)),
            Part::Server if server.is_file() => Ok(Some(server.to_owned())),
            Part::Server => Err(StartError::NoServer(server.to_owned())),
        }
    }

    /// How it is started so that it listens on `address`.
    pub(super) fn program(
        self,
        path: PathBuf,
        address: SocketAddr,
        directories: &Directories,
    ) -> Program {
        let address = address.to_string();
        let args = match self {
            Part::NodeExporter => {
                let mut args = vec![
                    flag("--web.listen-address", &address),
                    flag("--collector.textfile.directory", directories.textfiles()),
                ];
                // Debian's build asks systemd at every scrape, and where there is none it
                // would fill the log with that.
                if !Path::new("/run/systemd/private").exists() {
                    args.push(OsString::from("--no-collector.systemd"));
                }
                args
            }
            // A machine that somebody only tries this on keeps its disk.
            Part::Prometheus => vec![
                flag("--web.listen-address", &address),
                flag("--config.file", directories.scrape_config()),
                flag("--storage.tsdb.path", directories.series()),
                flag("--storage.tsdb.retention.time", "2d"),
                flag("--storage.tsdb.retention.size", "512MB"),
            ],
            Part::Server => vec![
                flag("--listen", &address),
                flag("--config", directories.etc()),
                flag("--data", directories.server()),
                flag("--frontend", &directories.frontend),
            ],
        };
        let name = self.name().to_owned();
        Program { name, path, args }
    }
}

fn flag(name: &str, value: impl AsRef<std::ffi::OsStr>) -> OsString {
    let mut flag = OsString::from(name);
    flag.push("=");
    flag.push(value);
    flag
}

/// What lies where.
#[derive(Debug)]
pub(super) struct Directories {
    /// Everything that the stack writes, as an absolute path.
    pub(super) data: PathBuf,
    /// The built frontend.
    pub(super) frontend: PathBuf,
}

impl Directories {
    pub(super) fn lock(&self) -> PathBuf {
        self.data.join("lock")
    }

    pub(super) fn logs(&self) -> PathBuf {
        self.data.join("log")
    }

    pub(super) fn series(&self) -> PathBuf {
        self.data.join("prometheus")
    }

    pub(super) fn scrape_config(&self) -> PathBuf {
        self.data.join("prometheus.yml")
    }

    pub(super) fn textfiles(&self) -> PathBuf {
        self.data.join("textfile")
    }

    pub(super) fn server(&self) -> PathBuf {
        self.data.join("server")
    }

    pub(super) fn etc(&self) -> PathBuf {
        self.data.join("etc")
    }
}
