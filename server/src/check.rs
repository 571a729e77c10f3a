//! `venti-server check`: everything that a start would find wrong, and more than one thing.

use std::io::{self, Write};
use std::path::PathBuf;

use venti_model::status::Severity;

use crate::config::{ConfigError, Loader, describe};
use crate::{alerting, datasource};

/// What the check found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Faults that stand in the way.
    pub errors: usize,
    /// Faults that deserve a look.
    pub warnings: usize,
}

/// Why there is nothing to check, or nobody to tell.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The directory cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The findings cannot be written.
    #[error("cannot write what was found: {0}")]
    Output(#[from] io::Error),
}

/// Checks the directory and writes each fault as `file:line:column: message`, with its excerpt,
/// and a summary last.
pub fn check(dir: PathBuf, out: &mut impl Write) -> Result<Findings, CheckError> {
    let shown = dir.display().to_string();
    // Nothing is served, so it does not matter where data would be.
    let config = Loader::new(dir, "data").listing_all().load()?;
    let mut faults = config.faults;
    // What a cluster has is not known here.
    if config.datasources.discovery.is_none() {
        let infos = datasource::infos(&config.datasources.entries);
        faults.extend(alerting::unplaced_rules(&config.rules, &infos));
    }
    let mut findings = Findings::default();
    for fault in &faults {
        let severity = match fault.severity {
            Severity::Error => {
                findings.errors += 1;
                "error"
            }
            Severity::Warning => {
                findings.warnings += 1;
                "warning"
            }
        };
        let text = describe(fault);
        let (place, rest) = text.split_once(": ").unwrap_or((&text, ""));
        writeln!(out, "{place}: {severity}: {rest}")?;
    }
    let Findings { errors, warnings } = findings;
    writeln!(
        out,
        "{shown}: {} datasources, {} dashboards, {} rule files; {errors} errors, {warnings} warnings",
        config.datasources.entries.len(),
        config.dashboards.len(),
        config.rules.len()
    )?;
    Ok(findings)
}
