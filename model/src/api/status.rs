//! `GET /api/v1/status/config`: what is wrong with the configuration that was loaded.

use serde::{Deserialize, Serialize};

use super::Success;
use crate::status::ConfigFault;

/// The path.
pub const CONFIG_PATH: &str = "/api/v1/status/config";

/// The answer.
pub type ConfigStatusResponse = Success<ConfigStatus>;

/// The state of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigStatus {
    /// Faults found, ordered by file and line; none when all is well.
    pub faults: Vec<ConfigFault>,
}
