//! Variables in expressions: `$namespace`, `$node`, `$__interval`, `$__rate_interval`, `$__range`.

use crate::duration::format_seconds;

/// The values that stand behind the variables of one panel's expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variables {
    /// The chosen namespace; `None` is "all".
    pub namespace: Option<String>,
    /// The chosen node; `None` is "all".
    pub node: Option<String>,
    /// Seconds between two points of the graph, behind `$__interval`.
    pub interval: u64,
    /// Seconds of the whole range, behind `$__range`.
    pub range: u64,
}

/// How often we assume that targets are scraped, seconds. `$__rate_interval` must hold four
/// samples, so that a rate survives a lost scrape; the original's chart scrapes each 15 s.
const SCRAPE_INTERVAL: u64 = 15;

impl Variables {
    /// Replaces the variables of `expression`.
    ///
    /// A name ends where a letter, digit or underscore no longer follows, so `$nodepool` is
    /// not `$node` (the original damaged it); unknown names stay as they are. "All" is the
    /// regex `.*`, as dashboards write `namespace=~"$namespace"`. A chosen value is escaped
    /// for the place it stands in, a regex inside a quoted string.
    pub fn substitute(&self, expression: &str) -> String {
        let mut text = String::with_capacity(expression.len() + 16);
        let mut rest = expression;
        while let Some((before, after)) = rest.split_once('$') {
            text.push_str(before);
            let braced = after.strip_prefix('{').and_then(|it| it.split_once('}'));
            let (name, tail) = braced.unwrap_or_else(|| {
                let end = after
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(after.len());
                after.split_at(end)
            });
            match self.value(name) {
                Some(value) => {
                    text.push_str(&value);
                    rest = tail;
                }
                None => {
                    text.push('$');
                    rest = after;
                }
            }
        }
        text.push_str(rest);
        text
    }

    fn value(&self, name: &str) -> Option<String> {
        let chosen = |it: &Option<String>| it.as_deref().map_or(".*".to_owned(), escape_regex);
        match name {
            "namespace" => Some(chosen(&self.namespace)),
            "node" => Some(chosen(&self.node)),
            "__interval" => Some(format_seconds(self.interval.max(1))),
            "__rate_interval" => {
                let seconds = (self.interval + SCRAPE_INTERVAL).max(4 * SCRAPE_INTERVAL);
                Some(format_seconds(seconds))
            }
            "__range" => Some(format_seconds(self.range.max(1))),
            _ => None,
        }
    }
}

/// Whether `expression` uses the variable `name`.
pub fn uses(expression: &str, name: &str) -> bool {
    expression.match_indices('$').any(|(at, _)| {
        let after = &expression[at + 1..];
        let after = after.strip_prefix('{').unwrap_or(after);
        after
            .strip_prefix(name)
            .is_some_and(|tail| !tail.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
    })
}

/// Escapes a label value for a regex inside a double-quoted string of PromQL or LetheQL.
///
/// Names of namespaces and nodes hold letters, digits, `-` and `.`; the dot alone is left
/// bare there, since escaping it would break the rare dashboard that compares with `=`.
fn escape_regex(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\\' => text.push_str(r"\\\\"),
            '"' => text.push_str(r#"\""#),
            '\n' => text.push_str(r"\n"),
            '+' | '*' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => {
                text.push_str(r"\\");
                text.push(c);
            }
            _ => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn variables() -> Variables {
        Variables {
            namespace: None,
            node: Some("node-1.example".into()),
            interval: 30,
            range: 3600,
        }
    }

    #[test]
    fn replaces_whole_names_only() {
        let cases = [
            (r#"up{namespace=~"$namespace"}"#, r#"up{namespace=~".*"}"#),
            (r#"up{node=~"$node"}"#, r#"up{node=~"node-1.example"}"#),
            ("rate(x[$__rate_interval])", "rate(x[1m])"),
            ("rate(x[${__interval}])", "rate(x[30s])"),
            ("max_over_time(x[$__range])", "max_over_time(x[1h])"),
            (r#"up{pool="$nodepool"}"#, r#"up{pool="$nodepool"}"#),
            ("$ $$node ${", "$ $node-1.example ${"),
        ];
        for (expression, expected) in cases {
            assert_eq!(variables().substitute(expression), expected);
        }
    }

    #[test]
    fn a_hostile_name_stays_inside_its_string() {
        let hostile = Variables {
            node: Some(r#"a"} or up{x="\"#.into()),
            ..variables()
        };
        assert_eq!(
            hostile.substitute(r#"up{node=~"$node"}"#),
            r#"up{node=~"a\"\\} or up\\{x=\"\\\\"}"#
        );
    }

    #[test]
    fn knows_what_an_expression_uses() {
        assert!(uses(r#"{node=~"$node"}"#, "node"));
        assert!(uses("$node", "node"));
        assert!(uses("${node}", "node"));
        assert!(!uses("$nodepool", "node"));
        assert!(!uses("node", "node"));
    }

    proptest! {
        #[test]
        fn never_panics(expression in ".{0,60}", node in ".{0,10}") {
            let variables = Variables { node: Some(node), ..variables() };
            variables.substitute(&expression);
            uses(&expression, "node");
        }
    }
}
