//! `GET /api/v1/datasources`: where metrics and logs come from, without their credentials.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The path.
pub const PATH: &str = "/api/v1/datasources";

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
}

/// Why a word is no datasource type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown datasource type `{0}`, expected `prometheus` or `lethe`")]
pub struct DatasourceTypeError(String);

impl DatasourceType {
    /// The word of files and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            DatasourceType::Prometheus => "prometheus",
            DatasourceType::Lethe => "lethe",
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
        match text {
            "prometheus" => Ok(DatasourceType::Prometheus),
            "lethe" => Ok(DatasourceType::Lethe),
            _ => Err(DatasourceTypeError(text.to_owned())),
        }
    }
}

/// One datasource, as the browser may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}
