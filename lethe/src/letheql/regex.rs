//! Regular expressions in Go's syntax, rewritten for the `regex` crate.
//!
//! Queries are written for Go's RE2. The two syntaxes differ where log lines
//! are full of it: `{` is often literal in Go and always an operator here,
//! `\d` is ASCII there and Unicode here, `[a&&b]` is a plain class there.
//! [`translate`] reads the Go syntax in full, so that every fault is reported
//! in Go's words, and writes an expression that means the same.
//!
//! The output expects valid UTF-8: Go reads each broken byte as U+FFFD, and
//! whoever runs the expression has to put that character there first.

mod class;
mod escape;
mod group;
mod reader;
mod translate;
mod unicode;

pub use translate::{translate, translate_capturing};

/// A fault in an expression, in the words of Go's `regexp/syntax`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("error parsing regexp: {reason}: `{fragment}`")]
pub struct RegexError {
    reason: &'static str,
    fragment: String,
}

impl RegexError {
    fn new(reason: &'static str, fragment: impl Into<String>) -> RegexError {
        RegexError {
            reason,
            fragment: fragment.into(),
        }
    }
}

#[cfg(test)]
mod tests;
