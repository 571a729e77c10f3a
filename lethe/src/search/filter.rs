//! Whether a line is wanted: a query's conditions, compiled.

use std::borrow::Cow;

use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};

use crate::letheql::{LogQuery, LogType, Test, Wanted};

use super::condition::Check;
use super::line::Line;
use super::prefilter::Prefilter;

/// Memory that one compiled expression may take.
const MAX_REGEX_BYTES: usize = 4 << 20;

/// An expression that is well-formed and yet cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// It would take too much memory.
    #[error("error parsing regexp: expression too large: `{0}`")]
    TooLarge(String),
    /// The engine does not know it.
    #[error("error parsing regexp: {0}")]
    Unknown(String),
}

/// All conditions on a line.
pub struct Filter {
    log_type: LogType,
    labels: Vec<(usize, Matcher)>,
    message: Vec<Matcher>,
    fields: Vec<Check>,
    prefilter: Option<Prefilter>,
}

/// One condition on a text.
pub struct Matcher {
    negated: bool,
    kind: Kind,
}

enum Kind {
    Equals(Vec<u8>),
    Contains(Box<Finder<'static>>),
    Matches(Regex),
}

impl Filter {
    /// Compiles the conditions of a query on lines. The one on the target is
    /// not among them, see [`Matcher::whole`].
    pub fn new(query: &LogQuery) -> Result<Filter, FilterError> {
        let mut labels = Vec::new();
        for filter in &query.labels {
            labels.push((filter.label, Matcher::whole(&filter.test)?));
        }
        let message = query
            .filters
            .iter()
            .map(Matcher::anywhere)
            .collect::<Result<_, _>>()?;
        let fields = query.conditions.iter().map(Check::new);
        let fields = fields.collect::<Result<_, _>>()?;
        let prefilter = Prefilter::new(query);
        Ok(Filter {
            log_type: query.log_type,
            labels,
            message,
            fields,
            prefilter,
        })
    }

    /// The type of the lines.
    pub fn log_type(&self) -> LogType {
        self.log_type
    }

    /// A way to find the lines that may be wanted.
    pub(super) fn prefilter(&self) -> Option<&Prefilter> {
        self.prefilter.as_ref()
    }

    /// Whether a line is wanted.
    pub fn accepts(&self, line: &Line<'_>) -> bool {
        let is_labeled = self.labels.iter().all(|(label, matcher)| {
            line.label(*label)
                .is_some_and(|value| matcher.accepts(value))
        });
        is_labeled
            && self.message.iter().all(|it| it.accepts(line.message()))
            && self.fields.iter().all(|it| it.accepts(line))
    }
}

impl Matcher {
    /// A condition on a text as a whole, such as a label.
    pub fn whole(test: &Test) -> Result<Matcher, FilterError> {
        let kind = match &test.wanted {
            Wanted::Text(text) => Kind::Equals(text.clone()),
            Wanted::Pattern(pattern) => Kind::Matches(compile(&format!(r"\A(?s:{pattern})\z"))?),
        };
        Ok(Matcher {
            negated: test.negated,
            kind,
        })
    }

    /// A condition on some part of a text, such as a message.
    pub fn anywhere(test: &Test) -> Result<Matcher, FilterError> {
        let kind = match &test.wanted {
            Wanted::Text(text) => Kind::Contains(Box::new(Finder::new(text).into_owned())),
            Wanted::Pattern(pattern) => Kind::Matches(compile(pattern)?),
        };
        Ok(Matcher {
            negated: test.negated,
            kind,
        })
    }

    /// Whether a text satisfies the condition.
    pub fn accepts(&self, text: &[u8]) -> bool {
        let is_found = match &self.kind {
            Kind::Equals(wanted) => wanted == text,
            Kind::Contains(finder) => finder.find(text).is_some(),
            Kind::Matches(regex) => regex.is_match(&readable(text)),
        };
        is_found != self.negated
    }
}

/// A text as Go's engine reads it: each broken byte is one U+FFFD.
pub(super) fn readable(text: &[u8]) -> Cow<'_, [u8]> {
    if std::str::from_utf8(text).is_ok() {
        return Cow::Borrowed(text);
    }
    let mut readable = Vec::with_capacity(text.len() * 2);
    for chunk in text.utf8_chunks() {
        readable.extend_from_slice(chunk.valid().as_bytes());
        for _ in chunk.invalid() {
            readable.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
    Cow::Owned(readable)
}

pub(super) fn compile(pattern: &str) -> Result<Regex, FilterError> {
    RegexBuilder::new(pattern)
        .size_limit(MAX_REGEX_BYTES)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => FilterError::TooLarge(pattern.to_owned()),
            error => FilterError::Unknown(error.to_string()),
        })
}

#[cfg(test)]
mod tests {
    use super::super::lines::{parse_labels, parse_time};
    use super::*;

    fn accepts(query: &str, rest: &[u8]) -> bool {
        let filter = Filter::new(&LogQuery::parse(query).unwrap()).unwrap();
        let line = [b"2009-11-10T22:59:00Z", rest].concat();
        let (_, open) = parse_time(&line).unwrap();
        let header = parse_labels(&line, open, filter.log_type()).unwrap();
        let is_accepted = filter.accepts(&Line::new(&line, header));
        if let Some(prefilter) = filter.prefilter() {
            let is_found = !prefilter.works_on(&line) || prefilter.find(&line).is_some();
            assert!(
                !is_accepted || is_found,
                "the prefilter of {query} is wrong"
            );
        }
        is_accepted
    }

    #[test]
    fn labels_are_compared_as_a_whole() {
        let line = b"[ns|web-0|nginx] hello";
        for (matchers, expected) in [
            (r#"pod="web-0""#, true),
            (r#"pod="web""#, false),
            (r#"pod=~"web""#, false),
            (r#"pod=~"web-.*""#, true),
            (r#"pod!~"web-.*""#, false),
            (r#"container="nginx""#, true),
            (r#"container!="nginx""#, false),
            (r#"container=~"a|nginx|b""#, true),
            (r#"pod="""#, false),
            (r#"pod!="""#, true),
            (r#"nosuch="x""#, true),
        ] {
            let query = format!(r#"pod{{namespace="ns",{matchers}}}"#);
            assert_eq!(accepts(&query, line), expected, "{query}");
        }
        assert!(accepts(
            r#"pod{namespace="ns",pod="",container=""}"#,
            b"[ns||] x"
        ));
    }

    #[test]
    fn messages_are_searched_anywhere() {
        for (filters, expected) in [
            (r#"|= "ell""#, true),
            (r#"|= "Hello""#, false),
            (r#"!= "ell""#, false),
            (r#"|~ "^h.*o$""#, true),
            (r#"!~ "x""#, true),
            (r#"|= "h" |= "o" != "x""#, true),
            (r#"|= """#, true),
            (r#"!= """#, false),
            (r#"|= "web-0""#, false),
        ] {
            let query = format!(r#"pod{{namespace="ns"}} {filters}"#);
            assert_eq!(
                accepts(&query, b"[ns|web-0|nginx] hello"),
                expected,
                "{query}"
            );
        }
    }

    #[test]
    fn a_broken_byte_is_one_character_to_expressions_and_itself_to_texts() {
        let line = b"[ns|p|c] caf\xe9 \xe2\x82!";
        for (filter, expected) in [
            (r"|~ `caf. ..!`", true),
            (r"|~ `caf.. `", false),
            (r"|~ `\x{FFFD}`", true),
            (r"|~ `caf\p{So}`", true),
            (r#"|= "caf\xe9""#, true),
            (r#"|= "\ufffd""#, false),
        ] {
            let query = format!(r#"pod{{namespace="ns"}} {filter}"#);
            assert_eq!(accepts(&query, line), expected, "{query}");
        }
    }

    #[test]
    fn deep_and_large_expressions_are_bounded() {
        let deep = format!("{}a{}", "(".repeat(100), "*)".repeat(100));
        let query = format!(r#"pod{{namespace="ns"}} |~ "{deep}""#);
        assert!(accepts(&query, b"[ns|p|c] a"));
        let large = r#"pod{namespace="ns"} |~ "(\\pL{1000}){1}(\\pL{1000})""#;
        let error = Filter::new(&LogQuery::parse(large).unwrap()).err();
        assert!(matches!(error, Some(FilterError::TooLarge(_))));
    }
}
