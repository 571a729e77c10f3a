//! The query language from outside: no text breaks it, and errors point into
//! the text.

use lethe::letheql::{LogQuery, Query, TokenKind, parse, tokens};
use proptest::prelude::*;

/// Texts that look like queries more often than chance would have it.
fn query_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("pod".to_owned()),
        Just("node".to_owned()),
        Just(r#"{namespace="a"}"#.to_owned()),
        Just(r#" |= "x" "#.to_owned()),
        Just("!~ `a+`".to_owned()),
        Just("[5m]".to_owned()),
        Just("count_over_time(".to_owned()),
        Just("sum by (pod) (".to_owned()),
        Just("| json".to_owned()),
        Just(r#"| level =~ "error" "#.to_owned()),
        Just("| (a > 5 or b = 1s)".to_owned()),
        Just("offset 5m".to_owned()),
        r#"[(){}\[\]=!~|<>+*/^%@,:"'`#\\. -]"#,
        "[a-z0-9_]{1,3}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|it| it.concat())
}

proptest! {
    #[test]
    fn no_text_panics(query in prop_oneof![query_text(), any::<String>()]) {
        if let Err(error) = Query::parse(&query)
            && let Some(span) = error.span()
        {
            prop_assert!(query.get(span).is_some(), "{error} points outside of {query:?}");
        }
    }

    #[test]
    fn tokens_are_in_the_text_and_in_order(query in query_text()) {
        let (tokens, error) = tokens(&query);
        let mut end = 0;
        for token in &tokens {
            prop_assert!(token.span.start >= end);
            prop_assert_eq!(query.get(token.span.clone()), Some(token.text));
            end = token.span.end;
        }
        let is_complete = tokens.last().is_some_and(|it| it.kind == TokenKind::EndOfInput);
        prop_assert_eq!(is_complete, error.is_none());
    }

    #[test]
    fn values_survive_quoting(namespace in "[^\"\\\\\n\u{fffd}]*", text in "[^`\u{fffd}]*") {
        let query = LogQuery::parse(&format!("pod{{namespace=\"{namespace}\"}} |= `{text}`")).unwrap();
        let expected = LogQuery::parse(&format!("pod{{'namespace'={namespace:?}}} |= `{text}`"));
        // Debug output escapes as the language does, but for braces in `\u{…}`.
        if let Ok(expected) = expected {
            prop_assert_eq!(query, expected);
        }
    }
}

#[test]
fn large_and_deep_queries_are_refused_not_crashed_on() {
    for text in [
        "(".repeat(100_000),
        "-".repeat(100_000),
        format!("pod{{namespace=\"a\"}}{}", r#"|="a""#.repeat(100_000)),
        format!("1{}", "+1".repeat(100_000)),
        format!("1{}", "^1".repeat(100_000)),
        "sum(".repeat(100_000),
        format!("pod{{namespace=\"a\"}}{}", "|json".repeat(100_000)),
        format!("pod{{namespace=\"a\"}}|{}", "(".repeat(100_000)),
        format!(
            "pod{{namespace=\"a\"}}|level=\"x\"{}",
            " or level=\"x\"".repeat(100_000)
        ),
        "{".repeat(100_000),
        format!("pod{{namespace=~\"{}\"}}", "(".repeat(100_000)),
    ] {
        assert!(Query::parse(&text).is_err());
    }
    let many = format!("pod{{namespace=\"a\"}}{}", r#" != "a""#.repeat(200));
    assert_eq!(LogQuery::parse(&many).unwrap().filters.len(), 200);
    let many = format!(
        "pod{{namespace=\"a\"}}{}",
        r#" | level = "x" != "a""#.repeat(300)
    );
    assert_eq!(LogQuery::parse(&many).unwrap().conditions.len(), 300);
}

#[test]
fn operators_bind_as_in_promql() {
    for (query, same) in [
        ("1 + 2 * 3", "1 + (2 * 3)"),
        ("2 ^ 3 ^ 4", "2 ^ (3 ^ 4)"),
        ("-2 ^ 2", "-(2 ^ 2)"),
        ("1 - 2 - 3", "(1 - 2) - 3"),
        ("a and b or c", "(a and b) or c"),
        ("a == b + c", "a == (b + c)"),
    ] {
        assert_eq!(shape(query), shape(same), "{query}");
    }
}

/// The tree of a query with its parentheses dropped and its places forgotten.
fn shape(query: &str) -> String {
    use lethe::letheql::{Expr, ExprKind};
    fn of(expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Paren(inner) => of(inner),
            ExprKind::Binary {
                op, left, right, ..
            } => {
                format!("({} {} {})", of(left), op.symbol(), of(right))
            }
            ExprKind::Unary { of: inner, .. } => format!("(-{})", of(inner)),
            ExprKind::Number(number) => number.to_string(),
            ExprKind::Selector(selector) => selector.name.clone(),
            other => format!("{other:?}"),
        }
    }
    of(&parse(query).unwrap())
}
