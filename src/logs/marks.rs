//! What of a message made a query find it.

use std::ops::Range;

use lethe::letheql::{BinaryOp, Expr, ExprKind, parse};

use super::regexp::Pattern;

/// How many places of one text are marked by one filter.
const MOST_PLACES: usize = 100;

/// The texts and expressions that a query's lines have to contain.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    texts: Vec<String>,
    patterns: Vec<Pattern>,
}

impl Marks {
    /// Reads the filters `|=` and `|~` of a query; of one that cannot be read, none.
    pub(crate) fn of(query: &str) -> Marks {
        let filters = parse(query).map(|it| filters(&it)).unwrap_or_default();
        let patterns = filters.expressions.iter();
        Marks {
            texts: filters.texts,
            patterns: patterns.filter_map(|it| Pattern::new(it)).collect(),
        }
    }

    /// What any of several queries marks.
    pub(crate) fn all(queries: impl IntoIterator<Item = Marks>) -> Marks {
        let mut all = Marks::default();
        for marks in queries {
            all.texts.extend(marks.texts);
            all.patterns.extend(marks.patterns);
        }
        all
    }

    /// Where a text is marked, in bytes: ascending, apart from each other, and none empty.
    pub(crate) fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        let texts = self.texts.iter().flat_map(|wanted| {
            let places = text.match_indices(wanted.as_str()).take(MOST_PLACES);
            places.map(|(at, found)| at..at + found.len())
        });
        let patterns = self.patterns.iter().flat_map(|it| it.matches(text));
        united(texts.chain(patterns).collect())
    }
}

#[derive(Debug, Default, PartialEq)]
struct Filters {
    texts: Vec<String>,
    expressions: Vec<String>,
}

/// Line filters stand to the right of what they filter.
fn filters(query: &Expr) -> Filters {
    let mut filters = Filters::default();
    let mut expr = query;
    loop {
        expr = match &expr.kind {
            ExprKind::Paren(of) | ExprKind::Stage { of, .. } => of,
            ExprKind::Binary {
                op, left, right, ..
            } => {
                let wanted = match &right.kind {
                    ExprKind::String(bytes) => std::str::from_utf8(bytes).ok(),
                    _ => None,
                };
                if let Some(wanted) = wanted.filter(|it| !it.is_empty()) {
                    match op {
                        BinaryOp::Contains => filters.texts.push(wanted.to_owned()),
                        BinaryOp::Matches => filters.expressions.push(wanted.to_owned()),
                        _ => {}
                    }
                }
                left
            }
            _ => return filters,
        }
    }
}

/// Places in order, those that touch as one.
fn united(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.retain(|it| !it.is_empty());
    places.sort_by_key(|it| it.start);
    let mut united: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        match united.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => united.push(place),
        }
    }
    united
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked<'t>(query: &str, text: &'t str) -> Vec<&'t str> {
        let ranges = Marks::of(query).ranges(text);
        ranges.into_iter().map(|it| &text[it]).collect()
    }

    #[test]
    fn texts_that_had_to_be_there_are_marked() {
        let query = r#"pod{namespace="a"} |= "err" |= "ü" != "x" | level = "error""#;
        assert_eq!(marked(query, "an err, ü and err"), ["err", "ü", "err"]);
        assert_eq!(marked(query, "nothing"), [""; 0]);
        assert_eq!(marked(r#"pod{namespace="a"} |= """#, "a"), [""; 0]);
        assert_eq!(marked("pod{", "pod{"), [""; 0]);
    }

    #[test]
    fn places_that_touch_are_one() {
        let query = r#"node{node="a"} |= "ab" |= "bc""#;
        assert_eq!(marked(query, "abc abbc"), ["abc", "abbc"]);
    }

    #[test]
    fn expressions_are_found_in_the_query() {
        let query = parse(r#"pod{namespace="a"} |~ `\d+` !~ "no" |~ "(?i)x""#).unwrap();
        assert_eq!(filters(&query).expressions, ["(?i)x", r"\d+"]);
    }

    proptest! {
        #[test]
        fn places_are_apart_and_in_order(
            places in proptest::collection::vec((0usize..40, 0usize..10), 0..20),
        ) {
            let places: Vec<_> = places.iter().map(|(at, len)| *at..*at + *len).collect();
            let united = united(places.clone());
            for pair in united.windows(2) {
                prop_assert!(pair[0].end < pair[1].start);
            }
            for byte in 0..60 {
                let before = places.iter().any(|it| it.contains(&byte));
                prop_assert_eq!(united.iter().any(|it| it.contains(&byte)), before);
            }
        }

        #[test]
        fn no_query_panics(query in any::<String>()) {
            // Expressions need a browser, so they are only looked for.
            let _ = parse(&query).map(|it| filters(&it));
        }
    }
}
