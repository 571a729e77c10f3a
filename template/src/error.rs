//! Where something is in a template, and the two ways in which one fails.

use std::fmt;

/// A place in the text of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Counted from 1.
    pub line: u32,
    /// In characters, counted from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A text that is no template. It shows itself as Prometheus would, with the
/// column added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("error parsing template {name}: template: {name}:{position}: {message}")]
pub struct ParseError {
    pub(crate) name: String,
    /// Where in the text.
    pub position: Position,
    /// What is wrong there.
    pub message: String,
}

/// A template that could not be rendered to its end. It shows itself as
/// Prometheus would; the position is the one in the template's own text,
/// while Prometheus counts the declarations that it puts before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "error executing template {name}: template: {name}:{position}: executing {part:?} at <{node}>: {message}"
)]
pub struct ExecError {
    pub(crate) name: String,
    /// Where in the text.
    pub position: Position,
    /// The definition that was being executed: the template itself, or what a
    /// `define` names.
    pub part: String,
    /// The expression in question.
    pub node: String,
    /// What is wrong with it.
    pub message: String,
}

/// Why there is no text yet, or none at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The template calls `query` with a text whose answer is not known yet:
    /// ask, insert it into [`Queries`](crate::Queries) and render again.
    #[error("the answer to the query {0:?} is needed")]
    NeedsQuery(String),
    /// The template cannot be rendered with this data.
    #[error(transparent)]
    Failed(Box<ExecError>),
}

/// What a reader of an alert sees in place of a template that failed.
pub fn visible_text(error: &dyn std::error::Error) -> String {
    format!("<error expanding template: {error}>")
}
