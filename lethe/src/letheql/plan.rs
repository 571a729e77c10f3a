//! What of LetheQL can be answered: a parsed expression becomes a
//! [`LogQuery`], or an error in the words of the original's evaluator.

pub(super) mod fields;

use std::ops::Range;

use super::ast::{BinaryOp, Expr, ExprKind, Matcher, MatcherOp, Selector};
use super::error::Error;
use super::log_type::LogType;
use super::stage::{Format, Stage};
use super::{parser, regex};

use self::fields::{Condition, condition};

/// The lines that a query asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct LogQuery {
    /// Which kind of logs.
    pub log_type: LogType,
    /// Which directories, by the value of the target label.
    pub target: Test,
    /// Conditions on the other labels of a line.
    pub labels: Vec<LabelFilter>,
    /// Conditions on the message; all have to hold.
    pub filters: Vec<Test>,
    /// The formats in which messages are read for fields.
    pub formats: Vec<Format>,
    /// Conditions on fields; all have to hold.
    pub conditions: Vec<Condition>,
    /// What was written and changes nothing, as sentences for the user.
    pub notices: Vec<String>,
}

/// A condition on one label of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelFilter {
    /// Which of [`LogType::labels`].
    pub label: usize,
    /// What its value must satisfy.
    pub test: Test,
}

/// A condition on a text. Labels must equal or match as a whole, messages must
/// contain or match somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Whether the condition is the opposite.
    pub negated: bool,
    /// What is looked for.
    pub wanted: Wanted,
}

/// What a [`Test`] looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// These bytes.
    Text(Vec<u8>),
    /// A regular expression, already in the syntax of the `regex` crate.
    Pattern(String),
}

impl LogQuery {
    /// Parses and plans a query.
    pub fn parse(query: &str) -> Result<LogQuery, Error> {
        plan(query, &parser::parse(query)?)
    }
}

/// Says what an expression asks for. `query` is the text it was parsed from.
pub fn plan(query: &str, expr: &Expr) -> Result<LogQuery, Error> {
    let mut filters = Vec::new();
    let mut stages = Vec::new();
    let mut notices = Vec::new();
    let mut left = expr;
    let selector = loop {
        match &left.kind {
            ExprKind::Selector(selector) => break selector,
            ExprKind::Binary {
                op,
                left: inner,
                right,
                modifiers,
                ..
            } => {
                let filter = line_filter(query, left)?;
                if modifiers.returns_bool || modifiers.is_matching {
                    notices.push(format!("modifiers behind {} change nothing", op.symbol()));
                }
                filters.push((filter, right.span.clone()));
                left = inner;
            }
            ExprKind::Stage { of, stage } => {
                stages.push(stage);
                left = of;
            }
            _ => {
                let text = format!("eval: unhandled expr: {}", described(&left.kind));
                return Err(Error::meaning(left.span.clone(), text));
            }
        }
    };
    let (log_type, target, labels) = select(selector, &left.span, &mut notices)?;
    if selector.is_shifted {
        notices.push("offset and @ change nothing: ask for another time range instead".to_owned());
    }
    let filters = filters
        .into_iter()
        .rev()
        .map(|(raw, span)| compiled(raw, span))
        .collect::<Result<_, _>>()?;
    let mut formats = Vec::new();
    let mut conditions = Vec::new();
    for stage in stages.into_iter().rev() {
        match stage {
            Stage::Parse(format) if formats.contains(format) => {}
            Stage::Parse(format) => formats.push(*format),
            Stage::Filter(expr) => conditions.push(condition(expr, log_type, &formats)?),
        }
    }
    Ok(LogQuery {
        log_type,
        target,
        labels,
        filters,
        formats,
        conditions,
        notices,
    })
}

/// Operator and text of a line filter, or why this operation is none.
fn line_filter<'e>(query: &str, expr: &'e Expr) -> Result<(BinaryOp, &'e [u8]), Error> {
    let ExprKind::Binary {
        op, left, right, ..
    } = &expr.kind
    else {
        return Err(Error::meaning(expr.span.clone(), "not an operation"));
    };
    let fail = |text| Err(Error::meaning(expr.span.clone(), text));
    if !op.is_line_filter() {
        return fail(format!(
            "evalBinaryExpr err: not filter operator: {}",
            op.symbol()
        ));
    }
    let is_log = matches!(
        left.kind,
        ExprKind::Selector(_) | ExprKind::Binary { .. } | ExprKind::Stage { .. }
    );
    if !is_log {
        let source = |of: &Expr| query.get(of.span.clone()).unwrap_or_default().to_owned();
        return fail(format!(
            "evalBinaryExpr unhandles op:{}, lhs:{}, rhs:{}",
            op.symbol(),
            source(left),
            source(right)
        ));
    }
    match &right.kind {
        ExprKind::String(text) => Ok((*op, text)),
        other => fail(format!("unknown type rhs: {}", described(other))),
    }
}

fn compiled(raw: (BinaryOp, &[u8]), span: Range<usize>) -> Result<Test, Error> {
    let (op, text) = raw;
    let wanted = match op {
        BinaryOp::Matches | BinaryOp::NotMatches => {
            let pattern = regex::translate(text).map_err(|it| {
                let text = format!(
                    "getMatchFuncSet err: getLineMatchFuncs err: getLineMatchFunc err: {it}"
                );
                Error::meaning(span, text)
            })?;
            Wanted::Pattern(pattern)
        }
        _ => Wanted::Text(text.to_vec()),
    };
    let negated = matches!(op, BinaryOp::NotEqual | BinaryOp::NotMatches);
    Ok(Test { negated, wanted })
}

type Selected = (LogType, Test, Vec<LabelFilter>);

fn select(
    selector: &Selector,
    span: &Range<usize>,
    notices: &mut Vec<String>,
) -> Result<Selected, Error> {
    let fail = |text| Err(Error::meaning(span.clone(), text));
    let Some(log_type) = LogType::from_name(&selector.name) else {
        return fail(format!("unknown logType: {}", selector.name));
    };
    let mut target = None;
    let mut labels: Vec<LabelFilter> = Vec::new();
    let test = |it: &Matcher| test_of(it.op, &it.value, &it.span);
    for matcher in &selector.matchers {
        let name = matcher.label.as_str();
        match log_type.labels().iter().position(|it| *it == name) {
            // Of a label that is given twice the original takes the last for
            // the target and the first for all others.
            Some(0) => target = Some(test(matcher)?),
            Some(label) if labels.iter().any(|it| it.label == label) => {
                notices.push(format!(
                    "label {name} is given twice, only its first condition counts"
                ));
            }
            Some(label) => labels.push(LabelFilter {
                label,
                test: test(matcher)?,
            }),
            None => notices.push(format!("{} logs have no label {name}", log_type.name())),
        }
    }
    match target {
        Some(target) => Ok((log_type, target, labels)),
        None => fail(format!(
            "getTargets err: target matcher err: not found label '{}' for logType '{}'",
            log_type.target_label(),
            log_type.name()
        )),
    }
}

fn test_of(op: MatcherOp, value: &[u8], span: &Range<usize>) -> Result<Test, Error> {
    let negated = matches!(op, MatcherOp::NotEqual | MatcherOp::NotRegex);
    let wanted = match op {
        MatcherOp::Equal | MatcherOp::NotEqual => Wanted::Text(value.to_vec()),
        MatcherOp::Regex | MatcherOp::NotRegex => Wanted::Pattern(
            regex::translate(value).map_err(|it| Error::meaning(span.clone(), it.to_string()))?,
        ),
    };
    Ok(Test { negated, wanted })
}

fn described(kind: &ExprKind) -> &'static str {
    match kind {
        ExprKind::Number(_) => "a number",
        ExprKind::String(_) => "a string",
        ExprKind::Selector(_) => "a selector",
        ExprKind::Range { .. } => "a range",
        ExprKind::Call { .. } => "a function call",
        ExprKind::Aggregate { .. } => "an aggregation",
        ExprKind::Stage { .. } => "a pipeline",
        ExprKind::Paren(_) => "an expression in parentheses",
        ExprKind::Unary { .. } => "a sign before an expression",
        ExprKind::Binary { .. } => "an operation",
    }
}
