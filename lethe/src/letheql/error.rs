//! What is wrong with a query, and where.

use std::ops::Range;

/// A query that cannot be answered. The text of a syntax error starts with its
/// position, `line:column: parse error: …`, columns counted in bytes from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Error {
    text: String,
    span: Option<Range<usize>>,
}

impl Error {
    /// Wrong syntax or wrong types at `span` of `query`.
    pub(crate) fn parse(query: &str, span: Range<usize>, message: impl Into<String>) -> Error {
        let message = message.into();
        let text = match position(query, span.start) {
            Some((line, column)) => format!("{line}:{column}: parse error: {message}"),
            None => format!("unknown position: parse error: {message}"),
        };
        Error {
            text,
            span: Some(span),
        }
    }

    /// A well-formed query that means nothing here. The text stands alone, as
    /// the original words it; the place is kept for an editor.
    pub(crate) fn meaning(span: Range<usize>, text: impl Into<String>) -> Error {
        Error {
            text: text.into(),
            span: Some(span),
        }
    }

    /// The bytes of the query that are to blame.
    pub fn span(&self) -> Option<Range<usize>> {
        self.span.clone()
    }
}

fn position(query: &str, offset: usize) -> Option<(usize, usize)> {
    if query.is_empty() {
        return None;
    }
    let before = query.as_bytes().get(..offset)?;
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let line_start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |it| it + 1);
    Some((line, offset - line_start + 1))
}
