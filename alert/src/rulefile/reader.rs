//! Taking values out of a tree, with a fault for each that is not what it should be.

use std::time::Duration;

use venti_model::duration;
use venti_model::status::ConfigFault;
use venti_yaml::{Entry, Node, Source, Value, unknown};

/// Line and column, from 1.
pub(super) type Place = Option<(usize, usize)>;

/// A label or annotation as written, with the place of its value.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) at: Place,
}

/// Collects faults on the way through a file.
pub(super) struct Reader<'a> {
    source: Source<'a>,
    pub(super) faults: Vec<ConfigFault>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: Source<'a>) -> Self {
        Self {
            source,
            faults: Vec::new(),
        }
    }

    /// Notes what costs a piece of the file.
    pub(super) fn error(&mut self, at: Place, message: impl Into<String>) {
        self.faults.push(self.source.fault(at, message));
    }

    /// Notes what deserves a look.
    pub(super) fn warn(&mut self, at: Place, message: impl Into<String>) {
        self.faults.push(self.source.warning(at, message));
    }

    /// Warns of keys that mean nothing here: `ignored` ones are known from elsewhere.
    pub(super) fn unknown_keys(&mut self, entries: &[Entry], known: &[&str], ignored: &[&str]) {
        for Entry { key, at, .. } in entries {
            if ignored.contains(&key.as_str()) {
                self.warn(*at, format!("`{key}` has no effect here"));
            } else if !known.contains(&key.as_str()) {
                self.warn(*at, unknown("key", key, known));
            }
        }
    }

    /// Keys with values; nothing counts as none.
    pub(super) fn map<'n>(&mut self, node: &'n Node) -> Option<&'n [Entry]> {
        match &node.value {
            Value::Map(entries) => Some(entries),
            Value::Null => Some(&[]),
            _ => {
                self.expected("keys with values", node);
                None
            }
        }
    }

    /// Items; nothing counts as none.
    pub(super) fn list<'n>(&mut self, node: &'n Node) -> &'n [Node] {
        match &node.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => {
                self.expected("a list", node);
                &[]
            }
        }
    }

    /// A text; nothing counts as the empty one.
    pub(super) fn text(&mut self, node: &Node) -> Option<String> {
        match &node.value {
            Value::Text(text) => Some(text.clone()),
            Value::Null => Some(String::new()),
            _ => {
                self.expected("a text", node);
                None
            }
        }
    }

    /// A text or a list of texts.
    pub(super) fn texts(&mut self, node: &Node) -> Vec<String> {
        match &node.value {
            Value::Text(text) => vec![text.clone()],
            _ => {
                let items = self.list(node);
                items.iter().filter_map(|it| self.text(it)).collect()
            }
        }
    }

    /// A whole number.
    pub(super) fn number(&mut self, node: &Node) -> Option<u64> {
        let text = self.text(node)?;
        let number = text.parse().ok();
        if number.is_none() {
            self.error(node.at, format!("`{text}` is no whole number"));
        }
        number
    }

    /// A duration. Prometheus reads fewer forms than this does, which is worth a warning.
    pub(super) fn duration(&mut self, node: &Node) -> Option<Duration> {
        let text = self.text(node)?;
        match duration::parse(&text) {
            Ok(duration) => {
                if !is_prometheus_duration(&text) {
                    let hint = "Prometheus reads whole numbers with the units y, w, d, h, m, s, ms in this order";
                    self.warn(
                        node.at,
                        format!("`{text}` means nothing to Prometheus: {hint}"),
                    );
                }
                Some(duration)
            }
            Err(error) => {
                self.error(node.at, error.to_string());
                None
            }
        }
    }

    /// Names with texts, ordered by name.
    pub(super) fn pairs(&mut self, node: &Node) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for entry in self.map(node).unwrap_or_default() {
            if let Some(value) = self.text(&entry.value) {
                pairs.push(Pair {
                    name: entry.key.clone(),
                    value,
                    at: entry.value.at.or(entry.at),
                });
            }
        }
        pairs.sort_by(|a, b| a.name.cmp(&b.name));
        pairs
    }

    /// Labels: those whose name no label can have are left out.
    pub(super) fn labels(&mut self, node: &Node) -> Vec<Pair> {
        let mut pairs = self.pairs(node);
        pairs.retain(|it| {
            let is_name = super::is_label_name(&it.name);
            if !is_name {
                self.error(it.at, format!("`{}` is no name of a label", it.name));
            }
            is_name
        });
        pairs
    }

    fn expected(&mut self, what: &str, node: &Node) {
        self.error(node.at, format!("expected {what}, found {}", node.kind()));
    }
}

/// Whether the units stand in Prometheus' order, each once, behind whole numbers.
fn is_prometheus_duration(text: &str) -> bool {
    const UNITS: [&str; 7] = ["y", "w", "d", "h", "m", "s", "ms"];
    let mut units = UNITS.iter();
    let mut rest = text;
    while !rest.is_empty() && text != "0" {
        let tail = rest.trim_start_matches(|it: char| it.is_ascii_digit());
        let end = tail
            .find(|it: char| !it.is_ascii_alphabetic())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        if !units.any(|it| *it == unit) {
            return false;
        }
        rest = tail;
    }
    true
}
