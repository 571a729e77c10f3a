//! `GET /api/v1/status/config`: what is wrong with the configuration that was loaded.

use serde::{Deserialize, Serialize};

use super::Success;
use crate::status::ConfigFault;

/// The path.
pub const CONFIG_PATH: &str = "/api/v1/status/config";

/// The answer.
pub type ConfigStatusResponse = Success<ConfigStatus>;

/// The state of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigStatus {
    /// When the files were last read without an error, in unix seconds.
    pub last_success: Option<f64>,
    /// Faults found, ordered by file and line; none when all is well.
    pub faults: Vec<ConfigFault>,
}
