//! A rule of a group.

use std::sync::Arc;
use std::time::Duration;

use venti_yaml::{Node, unknown};

use super::extension::Extension;
use super::group::overlay;
use super::reader::{Pair, Place, Reader};
use crate::expression::{Answers, Expression, Language};
use crate::lines::FIELDS;
use crate::rule::{AlertRule, LineOptions, RecordingRule, Rule};
use crate::template::Text;

const KEYS: [&str; 8] = [
    "alert",
    "record",
    "expr",
    "for",
    "keep_firing_for",
    "labels",
    "annotations",
    "x-lethe",
];

/// Keys of vmalert that change nothing here.
const IGNORED: [&str; 3] = ["debug", "update_entries_limit", "id"];

/// What a group says about all its rules.
pub(super) struct Inherited<'a> {
    pub(super) labels: Vec<Pair>,
    pub(super) language: Option<Language>,
    pub(super) datasource_type: Option<&'a str>,
    pub(super) extension: Extension,
}

/// Reads a rule, or says why there is none.
pub(super) fn read(
    reader: &mut Reader<'_>,
    node: &Node,
    inherited: &Inherited<'_>,
) -> Option<Rule> {
    let entries = reader.map(node)?;
    reader.unknown_keys(entries, &KEYS, &IGNORED);
    let mut name = |key: &str| {
        let node = node.get(key)?;
        reader.text(node).filter(|it| !it.is_empty())
    };
    let (alert, record) = (name("alert"), name("record"));
    let text = match node.get("expr") {
        Some(expr) => reader.text(expr)?,
        None => String::new(),
    };
    let expr_at = node.get("expr").map_or(node.at, |it| it.at);
    let own = match node.get("labels") {
        Some(labels) => reader.labels(labels),
        None => Vec::new(),
    };
    let labels = overlay(&inherited.labels, &own);
    match (alert, record) {
        (Some(name), None) => {
            read_alert(reader, node, inherited, name, (&text, expr_at), labels).map(Rule::Alert)
        }
        (None, Some(name)) => {
            read_record(reader, node, name, (&text, expr_at), labels).map(Rule::Recording)
        }
        (Some(_), Some(_)) => {
            reader.error(node.at, "a rule has either `alert` or `record`, not both");
            None
        }
        (None, None) => {
            reader.error(node.at, "a rule needs `alert` with a name, or `record`");
            None
        }
    }
}

fn read_alert(
    reader: &mut Reader<'_>,
    node: &Node,
    inherited: &Inherited<'_>,
    name: String,
    (text, expr_at): (&str, Place),
    labels: Vec<Pair>,
) -> Option<Arc<AlertRule>> {
    let extension = match node.get("x-lethe") {
        Some(extension) => Extension::read(reader, extension).over(&inherited.extension),
        None => inherited.extension.clone(),
    };
    let language = inherited
        .language
        .or_else(|| language_of(inherited.datasource_type?))
        .or_else(|| extension.is_about_lines().then_some(Language::LetheQl))
        .unwrap_or_else(|| Expression::guess(text));
    let expression = match Expression::parse(text, language) {
        Ok((expression, doubt)) => {
            if let Some(doubt) = doubt {
                reader.warn(expr_at, format!("alert `{name}`: {doubt}"));
            }
            expression
        }
        Err(error) => {
            reader.error(expr_at, format!("alert `{name}`: {error}"));
            return None;
        }
    };
    if expression.answers == Answers::Samples && extension.is_about_lines() {
        let message = "`window`, `min_lines` and `group_by` are for expressions that select lines";
        reader.warn(node.at, format!("alert `{name}`: {message}"));
    }
    if let Answers::Lines(_) = expression.answers {
        for field in extension.group_by.iter().flatten() {
            if !FIELDS.contains(&field.as_str()) {
                let message = unknown("field of lines", field, &FIELDS);
                reader.warn(node.at, format!("alert `{name}`: `group_by`: {message}"));
            }
        }
    }
    // A wrong length of time would be a wrong alarm: the rule is left out instead.
    let mut duration = |key: &str| match node.get(key) {
        Some(value) => reader.duration(value),
        None => Some(Duration::ZERO),
    };
    let (hold, keep_firing_for) = (duration("for")?, duration("keep_firing_for")?);
    let annotations = match node.get("annotations") {
        Some(annotations) => reader.pairs(annotations),
        None => Vec::new(),
    };
    Some(Arc::new(AlertRule {
        labels: templates(reader, &name, labels),
        annotations: templates(reader, &name, annotations),
        name,
        expression,
        hold,
        keep_firing_for,
        lines: LineOptions {
            window: extension.window,
            min_lines: extension.min_lines.unwrap_or(1).max(1),
            group_by: extension.group_by.unwrap_or_default(),
        },
        datasource: extension.datasource,
        on_error: extension.on_error,
        notify: extension.notify.unwrap_or_default(),
        at: node.at,
    }))
}

fn read_record(
    reader: &mut Reader<'_>,
    node: &Node,
    name: String,
    (text, expr_at): (&str, Place),
    labels: Vec<Pair>,
) -> Option<RecordingRule> {
    for key in ["for", "keep_firing_for", "annotations"] {
        if let Some(value) = node.get(key) {
            reader.error(
                value.at,
                format!("`{key}` means nothing in a recording rule"),
            );
            return None;
        }
    }
    if text.trim().is_empty() {
        reader.error(
            expr_at,
            format!("recording rule `{name}`: the expression is empty"),
        );
        return None;
    }
    Some(RecordingRule {
        name,
        expression: text.trim().to_owned(),
        labels: labels.into_iter().map(|it| (it.name, it.value)).collect(),
        at: node.at,
    })
}

/// The language of a file that selects datasources of one type.
fn language_of(datasource_type: &str) -> Option<Language> {
    [Language::PromQl, Language::LetheQl, Language::LogsQl]
        .into_iter()
        .find(|it| it.datasource_type() == datasource_type)
}

fn templates(reader: &mut Reader<'_>, alert: &str, pairs: Vec<Pair>) -> Vec<(String, Text)> {
    let read = |Pair { name, value, at }| {
        let (text, faults) = Text::parse(alert, value);
        for fault in faults {
            reader.warn(at, format!("alert `{alert}`, `{name}`: {fault}"));
        }
        (name, text)
    };
    pairs.into_iter().map(read).collect()
}
