//! The configuration directory: what is in it, checked, with every fault at its place.
//!
//! `venti.yml` may be missing, then defaults hold. `datasources.yml` must be there: without it
//! the directory is most likely the wrong one. A fault in either stops the start, since running
//! on with half of it would hide what is wrong. A dashboard file with a fault is left out and
//! listed; it costs its own dashboard and nothing else.

mod excerpt;
mod file;
mod resolved;
mod secret;
mod yaml;

use std::io;
use std::path::Path;

use venti_model::dashboard::Dashboard;
use venti_model::status::ConfigFault;

pub use file::LogLevel;
pub use resolved::{Credentials, DEFAULT_QUERY_TIMEOUT, DatasourceConfig, Datasources, Location};
pub use secret::Secret;
pub(crate) use yaml::{Source, place};

use crate::dashboards;

/// All that the directory says.
#[derive(Clone, Debug)]
pub struct Config {
    /// How much is logged, unless `RUST_LOG` says otherwise.
    pub log_level: LogLevel,
    /// Where metrics and logs come from.
    pub datasources: Datasources,
    /// In menu order, with unique titles.
    pub dashboards: Vec<Dashboard>,
    /// What is wrong but does not stop the server, by file and line.
    pub faults: Vec<ConfigFault>,
}

/// Why the server cannot start with this directory.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file is there and cannot be read.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// Path relative to the configuration directory.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// A file that must be there is missing.
    #[error("{file} is missing: write one, or name its directory with --config")]
    Missing {
        /// Path relative to the configuration directory.
        file: String,
    },
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

/// Reads the directory.
pub fn load(dir: &Path) -> Result<Config, ConfigError> {
    let log_level = match read_optional(dir, "venti.yml")? {
        Some(text) => read_venti(&text)?,
        None => LogLevel::default(),
    };
    let file = "datasources.yml";
    let text = read_optional(dir, file)?.ok_or_else(|| ConfigError::Missing {
        file: file.to_owned(),
    })?;
    let (datasources, mut faults) = read_datasources(&text)?;
    let (dashboards, dashboard_faults) = dashboards::load(dir);
    faults.extend(dashboard_faults);
    faults.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Ok(Config {
        log_level,
        datasources,
        dashboards,
        faults,
    })
}

fn read_optional(dir: &Path, file: &str) -> Result<Option<String>, ConfigError> {
    match std::fs::read_to_string(dir.join(file)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ConfigError::Unreadable {
            file: file.to_owned(),
            source,
        }),
    }
}

fn read_venti(text: &str) -> Result<LogLevel, ConfigError> {
    let source = Source {
        file: "venti.yml",
        text,
    };
    let venti: Option<file::VentiFile> = source.read().map_err(fault)?;
    Ok(venti.unwrap_or_default().log_level)
}

fn read_datasources(text: &str) -> Result<(Datasources, Vec<ConfigFault>), ConfigError> {
    let source = Source {
        file: "datasources.yml",
        text,
    };
    let file = source.read().map_err(fault)?;
    resolved::resolve(file, source).map_err(fault)
}

fn fault(fault: ConfigFault) -> ConfigError {
    ConfigError::Fault(Box::new(fault))
}
