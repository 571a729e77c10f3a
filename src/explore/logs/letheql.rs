//! LetheQL while it is written: its words, its fault, and its selector.

use std::ops::Range;

use lethe::letheql::{self, Expr, ExprKind, Query, Token, TokenKind};

use super::super::query_editor::{Piece, Reading};

/// Cuts a query where its colour changes and where its fault begins and ends.
pub(in crate::explore) fn read(query: &str) -> Reading {
    if query.trim().is_empty() {
        return Reading::default();
    }
    let (tokens, _) = letheql::tokens(query);
    let error = Query::parse(query).err();
    let to_blame = error.as_ref().map(|it| place(query, it.span()));
    let mut pieces = Vec::new();
    let mut add = |class, range: Range<usize>| {
        for (part, is_fault) in split(range, to_blame.as_ref()) {
            if let Some(text) = query.get(part).filter(|it| !it.is_empty()) {
                let text = text.to_owned();
                pieces.push(Piece {
                    class,
                    is_fault,
                    text,
                });
            }
        }
    };
    let mut at = 0;
    for token in &tokens {
        // Only comments and blanks lie between tokens.
        add("comment", at..token.span.start);
        add(class(query, token), token.span.clone());
        at = token.span.end;
    }
    add(if at == 0 { "plain" } else { "comment" }, at..query.len());
    if to_blame.is_some_and(|it| it.start >= query.len()) {
        pieces.push(Piece {
            class: "plain",
            is_fault: true,
            text: " ".to_owned(),
        });
    }
    Reading {
        pieces,
        fault: error.map(|it| it.to_string()),
    }
}

/// The bytes to mark: at least one letter, or what lies behind the end.
fn place(query: &str, span: Option<Range<usize>>) -> Range<usize> {
    let span = span.unwrap_or(0..query.len());
    let start = query.floor_char_boundary(span.start);
    let end = query.ceil_char_boundary(span.end.max(span.start + 1));
    start..end
}

/// A range as up to three: before, within and behind another one.
fn split(
    range: Range<usize>,
    marked: Option<&Range<usize>>,
) -> impl Iterator<Item = (Range<usize>, bool)> {
    let marked = marked.cloned().unwrap_or(range.end..range.end);
    let start = marked.start.clamp(range.start, range.end);
    let end = marked.end.clamp(range.start, range.end);
    [
        (range.start..start, false),
        (start..end, true),
        (end..range.end, false),
    ]
    .into_iter()
    .filter(|(part, _)| !part.is_empty())
}

/// What a token is, as styles call it.
fn class(query: &str, token: &Token<'_>) -> &'static str {
    match token.kind {
        TokenKind::String => "string",
        TokenKind::Number | TokenKind::Duration => "number",
        TokenKind::Aggregate(_) | TokenKind::Keyword(_) => "keyword",
        TokenKind::Operator(_) | TokenKind::Equal | TokenKind::EqualRegex | TokenKind::Pipe => {
            "operator"
        }
        TokenKind::Identifier => {
            let behind = query.get(token.span.end..).unwrap_or_default();
            if behind.trim_start().starts_with(['{', '(']) {
                "keyword"
            } else {
                "label"
            }
        }
        _ => "plain",
    }
}

/// Whether a query asks for numbers instead of lines.
pub(in crate::explore) fn is_counting(query: &str) -> bool {
    matches!(Query::parse(query), Ok(Query::Metric(_)))
}

/// A query with another selector: what it filters and counts stays. Of a query that cannot be
/// read nothing stays.
pub(super) fn with_selector(query: &str, selector: &str) -> String {
    let place = letheql::parse(query)
        .ok()
        .and_then(|it| place_of_selector(&it));
    let parts = place.and_then(|it| Some((query.get(..it.start)?, query.get(it.end..)?)));
    match parts {
        Some((before, behind)) => format!("{before}{selector}{behind}"),
        None => selector.to_owned(),
    }
}

fn place_of_selector(expr: &Expr) -> Option<Range<usize>> {
    let mut expr = expr;
    loop {
        expr = match &expr.kind {
            ExprKind::Selector(_) => return Some(expr.span.clone()),
            ExprKind::Paren(of)
            | ExprKind::Unary { of, .. }
            | ExprKind::Stage { of, .. }
            | ExprKind::Range { of, .. } => of,
            ExprKind::Call { args, .. } | ExprKind::Aggregate { args, .. } => args.last()?,
            ExprKind::Binary { left, .. } => left,
            ExprKind::Number(_) | ExprKind::String(_) => return None,
        };
    }
}

/// A text as a string of the language.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted += "\\n",
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn painted(query: &str) -> Vec<(&'static str, String)> {
        let pieces = read(query).pieces.into_iter();
        pieces.map(|it| (it.class, it.text)).collect()
    }

    fn blamed(query: &str) -> String {
        let pieces = read(query).pieces.into_iter();
        pieces.filter(|it| it.is_fault).map(|it| it.text).collect()
    }

    #[test]
    fn words_have_their_colours() {
        let expected = [
            ("keyword", "pod"),
            ("plain", "{"),
            ("label", "namespace"),
            ("operator", "="),
            ("string", "\"a\""),
            ("plain", "}"),
            ("comment", " "),
            ("operator", "|="),
            ("comment", " "),
            ("string", "'x'"),
            ("comment", " # why"),
        ];
        let expected = expected.map(|(class, text)| (class, text.to_owned()));
        assert_eq!(painted(r#"pod{namespace="a"} |= 'x' # why"#), expected);
        assert_eq!(read(r#"pod{namespace="a"}"#).fault, None);
    }

    #[test]
    fn the_place_of_a_fault_is_marked() {
        assert_eq!(blamed("pod{namespace=a}"), "a");
        assert_eq!(blamed(r#"pod{namespace="a"} |= "#), " ");
        assert_eq!(blamed(r#"pod{namespace="a""#), " ");
        assert!(read("pod{").fault.is_some_and(|it| it.starts_with("1:5: ")));
        assert_eq!(blamed("up"), "up");
        assert_eq!(read("  "), Reading::default());
    }

    #[test]
    fn a_target_replaces_the_selector_alone() {
        let cases = [
            ("", "N"),
            ("pod{", "N"),
            (r#"pod{namespace="a"}"#, "N"),
            (r#"pod{namespace="a"} |= "x" | json"#, r#"N |= "x" | json"#),
            (
                r#"sum by (pod) (rate(pod{namespace="a"} |= "x" [5m])) > 1"#,
                r#"sum by (pod) (rate(N |= "x" [5m])) > 1"#,
            ),
        ];
        for (query, expected) in cases {
            assert_eq!(with_selector(query, "N"), expected, "{query}");
        }
    }

    #[test]
    fn numbers_are_told_from_lines() {
        assert!(is_counting(r#"count_over_time(pod{namespace="a"}[5m])"#));
        assert!(!is_counting(r#"pod{namespace="a"}"#));
        assert!(!is_counting("count_over_time("));
    }

    proptest! {
        #[test]
        fn the_painted_text_is_the_text(query in r#"[a-z{}=~|"'`\\#\[\]() \n0-9é]{0,60}"#) {
            let reading = read(&query);
            let text: String = reading.pieces.iter().map(|it| it.text.as_str()).collect();
            if !reading.pieces.is_empty() {
                // A fault behind the end is marked on a blank of its own.
                prop_assert!(text == query || text == format!("{query} "), "{text:?}");
            }
            prop_assert_eq!(reading.fault.is_some(), reading.pieces.iter().any(|it| it.is_fault));
        }

        #[test]
        fn a_quoted_text_is_the_value(text in any::<String>()) {
            prop_assume!(!text.contains(char::REPLACEMENT_CHARACTER));
            let selector = format!("pod{{namespace={}}}", quoted(&text));
            let expr = letheql::parse(&selector).unwrap();
            let ExprKind::Selector(selector) = expr.kind else { unreachable!() };
            prop_assert_eq!(&selector.matchers[0].value, text.as_bytes());
        }
    }
}
