//! Log lines as Lethe answers them.

use serde::{Deserialize, Serialize};

/// One line of a pod (namespace, pod, container) or of a node (node, process).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    /// RFC 3339, as it stands in the file.
    pub time: String,
    /// Of a pod's line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Of a pod's line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod: Option<String>,
    /// Of a pod's line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// Of a node's line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Of a node's line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
    /// The message: hostile text.
    #[serde(default)]
    pub log: String,
    /// Names the line for its context and for paging, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}
