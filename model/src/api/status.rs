//! `GET /api/v1/status/…`: what runs, since when, and what is wrong with its configuration.
//!
//! Build, runtime and flags have the shape of Prometheus, so programs that know it can ask.
//! What exists only there, such as settings of Go's runtime, is empty or zero.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Success;
use crate::status::ConfigFault;

/// What is wrong with the configuration.
pub const CONFIG_PATH: &str = "/api/v1/status/config";

/// What was built.
pub const BUILD_INFO_PATH: &str = "/api/v1/status/buildinfo";

/// How it runs.
pub const RUNTIME_INFO_PATH: &str = "/api/v1/status/runtimeinfo";

/// With which flags it was started.
pub const FLAGS_PATH: &str = "/api/v1/status/flags";

/// `POST`, for administrators: reads the configuration files again. The answer is text.
pub const RELOAD_PATH: &str = "/-/reload";

/// Of [`BUILD_INFO_PATH`].
pub type BuildInfoResponse = Success<BuildInfo>;

/// Of [`RUNTIME_INFO_PATH`].
pub type RuntimeInfoResponse = Success<RuntimeInfo>;

/// Of [`FLAGS_PATH`]: values as text, by name.
pub type FlagsResponse = Success<BTreeMap<String, String>>;

/// Of [`CONFIG_PATH`].
pub type ConfigStatusResponse = Success<ConfigStatus>;

/// The state of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigStatus {
    /// When the files were last read without an error, in unix seconds; nothing when they never
    /// were since the start.
    pub last_success: Option<f64>,
    /// Faults found, ordered by file and line; none when all is well.
    pub faults: Vec<ConfigFault>,
}

/// What was built; a text is empty where the build did not say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildInfo {
    /// Such as `0.1.0`.
    pub version: String,
    /// The commit.
    pub revision: String,
    /// The branch.
    pub branch: String,
    /// Who built it.
    pub build_user: String,
    /// When.
    pub build_date: String,
    /// Always empty.
    pub go_version: String,
}

/// How the server runs. Times are RFC 3339.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuntimeInfo {
    /// When it was started.
    pub start_time: String,
    /// Its working directory.
    #[serde(rename = "CWD")]
    pub cwd: String,
    /// The name of its machine.
    pub hostname: String,
    /// What it believes the time to be.
    pub server_time: String,
    /// Whether the configuration was last read without an error.
    pub reload_config_success: bool,
    /// When it last was; empty when never.
    pub last_config_time: String,
    /// Always 0.
    pub corruption_count: u64,
    /// Tasks that run, the nearest to what Go calls goroutines.
    pub goroutine_count: usize,
    /// Threads that run them.
    #[serde(rename = "GOMAXPROCS")]
    pub gomaxprocs: usize,
    /// Always 0.
    #[serde(rename = "GOMEMLIMIT")]
    pub gomemlimit: u64,
    /// Always empty.
    #[serde(rename = "GOGC")]
    pub gogc: String,
    /// Always empty.
    #[serde(rename = "GODEBUG")]
    pub godebug: String,
    /// Always empty.
    pub storage_retention: String,
}
