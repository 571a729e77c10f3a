//! What may follow a `|`: parsers of messages, and conditions on fields.

use std::ops::Range;

use super::ast::{BinaryOp, MatcherOp};

/// One part of a pipeline, as it was written.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// `json` or `logfmt`.
    Parse(Format),
    /// `level = "error" or status >= 500`.
    Filter(FieldExpr),
}

/// How fields are written in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An object of JSON. The fields of an object in it have its name and `_`
    /// before their own: `request_method`.
    Json,
    /// `key=value key="some value"`.
    Logfmt,
}

impl Format {
    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Format> {
        match name {
            "json" => Some(Format::Json),
            "logfmt" => Some(Format::Logfmt),
            _ => None,
        }
    }
}

/// Conditions on fields.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldExpr {
    /// One condition.
    Test(FieldTest),
    /// All have to hold: `and`.
    All(Vec<FieldExpr>),
    /// One has to hold: `or`.
    Any(Vec<FieldExpr>),
}

/// A condition on one field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldTest {
    /// The name of the field or label.
    pub field: String,
    /// What its value must be.
    pub wanted: FieldWanted,
    /// Its bytes in the query.
    pub span: Range<usize>,
}

/// What the value of a field is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldWanted {
    /// A text, or an expression as written.
    Text(MatcherOp, Vec<u8>),
    /// A number. The operator is a comparison.
    Number(BinaryOp, f64),
    /// A length of time in seconds. The operator is a comparison.
    Seconds(BinaryOp, f64),
}
