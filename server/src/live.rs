//! What the configuration files, and the cluster they may point to, make of the server at one
//! moment.
//!
//! A request takes one [`Live`] at its beginning and keeps it to its end, so a reload in
//! between changes nothing for it.

use std::sync::Arc;

use rustls::ServerConfig;

use venti_model::status::ConfigFault;

use crate::auth::Gate;
use crate::config::Config;
use crate::datasource::Registry;

/// One state of everything that can change while the server runs.
#[derive(Clone, Debug)]
pub struct Live {
    /// The files themselves, read and checked.
    pub config: Config,
    /// Where metrics and logs come from, connected.
    pub datasources: Registry,
    /// What is wrong with those that are found in the cluster.
    pub discovery_faults: Vec<ConfigFault>,
    /// Certificate and key of the server, when it serves HTTPS.
    pub tls: Option<Arc<ServerConfig>>,
    /// Who may enter.
    pub(crate) gate: Gate,
    /// When the files were last read without an error, in unix seconds; `None` when they never
    /// were.
    pub last_success: Option<f64>,
}

impl Live {
    /// All that is wrong, by file and line.
    pub fn faults(&self) -> Vec<ConfigFault> {
        let faults = self.config.faults.iter().chain(&self.discovery_faults);
        let mut faults: Vec<_> = faults.cloned().collect();
        faults.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        faults
    }
}
