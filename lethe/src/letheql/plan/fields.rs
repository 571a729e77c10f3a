//! Where the values of fields come from, and what they must satisfy.

use super::super::ast::BinaryOp;
use super::super::error::Error;
use super::super::log_type::LogType;
use super::super::stage::{FieldExpr, FieldTest, FieldWanted, Format};
use super::{Test, test_of};

/// The label that a message has by what its text looks like.
const DETECTED_LEVEL: &str = "detected_level";

/// Where a value of a line is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// One of [`LogType::labels`].
    Label(usize),
    /// The level that the message seems to have: `error`, `warn`, `info`,
    /// `debug` or `unknown`.
    Level,
    /// A field of the message. A missing `level` is the detected one.
    Field {
        /// Its name; in JSON all but letters and digits is `_`.
        name: String,
        /// The formats in which the message is read, the first that has the
        /// field counts.
        formats: Vec<Format>,
    },
}

impl Source {
    /// The field that is detected where a message does not have it.
    pub const LEVEL_FIELD: &str = "level";
}

/// A condition on values of a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// On one value, which is empty when there is none.
    Text(Source, Test),
    /// On one value that is a number; one that is none does not satisfy it.
    Number(Source, BinaryOp, f64),
    /// On one value that is a length of time, such as `250ms`, by its seconds.
    Seconds(Source, BinaryOp, f64),
    /// All have to hold.
    All(Vec<Condition>),
    /// One has to hold.
    Any(Vec<Condition>),
}

/// Where the value of that name is found in lines that are read in some
/// formats; nothing when no line has it. A label goes before a field of its
/// name, which can be had as `pod_extracted`.
pub(crate) fn source(name: &str, log_type: LogType, formats: &[Format]) -> Option<Source> {
    let labels = log_type.labels();
    if let Some(label) = labels.iter().position(|it| *it == name) {
        return Some(Source::Label(label));
    }
    if name == DETECTED_LEVEL || (name == Source::LEVEL_FIELD && formats.is_empty()) {
        return Some(Source::Level);
    }
    let hidden = name
        .strip_suffix("_extracted")
        .filter(|it| labels.contains(it));
    (!formats.is_empty()).then(|| Source::Field {
        name: hidden.unwrap_or(name).to_owned(),
        formats: formats.to_vec(),
    })
}

/// The condition that a stage puts on lines.
pub(super) fn condition(
    expr: &FieldExpr,
    log_type: LogType,
    formats: &[Format],
) -> Result<Condition, Error> {
    let all = |of: &[FieldExpr]| {
        let conditions = of.iter().map(|it| condition(it, log_type, formats));
        conditions.collect::<Result<Vec<_>, _>>()
    };
    match expr {
        FieldExpr::All(of) => all(of).map(Condition::All),
        FieldExpr::Any(of) => all(of).map(Condition::Any),
        FieldExpr::Test(test) => single(test, log_type, formats),
    }
}

fn single(test: &FieldTest, log_type: LogType, formats: &[Format]) -> Result<Condition, Error> {
    let Some(source) = source(&test.field, log_type, formats) else {
        let (log_type, field) = (log_type.name(), &test.field);
        let text = format!("{log_type} logs have no label {field}: put | json or | logfmt before");
        return Err(Error::meaning(test.span.clone(), text));
    };
    Ok(match &test.wanted {
        FieldWanted::Text(op, value) => Condition::Text(source, test_of(*op, value, &test.span)?),
        FieldWanted::Number(op, number) => Condition::Number(source, *op, *number),
        FieldWanted::Seconds(op, seconds) => Condition::Seconds(source, *op, *seconds),
    })
}
