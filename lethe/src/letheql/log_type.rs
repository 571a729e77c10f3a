//! The two kinds of logs and their labels.

/// What kind of thing wrote a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogType {
    /// Processes of a node: labels `node`, `process`.
    Node,
    /// Containers: labels `namespace`, `pod`, `container`.
    Pod,
}

impl LogType {
    /// Both types, in the order their directories are listed.
    pub const ALL: [LogType; 2] = [LogType::Node, LogType::Pod];

    /// The type of that name, which is also its directory name.
    pub fn from_name(name: &str) -> Option<LogType> {
        LogType::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Directory and selector name: `node` or `pod`.
    pub fn name(self) -> &'static str {
        match self {
            LogType::Node => "node",
            LogType::Pod => "pod",
        }
    }

    /// The labels of a line, in the order in which they stand in it. The first
    /// one is the target: it names the directory.
    pub fn labels(self) -> &'static [&'static str] {
        match self {
            LogType::Node => &["node", "process"],
            LogType::Pod => &["namespace", "pod", "container"],
        }
    }

    /// The label that names the directory of a line.
    pub fn target_label(self) -> &'static str {
        match self {
            LogType::Node => "node",
            LogType::Pod => "namespace",
        }
    }
}
