//! What is wrong with the configuration, as the log and the browser tell it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One fault of one configuration file. The rest of the configuration goes on working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigFault {
    /// Path relative to the configuration directory, such as `dashboards/host.yml`.
    pub file: String,
    /// Line, from 1, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Column in characters, from 1, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// Whether it stands in the way.
    #[serde(default)]
    pub severity: Severity,
    /// What was found and what was expected.
    pub message: String,
    /// The lines of the file around the fault, with a mark under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

impl ConfigFault {
    /// An error about a file or folder as a whole.
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: None,
            column: None,
            severity: Severity::Error,
            message: message.into(),
            excerpt: None,
        }
    }
}

/// How bad a fault is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something does not work as it is written. A file that cannot be read at all holds in its
    /// last good version, or not at all.
    #[default]
    Error,
    /// It works, perhaps not as it was meant.
    Warning,
}

/// `dashboards/host.yml:3:5: unknown key …`, as compilers write it.
impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        for position in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{position}")?;
        }
        write!(f, ": {}", self.message)
    }
}
