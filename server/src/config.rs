//! The configuration directory: what is in it, checked, with every fault at its place.
//!
//! All files may be missing, then defaults hold. At the start a fault in a file that decides
//! about the whole server, such as `datasources.yml`, is the end, since running on with half of
//! it would hide what is wrong. Once running, each file keeps its last good version: see
//! [`Loader`]. A dashboard file with a fault costs its own dashboard and nothing else.

mod access;
mod base_path;
mod connection;
mod discovery;
mod file;
mod listing;
mod loader;
mod log_fields;
mod logs;
mod resolved;
mod rules;
mod secret;

use std::path::{Path, PathBuf};

use venti_alert::config::AlertingFile;
use venti_alert::rule::RuleFile;
use venti_model::dashboard::Dashboard;
use venti_model::status::{ConfigFault, Severity};

pub use access::{Access, Auth, ProxyAuth};
pub use base_path::BasePath;
pub(crate) use connection::is_reserved;
pub use connection::{Connection, Credentials, Identity, Tls};
pub use discovery::Discovery;
pub use file::{LogFormat, LogLevel, TlsFiles};
pub(crate) use listing::{matching, yaml_files};
pub use loader::{Loader, Overrides};
pub(crate) use loader::{Read, Reading};
pub use log_fields::LogFields;
pub use resolved::{DatasourceConfig, Datasources, Limits, Location};
pub use secret::{Secret, SecretSource};
pub(crate) use venti_yaml::{Source, place};

use crate::auth::Users;

/// All that the directory says.
#[derive(Clone, Debug)]
pub struct Config {
    /// What `venti.yml` says.
    pub settings: Settings,
    /// Who has a password or a token.
    pub users: Users,
    /// Where metrics and logs come from.
    pub datasources: Datasources,
    /// In menu order, with unique titles.
    pub dashboards: Vec<Dashboard>,
    /// Where alerts go.
    pub alerting: AlertingFile,
    /// Alert rules, by file.
    pub rules: Vec<RuleFile>,
    /// What is wrong, by file and line. Faulty files are left out, or hold in their last good
    /// version.
    pub faults: Vec<ConfigFault>,
}

impl Config {
    /// Whether a file could not be taken as it is written.
    pub fn has_errors(&self) -> bool {
        self.faults.iter().any(|it| it.severity == Severity::Error)
    }

    /// Files that the configuration in `dir` names and that are read with it, as they are now.
    pub(crate) fn files_named(&self, dir: &Path) -> Vec<PathBuf> {
        let tls = self.settings.tls.iter();
        let tls = tls.flat_map(|it| [it.cert.clone(), it.key.clone()]);
        let patterns = self.alerting.rule_files.iter().flatten();
        let rules = patterns.flat_map(|it| matching(dir, it).unwrap_or_default());
        tls.chain(rules).collect()
    }
}

/// Tells the log what was not wrong before.
pub fn log_faults(faults: &[ConfigFault], before: &[ConfigFault]) {
    for fault in faults.iter().filter(|it| !before.contains(it)) {
        match fault.severity {
            Severity::Error => tracing::error!("{}", describe(fault)),
            Severity::Warning => tracing::warn!("{}", describe(fault)),
        }
    }
}

/// `venti.yml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// How much is logged, unless `RUST_LOG` says otherwise.
    pub log_level: LogLevel,
    /// How its lines look.
    pub log_format: LogFormat,
    /// The path under which browsers find the server.
    pub base_path: BasePath,
    /// To serve HTTPS.
    pub tls: Option<TlsFiles>,
    /// Who may look, and how that is known.
    pub access: Access,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The directory is missing.
    #[error("there is no directory {}: name another one with --config", .0.display())]
    NoDirectory(PathBuf),
    /// A file is not what it should be.
    #[error("{}", describe(.0))]
    Fault(Box<ConfigFault>),
}

/// A fault with its excerpt below, for the log and the console.
pub fn describe(fault: &ConfigFault) -> String {
    match &fault.excerpt {
        Some(excerpt) => format!("{fault}\n{excerpt}"),
        None => fault.to_string(),
    }
}

/// Reads the directory once. `data` is the server's data directory.
pub fn load(dir: &Path, data: &Path) -> Result<Config, ConfigError> {
    Loader::new(dir, data).load()
}
