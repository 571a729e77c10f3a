//! What the configuration files make of the server at one moment.
//!
//! A request takes one [`Live`] at its beginning and keeps it to its end, so a reload in
//! between changes nothing for it.

use std::sync::Arc;

use rustls::ServerConfig;

use crate::auth::Gate;
use crate::config::Config;
use crate::datasource::Registry;

/// One state of everything that comes from files.
#[derive(Clone, Debug)]
pub struct Live {
    /// The files themselves, read and checked.
    pub config: Config,
    /// Where metrics and logs come from, connected.
    pub datasources: Registry,
    /// Certificate and key of the server, when it serves HTTPS.
    pub tls: Option<Arc<ServerConfig>>,
    /// Who may enter.
    pub(crate) gate: Gate,
    /// When the files were last read without an error, in unix seconds; `None` when they never
    /// were.
    pub last_success: Option<f64>,
}
