//! Rule files: YAML text in, rules and faults with their places out.
//!
//! One reader accepts four shapes: files of Prometheus, those of the original Venti
//! (`commonLabels`, `datasourceSelector`), the object `PrometheusRule` of the Prometheus
//! operator, and vmalert's further keys of groups. It knows the union of the keys of all
//! versions: `keep_firing_for` came with Prometheus 2.42, `query_offset` with 2.53 and `labels`
//! of groups with 3.0.
//!
//! What is wrong costs as little as possible: an unknown key or a broken template costs nothing
//! and is a warning, a rule that cannot be evaluated costs itself, and only a file that is no
//! YAML costs all of it.

mod extension;
mod group;
mod reader;
mod rule;

use venti_model::labels::METRIC_NAME;
use venti_yaml::{Node, Source, Value};

use crate::rule::{DatasourceSelector, RuleFile, System};
use reader::Reader;

/// Keys of a file in any shape but an operator's object.
const FILE_KEYS: [&str; 4] = ["groups", "kind", "commonLabels", "datasourceSelector"];

/// Keys of an object of the operator.
const OBJECT_KEYS: [&str; 4] = ["apiVersion", "kind", "metadata", "spec"];

/// Reads a rule file. `path` names it in faults and in the API, and gives its groups their
/// slots.
pub fn read(path: &str, text: &str) -> RuleFile {
    let source = Source { file: path, text };
    let mut file = RuleFile {
        path: path.to_owned(),
        ..RuleFile::default()
    };
    let mut reader = Reader::new(source);
    match source.read_tree() {
        Ok((root, ignored)) => {
            reader.faults.extend(ignored);
            read_root(&mut reader, &root, &mut file);
        }
        Err(fault) => reader.faults.push(fault),
    }
    file.faults = reader.faults;
    file
}

fn read_root(reader: &mut Reader<'_>, root: &Node, file: &mut RuleFile) {
    match &root.value {
        Value::Null => {}
        Value::Map(entries) if root.get("spec").is_some() => {
            reader.unknown_keys(entries, &OBJECT_KEYS, &[]);
            if let Some(spec) = root.get("spec") {
                read_groups(reader, spec, file);
            }
        }
        Value::Map(_) => read_groups(reader, root, file),
        _ => reader.error(
            root.at,
            format!("expected keys with values, found {}", root.kind()),
        ),
    }
}

fn read_groups(reader: &mut Reader<'_>, node: &Node, file: &mut RuleFile) {
    let Some(entries) = reader.map(node) else {
        return;
    };
    reader.unknown_keys(entries, &FILE_KEYS, &[]);
    file.labels_datasource = ["commonLabels", "datasourceSelector"]
        .iter()
        .any(|key| node.get(key).is_some());
    let common = match node.get("commonLabels") {
        Some(labels) => reader.labels(labels),
        None => Vec::new(),
    };
    if let Some(selector) = node.get("datasourceSelector") {
        file.selector = read_selector(reader, selector);
    }
    let Some(groups) = node.get("groups") else {
        return;
    };
    for group in reader.list(groups) {
        let context = group::Context {
            common: &common,
            datasource_type: file.selector.kind.as_deref(),
        };
        let Some(group) = group::read(reader, group, context, &file.groups) else {
            continue;
        };
        file.groups.push(group);
    }
}

fn read_selector(reader: &mut Reader<'_>, node: &Node) -> DatasourceSelector {
    let mut selector = DatasourceSelector::default();
    let Some(entries) = reader.map(node) else {
        return selector;
    };
    reader.unknown_keys(entries, &["system", "type", "name"], &[]);
    let mut word = |key: &str| {
        let node = node.get(key)?;
        let text = reader.text(node)?;
        (!text.is_empty()).then_some((text, node.at))
    };
    selector.kind = word("type").map(|(text, _)| text);
    selector.name = word("name").map(|(text, _)| text);
    match word("system") {
        Some((text, _)) if text == "main" => selector.system = Some(System::Main),
        Some((text, _)) if text == "sub" => selector.system = Some(System::Sub),
        Some((text, at)) => reader.error(
            at,
            format!("unknown system `{text}`, expected `main`, `sub` or nothing for both"),
        ),
        None => {}
    }
    selector
}

/// Whether a name can be given to a label by a rule: any text of letters, digits and `_` that
/// begins with no digit, but not the name of the metric.
fn is_label_name(name: &str) -> bool {
    name != METRIC_NAME
        && !name.is_empty()
        && !name.starts_with(|it: char| it.is_ascii_digit())
        && name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '_')
}

#[cfg(test)]
mod tests;
