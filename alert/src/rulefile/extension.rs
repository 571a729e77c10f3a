//! Our own keys, all below `x-lethe`, so that a file loads in Prometheus again once that one
//! block is deleted.

use std::time::Duration;

use venti_yaml::Node;

use super::reader::Reader;
use crate::rule::OnError;

const KEYS: [&str; 6] = [
    "datasource",
    "group_by",
    "window",
    "min_lines",
    "on_error",
    "notify",
];

/// The block `x-lethe` of a group or a rule.
#[derive(Clone, Debug, Default)]
pub(super) struct Extension {
    pub(super) datasource: Option<String>,
    pub(super) group_by: Option<Vec<String>>,
    pub(super) window: Option<Duration>,
    pub(super) min_lines: Option<u64>,
    pub(super) on_error: Option<OnError>,
    pub(super) notify: Option<Vec<String>>,
}

impl Extension {
    pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Self {
        let mut extension = Self::default();
        let entries = reader.map(node).unwrap_or_default();
        reader.unknown_keys(entries, &KEYS, &[]);
        for entry in entries {
            let value = &entry.value;
            match entry.key.as_str() {
                "datasource" => extension.datasource = reader.text(value),
                "group_by" => extension.group_by = Some(reader.texts(value)),
                "window" => extension.window = reader.duration(value).filter(|it| !it.is_zero()),
                "min_lines" => extension.min_lines = reader.number(value),
                "on_error" => extension.on_error = on_error(reader, value),
                "notify" => extension.notify = Some(reader.texts(value)),
                _ => {}
            }
        }
        extension
    }

    /// What a rule says, laid over what its group says.
    pub(super) fn over(self, group: &Self) -> Self {
        let group = group.clone();
        Self {
            datasource: self.datasource.or(group.datasource),
            group_by: self.group_by.or(group.group_by),
            window: self.window.or(group.window),
            min_lines: self.min_lines.or(group.min_lines),
            on_error: self.on_error.or(group.on_error),
            notify: self.notify.or(group.notify),
        }
    }

    /// Whether it says something that only lines have.
    pub(super) fn is_about_lines(&self) -> bool {
        self.group_by.is_some() || self.window.is_some() || self.min_lines.is_some()
    }
}

fn on_error(reader: &mut Reader<'_>, node: &Node) -> Option<OnError> {
    match reader.text(node)?.as_str() {
        "hold" => Some(OnError::Hold),
        "prometheus" => Some(OnError::Prometheus),
        other => {
            let message = format!("unknown value `{other}`, expected `hold` or `prometheus`");
            reader.error(node.at, message);
            None
        }
    }
}
