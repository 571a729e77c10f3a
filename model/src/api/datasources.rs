//! `GET /api/v1/datasources`: where metrics and logs come from, without their credentials.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The path.
pub const PATH: &str = "/api/v1/datasources";

/// What each datasource scrapes: a bare array of texts, each the body of that datasource's answer
/// or an error body. [`TARGETS_OF_PATH`] is one of them.
pub const TARGETS_PATH: &str = "/api/v1/datasources/targets";

/// The same text of the one datasource whose name stands for `{name}`.
pub const TARGETS_OF_PATH: &str = "/api/v1/datasources/targets/{name}";

/// The answer, a bare array as in the original.
pub type DatasourcesResponse = Vec<Datasource>;

/// What speaks at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DatasourceType {
    /// Prometheus, or anything that speaks its API.
    Prometheus,
    /// Lethe, over HTTP or inside the server.
    Lethe,
    /// VictoriaLogs, asked in LogsQL.
    VictoriaLogs,
    /// Loki, asked in LogQL.
    Loki,
}

/// Why a word is no datasource type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown datasource type `{0}`, expected `prometheus`, `lethe`, `victorialogs` or `loki`")]
pub struct DatasourceTypeError(String);

impl DatasourceType {
    /// All of them.
    pub const ALL: [DatasourceType; 4] = [
        DatasourceType::Prometheus,
        DatasourceType::Lethe,
        DatasourceType::VictoriaLogs,
        DatasourceType::Loki,
    ];

    /// The word of files and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            DatasourceType::Prometheus => "prometheus",
            DatasourceType::Lethe => "lethe",
            DatasourceType::VictoriaLogs => "victorialogs",
            DatasourceType::Loki => "loki",
        }
    }
}

impl fmt::Display for DatasourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DatasourceType {
    type Err = DatasourceTypeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|it| it.as_str() == text)
            .ok_or_else(|| DatasourceTypeError(text.to_owned()))
    }
}

/// One datasource, as the browser may see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Datasource {
    /// What speaks there.
    #[serde(rename = "type")]
    pub kind: DatasourceType,
    /// Its name, by which `dsName` chooses it.
    pub name: String,
    /// Its address without user and password; empty when it runs inside the server.
    pub url: String,
    /// Whether it answers for its type when only `dsType` is given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_main: bool,
    /// Whether it was found in the cluster rather than configured.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_discovered: bool,
    /// How it is; nothing until it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
}

/// How a datasource was when it was last looked at. Times are unix seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Whether it answers.
    pub state: HealthState,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Since when it is in this state, as far as the server knows.
    pub since: f64,
    /// When it was looked at.
    pub checked: f64,
}

/// Whether a datasource answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HealthState {
    /// It does.
    Up,
    /// It does not.
    Down,
}
