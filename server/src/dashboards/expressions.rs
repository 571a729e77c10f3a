//! Whether the expressions of a dashboard can be what they are meant to be.
//!
//! An expression that cannot be parsed costs its own panel and not the dashboard, so the file is
//! used nevertheless.

use lethe::letheql;
use venti_model::dashboard::{Dashboard, Panel, PanelKind, Target};
use venti_model::status::ConfigFault;
use venti_model::variables::Variables;
use venti_yaml::{Node, Value};

use crate::config::Source;

/// What is wrong with the expressions, each at its place.
pub(super) fn check(dashboard: &Dashboard, source: Source<'_>) -> Vec<ConfigFault> {
    // It was read once already, so there is a tree; without it faults would have no place.
    let tree = source.read_tree().ok().map(|(tree, _)| tree);
    let mut faults = Vec::new();
    for (row, at_row) in dashboard.rows.iter().zip(0..) {
        for (panel, at_panel) in row.panels.iter().zip(0..) {
            for (target, at_target) in panel.targets.iter().zip(0..) {
                let node = tree.as_ref().and_then(|tree| {
                    let row = item(tree, "rows", at_row)?;
                    let panel = item(row, "panels", at_panel)?;
                    item(panel, "targets", at_target)?.get("expr")
                });
                let at = node.and_then(|it| it.at);
                faults.extend(error(panel, target).map(|it| source.fault(at, it)));
                faults.extend(unknown_variable(target).map(|it| source.warning(at, it)));
            }
        }
    }
    faults
}

/// An item of the list behind a key.
fn item<'a>(node: &'a Node, key: &str, index: usize) -> Option<&'a Node> {
    match &node.get(key)?.value {
        Value::List(items) => items.get(index),
        _ => None,
    }
}

/// Why an expression is none. Variables stand for what they stand for when nothing is chosen.
fn error(panel: &Panel, target: &Target) -> Option<String> {
    let variables = Variables {
        namespace: None,
        node: None,
        interval: 15,
        range: 3600,
    };
    let text = variables.substitute(&target.expr);
    if text.trim().is_empty() {
        return Some("the expression is empty".to_owned());
    }
    match panel.kind {
        PanelKind::Logs => {
            let error = letheql::Query::parse(&text).err()?;
            Some(format!("not LetheQL: {error}"))
        }
        _ => {
            let error = promql_parser::parser::parse(&text).err()?;
            // The parser repeats what it was given, in several lines.
            let error = error.lines().find(|it| !it.trim().is_empty());
            Some(format!("not PromQL: {}", error.unwrap_or_default().trim()))
        }
    }
}

/// The first variable that nothing stands behind: it would be sent as it is written.
fn unknown_variable(target: &Target) -> Option<String> {
    const KNOWN: [&str; 5] = [
        "namespace",
        "node",
        "__interval",
        "__rate_interval",
        "__range",
    ];
    let name = target.expr.split('$').skip(1).find_map(|after| {
        let after = after.strip_prefix('{').unwrap_or(after);
        let is_part = |it: char| it.is_ascii_alphanumeric() || it == '_';
        let name = &after[..after.find(|it| !is_part(it)).unwrap_or(after.len())];
        // A digit follows where a group of a regular expression is meant.
        let is_name = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_');
        (is_name && !KNOWN.contains(&name)).then_some(name)
    })?;
    let known: Vec<String> = KNOWN.iter().map(|it| format!("`${it}`")).collect();
    Some(format!(
        "there is no variable `${name}`, only {}",
        known.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn faults(kind: &str, expr: &str) -> Vec<String> {
        let text = format!(
            "title: A\nrows:\n- panels:\n  - type: {kind}\n    targets:\n    - expr: {expr}\n"
        );
        let source = Source {
            file: "a.yml",
            text: &text,
        };
        let (dashboard, _) = source.read_first::<Dashboard>().unwrap();
        check(&dashboard, source)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn good_expressions_have_no_fault() {
        for (kind, expr) in [
            (
                "stat",
                "sum(rate(http_requests_total{node=~\"$node\"}[$__rate_interval]))",
            ),
            ("stat", "label_replace(up, \"a\", \"$1\", \"b\", \"(.*)\")"),
            ("logs", "pod{namespace=\"$namespace\"} |= `x`"),
        ] {
            let expr = format!("'{expr}'");
            assert_eq!(faults(kind, &expr), [""; 0], "{expr}");
        }
    }

    #[test]
    fn bad_expressions_are_told_at_their_place() {
        let [fault] = &faults("stat", "sum(up")[..] else {
            panic!("{:?}", faults("stat", "sum(up"));
        };
        assert!(fault.starts_with("a.yml:6:13: not PromQL: "), "{fault}");
        let [fault] = &faults("logs", "sum(up")[..] else {
            panic!("{:?}", faults("logs", "sum(up"));
        };
        assert!(fault.starts_with("a.yml:6:13: not LetheQL: "), "{fault}");
        assert_eq!(
            faults("stat", "'up{pool=\"$nodepool\"}'"),
            [
                "a.yml:6:13: there is no variable `$nodepool`, only `$namespace`, `$node`, \
              `$__interval`, `$__rate_interval`, `$__range`"
            ]
        );
        assert_eq!(
            faults("stat", "''"),
            ["a.yml:6:13: the expression is empty"]
        );
    }

    proptest! {
        #[test]
        fn never_panics(expr in "(?s).{0,40}", logs: bool) {
            let kind = if logs { PanelKind::Logs } else { PanelKind::Stat };
            let panel = Panel { kind, ..Panel::default() };
            let target = Target { expr, ..Target::default() };
            let _ = (error(&panel, &target), unknown_variable(&target));
        }
    }
}
