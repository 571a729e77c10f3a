//! What can be written next in a query.

use lethe::letheql::{self, LogQuery, LogType, Token, TokenKind};

/// A place in a query where something known may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Where the word that is being written starts, in bytes.
    pub(super) start: usize,
    /// What may stand there.
    pub(super) wanted: Wanted,
}

/// What may stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// One of these words.
    Words(&'static [&'static str]),
    /// The value of a label in the lines of a selector; without one, a name of a target.
    Value {
        /// The label.
        label: String,
        /// What was chosen before it.
        selector: Option<String>,
    },
}

const STARTS: &[&str] = &[
    "pod{namespace=\"",
    "node{node=\"",
    "count_over_time(",
    "rate(",
    "sum by (",
    "topk(",
];
const POD_LABELS: &[&str] = &["namespace=\"", "pod=\"", "pod=~\"", "container=\""];
const NODE_LABELS: &[&str] = &["node=\"", "process=\""];
const PIPES: &[&str] = &[
    "|= \"",
    "!= \"",
    "|~ \"",
    "!~ \"",
    "| level = \"error\"",
    "| level = \"warn\"",
    "| json",
    "| logfmt",
];

/// What may stand at the end of `before`, the query up to the caret.
pub(super) fn place(before: &str) -> Option<Place> {
    let (mut tokens, _) = letheql::tokens(before);
    tokens.retain(|it| it.kind != TokenKind::EndOfInput);
    let end = tokens.last().map_or(0, |it| it.span.end);
    let rest = before.get(end..)?;
    let open = tokens
        .iter()
        .rposition(|it| it.kind == TokenKind::LeftBrace);
    let is_inside = open.is_some_and(|at| {
        tokens[at..]
            .iter()
            .all(|it| it.kind != TokenKind::RightBrace)
    });
    match open.filter(|_| is_inside) {
        Some(open) => within_braces(before, &tokens, open, rest),
        None => outside(&tokens, rest, end),
    }
}

fn outside(tokens: &[Token<'_>], rest: &str, end: usize) -> Option<Place> {
    let words = |start, words| {
        let wanted = Wanted::Words(words);
        Some(Place { start, wanted })
    };
    let (last, before) = match tokens.split_last() {
        None => return words(end + rest.len(), STARTS).filter(|_| rest.trim().is_empty()),
        Some((last, before)) => (last, before.last()),
    };
    let is_blank = !rest.is_empty() && rest.trim().is_empty();
    match last.kind {
        TokenKind::RightBrace | TokenKind::String if is_blank => words(end + rest.len(), PIPES),
        TokenKind::LeftParen if rest.trim().is_empty() => words(end + rest.len(), STARTS),
        TokenKind::Identifier | TokenKind::Aggregate(_) if rest.is_empty() => {
            let is_start = before.is_none_or(|it| it.kind == TokenKind::LeftParen);
            words(last.span.start, STARTS).filter(|_| is_start)
        }
        _ => None,
    }
}

fn within_braces(before: &str, tokens: &[Token<'_>], open: usize, rest: &str) -> Option<Place> {
    let log_type = LogType::from_name(open.checked_sub(1).and_then(|it| tokens.get(it))?.text)?;
    let labels = match log_type {
        LogType::Pod => POD_LABELS,
        LogType::Node => NODE_LABELS,
    };
    let (last, earlier) = tokens.split_last()?;
    let words = |start| {
        let wanted = Wanted::Words(labels);
        Some(Place { start, wanted })
    };
    match last.kind {
        TokenKind::LeftBrace | TokenKind::Comma if rest.trim().is_empty() => words(before.len()),
        TokenKind::Identifier if rest.is_empty() => words(last.span.start),
        TokenKind::Equal | TokenKind::EqualRegex | TokenKind::Operator(_) => {
            let quote = rest.trim_start();
            if !quote.starts_with(['"', '\'', '`']) {
                return None;
            }
            let label = earlier
                .last()
                .filter(|it| it.kind == TokenKind::Identifier)?;
            let start = before.len() - quote.len() + 1;
            let selector =
                (label.text != log_type.target_label()).then(|| complete(before, label.span.start));
            let wanted = Wanted::Value {
                label: label.text.to_owned(),
                // Without a target there is nothing to look into.
                selector: match selector {
                    Some(selector) => Some(selector?),
                    None => None,
                },
            };
            Some(Place { start, wanted })
        }
        _ => None,
    }
}

/// The selector of the conditions before `end`, if they choose a target.
fn complete(before: &str, end: usize) -> Option<String> {
    let (tokens, _) = letheql::tokens(before.get(..end)?);
    let brace = tokens
        .iter()
        .rposition(|it| it.kind == TokenKind::LeftBrace)?;
    let name = tokens.get(brace.checked_sub(1)?)?;
    let conditions = before
        .get(name.span.start..end)?
        .trim_end()
        .trim_end_matches(',');
    let selector = format!("{conditions}}}");
    LogQuery::parse(&selector).is_ok().then_some(selector)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wanted(before: &str) -> Option<(usize, Wanted)> {
        place(before).map(|it| (it.start, it.wanted))
    }

    fn value(start: usize, label: &str, selector: Option<&str>) -> Option<(usize, Wanted)> {
        let (label, selector) = (label.to_owned(), selector.map(str::to_owned));
        Some((start, Wanted::Value { label, selector }))
    }

    #[test]
    fn offers_what_may_stand_there() {
        let words = |start, words| Some((start, Wanted::Words(words)));
        assert_eq!(wanted(""), words(0, STARTS));
        assert_eq!(wanted("po"), words(0, STARTS));
        assert_eq!(wanted("sum("), words(4, STARTS));
        assert_eq!(wanted("sum(ra"), words(4, STARTS));
        assert_eq!(wanted("pod{"), words(4, POD_LABELS));
        assert_eq!(wanted("pod{na"), words(4, POD_LABELS));
        assert_eq!(wanted("node{node=\"a\", "), words(15, NODE_LABELS));
        assert_eq!(wanted("pod{namespace=\"a\"} "), words(19, PIPES));
        assert_eq!(wanted("pod{namespace=\"a\"} |= \"x\" "), words(26, PIPES));
        assert_eq!(wanted("pod{namespace=\"a\"} |= \"x"), None);
        assert_eq!(wanted("up{"), None);
    }

    #[test]
    fn offers_values_of_what_was_chosen() {
        assert_eq!(wanted("pod{namespace=\"sh"), value(15, "namespace", None));
        assert_eq!(
            wanted("sum(rate(pod{namespace=\"a\", pod=~\""),
            value(34, "pod", Some("pod{namespace=\"a\"}"))
        );
        assert_eq!(wanted("pod{pod=\""), None);
    }

    proptest! {
        #[test]
        fn a_place_is_within_the_query(query in r#"[a-z{}=~|"'`,\[\]() é]{0,40}"#) {
            if let Some(place) = place(&query) {
                prop_assert!(query.is_char_boundary(place.start));
            }
        }
    }
}
