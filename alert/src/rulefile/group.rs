//! A group of a rule file.

use venti_yaml::Node;

use super::extension::Extension;
use super::reader::{Pair, Reader};
use super::rule;
use crate::expression::Language;
use crate::rule::RuleGroup;

const KEYS: [&str; 9] = [
    "name",
    "interval",
    "limit",
    "query_offset",
    "labels",
    "rules",
    "type",
    "eval_offset",
    "x-lethe",
];

/// Keys of vmalert, Thanos, Mimir and Loki that change nothing here.
const IGNORED: [&str; 13] = [
    "concurrency",
    "eval_alignment",
    "params",
    "headers",
    "notifier_headers",
    "debug",
    "tenant",
    "extra_filter_labels",
    "update_entries_limit",
    "partial_response_strategy",
    "source_tenants",
    "evaluation_delay",
    "align_evaluation_time_on_interval",
];

/// What a file says about all its groups.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) common: &'a [Pair],
    pub(super) datasource_type: Option<&'a str>,
}

/// Reads a group, or says why there is none. `before` are the groups that stand above it.
pub(super) fn read(
    reader: &mut Reader<'_>,
    node: &Node,
    context: Context<'_>,
    before: &[RuleGroup],
) -> Option<RuleGroup> {
    let entries = reader.map(node)?;
    let known: Vec<&str> = KEYS.into_iter().chain(["eval_delay"]).collect();
    reader.unknown_keys(entries, &known, &IGNORED);
    let name = match node.get("name") {
        Some(name) => reader.text(name)?,
        None => String::new(),
    };
    if name.is_empty() {
        reader.error(node.at, "a group needs a `name`");
        return None;
    }
    if before.iter().any(|it| it.name == name) {
        reader.error(
            node.at,
            format!("the file has another group `{name}`: this one is left out"),
        );
        return None;
    }
    let mut duration = |key: &str| match node.get(key) {
        Some(value) => reader.duration(value),
        None => None,
    };
    let interval = duration("interval").filter(|it| !it.is_zero());
    let query_offset = duration("query_offset").or_else(|| duration("eval_delay"));
    let eval_offset = duration("eval_offset");
    let limit = match node.get("limit") {
        Some(limit) => reader.number(limit).unwrap_or(0),
        None => 0,
    };
    let language = match node.get("type") {
        Some(kind) => language(reader, kind)?,
        None => None,
    };
    let own = match node.get("labels") {
        Some(labels) => reader.labels(labels),
        None => Vec::new(),
    };
    let inherited = rule::Inherited {
        labels: overlay(context.common, &own),
        language,
        datasource_type: context.datasource_type,
        extension: match node.get("x-lethe") {
            Some(extension) => Extension::read(reader, extension),
            None => Extension::default(),
        },
    };
    let mut rules = Vec::new();
    if let Some(list) = node.get("rules") {
        for item in reader.list(list) {
            rules.extend(rule::read(reader, item, &inherited));
        }
    }
    Some(RuleGroup {
        name,
        interval,
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
        query_offset,
        eval_offset,
        rules,
    })
}

/// vmalert's `type` of a group, and ours for Lethe.
fn language(reader: &mut Reader<'_>, node: &Node) -> Option<Option<Language>> {
    match reader.text(node)?.as_str() {
        "" => Some(None),
        "prometheus" => Some(Some(Language::PromQl)),
        "vlogs" => Some(Some(Language::LogsQl)),
        "lethe" => Some(Some(Language::LetheQl)),
        other => {
            let known = "`prometheus`, `vlogs` or `lethe`";
            reader.error(
                node.at,
                format!("groups of type `{other}` cannot be evaluated, expected {known}"),
            );
            None
        }
    }
}

/// `upper` laid over `lower`, ordered by name.
pub(super) fn overlay(lower: &[Pair], upper: &[Pair]) -> Vec<Pair> {
    let mut pairs = upper.to_vec();
    for pair in lower {
        if !upper.iter().any(|it| it.name == pair.name) {
            pairs.push(pair.clone());
        }
    }
    pairs.sort_by(|a, b| a.name.cmp(&b.name));
    pairs
}
