//! Finds the lines that may be wanted without taking lines apart.
//!
//! A prefilter looks at raw bytes, headers included, and may be wrong in one
//! direction only: it never passes over a line that is wanted.

use memchr::memmem::Finder;
use regex::bytes::Regex;
use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind,
};

use crate::letheql::{LogQuery, Wanted};

use super::filter::compile;

/// Something that every wanted line contains.
pub(super) enum Prefilter {
    /// This text.
    Text(Box<Finder<'static>>),
    /// A match of this expression, which no line break is part of.
    Pattern(Regex),
}

impl Prefilter {
    /// What the conditions of a query allow, if anything.
    pub(super) fn new(query: &LogQuery) -> Option<Prefilter> {
        if let Some(text) = text(query) {
            return Some(Prefilter::Text(Box::new(Finder::new(&text).into_owned())));
        }
        let patterns = query.filters.iter().filter(|it| !it.negated);
        patterns
            .filter_map(|it| pattern(&it.wanted))
            .next()
            .map(Prefilter::Pattern)
    }

    /// Whether it can be used on these lines. Expressions know only UTF-8,
    /// and have to see broken bytes replaced.
    pub(super) fn works_on(&self, lines: &[u8]) -> bool {
        match self {
            Prefilter::Text(_) => true,
            Prefilter::Pattern(_) => std::str::from_utf8(lines).is_ok(),
        }
    }

    /// The place of the first find.
    pub(super) fn find(&self, lines: &[u8]) -> Option<usize> {
        match self {
            Prefilter::Text(finder) => finder.find(lines),
            Prefilter::Pattern(regex) => regex.find(lines).map(|it| it.start()),
        }
    }
}

/// The longest text that every wanted line contains. A label is looked for
/// with the characters around it, so that it is not found in a message.
fn text(query: &LogQuery) -> Option<Vec<u8>> {
    let last = query.log_type.labels().len() - 1;
    let labels = query
        .labels
        .iter()
        .filter(|it| !it.test.negated)
        .filter_map(|filter| {
            let Wanted::Text(value) = &filter.test.wanted else {
                return None;
            };
            let end = if filter.label == last { b"]" } else { b"|" };
            Some([b"|", value.as_slice(), end].concat())
        });
    let messages = query
        .filters
        .iter()
        .filter(|it| !it.negated)
        .filter_map(|test| {
            let Wanted::Text(text) = &test.wanted else {
                return None;
            };
            Some(text.clone())
        });
    labels
        .chain(messages)
        .filter(|it| !it.is_empty())
        .max_by_key(Vec::len)
}

/// An expression for lines instead of messages: without the conditions on
/// where a match begins and ends, which mean something else there, and without
/// line breaks, so that one find never runs through many lines.
fn pattern(wanted: &Wanted) -> Option<Regex> {
    let Wanted::Pattern(pattern) = wanted else {
        return None;
    };
    let hir = within_a_line(&regex_syntax::parse(pattern).ok()?);
    // What may be empty is found in every line.
    if hir.properties().minimum_len().unwrap_or(0) == 0 {
        return None;
    }
    compile(&hir.to_string()).ok()
}

fn within_a_line(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Hir::empty(),
        HirKind::Literal(literal) if literal.0.contains(&b'\n') => Hir::fail(),
        HirKind::Literal(literal) => Hir::literal(literal.0.clone()),
        HirKind::Class(Class::Unicode(class)) => {
            let mut class = class.clone();
            class.difference(&ClassUnicode::new([ClassUnicodeRange::new('\n', '\n')]));
            Hir::class(Class::Unicode(class))
        }
        HirKind::Class(Class::Bytes(class)) => {
            let mut class = class.clone();
            class.difference(&ClassBytes::new([ClassBytesRange::new(b'\n', b'\n')]));
            Hir::class(Class::Bytes(class))
        }
        HirKind::Repetition(repetition) => {
            Hir::repetition(repetition.with(within_a_line(&repetition.sub)))
        }
        HirKind::Capture(capture) => within_a_line(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(within_a_line).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(within_a_line).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::filter::Matcher;
    use super::*;
    use proptest::prelude::*;

    fn prefilter(filters: &str) -> Option<Prefilter> {
        Prefilter::new(&LogQuery::parse(&format!(r#"pod{{namespace="ns"{filters}"#)).unwrap())
    }

    #[test]
    fn the_longest_text_is_looked_for() {
        let is_text = |filters: &str, expected: &[u8]| match prefilter(filters) {
            Some(Prefilter::Text(finder)) => finder.needle() == expected,
            _ => false,
        };
        assert!(is_text(r#"} |= "ab" |= "abc" |~ "abcdef""#, b"abc"));
        assert!(is_text(r#",pod="web-0"} |= "x""#, b"|web-0|"));
        assert!(is_text(r#",container="c"} != "long text""#, b"|c]"));
        for nothing in [
            "}",
            r#"} |= """#,
            r#"} != "a""#,
            r#"} !~ "a""#,
            r#"} |~ "a*""#,
            r#"} |~ "^$""#,
        ] {
            assert!(prefilter(nothing).is_none(), "{nothing}");
        }
        assert!(matches!(
            prefilter(r#"} |~ "^a""#),
            Some(Prefilter::Pattern(_))
        ));
    }

    proptest! {
        #[test]
        fn no_line_that_matches_is_passed_over(
            pattern in r"([abc.]|\^|\$|\\b|\\W|\[\^a\]|a\*|b\?|\||\(b\|c\)\+|\(\?i\)){1,6}",
            lines in prop::collection::vec("[abcA é]{0,6}", 1..8),
        ) {
            let query = LogQuery::parse(&format!("pod{{namespace='ns'}} |~ `{pattern}`"));
            let Ok(query) = query else { return Ok(()) };
            let Some(prefilter) = Prefilter::new(&query) else { return Ok(()) };
            let matcher = Matcher::anywhere(&query.filters[0]).unwrap();
            let text = lines.join("\n");
            let mut found = Vec::new();
            let mut from = 0;
            while let Some(at) = text.get(from..).and_then(|it| prefilter.find(it.as_bytes())) {
                let number = text[..from + at].matches('\n').count();
                found.push(number);
                from = text[from + at..].find('\n').map_or(text.len(), |it| from + at + it + 1);
            }
            for (number, line) in lines.iter().enumerate() {
                prop_assert!(!matcher.accepts(line.as_bytes()) || found.contains(&number));
            }
        }
    }
}
