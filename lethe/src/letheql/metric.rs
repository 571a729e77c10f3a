//! Queries for numbers: lines are counted in sliding windows, and the counts
//! go through aggregations and operators.
//!
//! Since one side of each operator is a plain number, such a query is a chain
//! and no tree: what is counted, and what happens to the counts, in order.

use super::ast::{AggregateOp, BinaryOp, Expr, ExprKind, Function, Grouping};
use super::error::Error;
use super::plan::fields::{Source, source};
use super::plan::{LogQuery, plan};
use super::query::is_metric;

/// Lines to numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricQuery {
    /// The lines that are counted.
    pub lines: LogQuery,
    /// What a count becomes.
    pub function: Function,
    /// Length of the window behind each instant.
    pub window_millis: u64,
    /// What tells the series apart.
    pub labels: Vec<SeriesLabel>,
    /// What happens to the numbers.
    pub steps: Vec<Step>,
}

/// A label of series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesLabel {
    /// Its name.
    pub name: String,
    /// Where a line has its value.
    pub source: Source,
}

/// One change to all series.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Several series become one.
    Aggregate {
        /// How.
        op: Aggregation,
        /// Which labels stay.
        grouping: Grouping,
    },
    /// An operator between each value and a number.
    Compute {
        /// Any but those on lines and on sets.
        op: BinaryOp,
        /// The number.
        number: f64,
        /// Whether the number stands to the left of the operator.
        is_left: bool,
        /// Whether a comparison answers 1 or 0 instead of dropping values.
        returns_bool: bool,
    },
}

/// The aggregations that exist over counts of lines.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Aggregation {
    Sum,
    Count,
    Min,
    Max,
    Avg,
    /// The largest so many values at each instant.
    Topk(f64),
    /// The smallest so many.
    Bottomk(f64),
}

/// Says what an expression in which lines are counted asks for.
pub(super) fn plan_metric(query: &str, expr: &Expr) -> Result<MetricQuery, Error> {
    let mut steps = Vec::new();
    let mut notices = Vec::new();
    let mut expr = expr;
    let (function, range) = loop {
        expr = match &expr.kind {
            ExprKind::Call { function, args } => match args.as_slice() {
                [range] => break (*function, range),
                _ => return Err(unhandled(expr, "a call without a range")),
            },
            ExprKind::Paren(of) => of,
            ExprKind::Unary { negated, of } => {
                if *negated {
                    steps.push(compute(BinaryOp::Mul, -1.0, true, false));
                }
                of
            }
            ExprKind::Aggregate { op, grouping, args } => {
                let (op, of) = aggregation(*op, args, expr)?;
                let grouping = grouping.clone();
                steps.push(Step::Aggregate { op, grouping });
                of
            }
            ExprKind::Binary {
                op,
                left,
                right,
                modifiers,
                ..
            } => {
                if modifiers.is_matching {
                    notices.push(format!(
                        "on and ignoring behind {} change nothing",
                        op.symbol()
                    ));
                }
                let is_left = is_metric(right);
                let (of, other) = if is_left {
                    (right, left)
                } else {
                    (left, right)
                };
                let number = number(other).filter(|_| op.compute(0.0, 0.0).is_some());
                let Some(number) = number else {
                    return Err(Error::meaning(
                        expr.span.clone(),
                        format!("one side of {} must be a number", op.symbol()),
                    ));
                };
                steps.push(compute(*op, number, is_left, modifiers.returns_bool));
                of
            }
            _ => return Err(unhandled(expr, "an expression without a count")),
        };
    };
    let ExprKind::Range {
        of,
        millis,
        is_shifted,
    } = &range.kind
    else {
        return Err(unhandled(range, "lines without a range"));
    };
    steps.reverse();
    let mut lines = plan(query, of)?;
    if *is_shifted {
        notices.push("offset and @ change nothing: ask for another time range instead".to_owned());
    }
    lines.notices.extend(notices);
    let labels = series_labels(&mut lines, &mut steps);
    Ok(MetricQuery {
        lines,
        function,
        window_millis: *millis,
        labels,
        steps,
    })
}

/// What tells series apart: the labels of lines, and the fields that an
/// aggregation groups by. Counts that would only be summed up at once are
/// counted together from the start, so that a sum over thousands of pods takes
/// the memory of one.
fn series_labels(lines: &mut LogQuery, steps: &mut Vec<Step>) -> Vec<SeriesLabel> {
    let names = lines.log_type.labels().iter().map(|it| (*it).to_owned());
    let mut labels: Vec<SeriesLabel> = names
        .enumerate()
        .map(|(place, name)| SeriesLabel {
            name,
            source: Source::Label(place),
        })
        .collect();
    let groupings = steps.iter().filter_map(|step| match step {
        Step::Aggregate { grouping, .. } => Some(grouping),
        Step::Compute { .. } => None,
    });
    for name in groupings.flat_map(|it| &it.labels) {
        if labels.iter().any(|it| it.name == *name) {
            continue;
        }
        let notice = format!("{} logs have no label {name}", lines.log_type.name());
        match source(name, lines.log_type, &lines.formats) {
            Some(source) => labels.push(SeriesLabel {
                name: name.clone(),
                source,
            }),
            None if lines.notices.contains(&notice) => {}
            None => lines.notices.push(notice),
        }
    }
    if let Some(Step::Aggregate {
        op: Aggregation::Sum,
        grouping,
    }) = steps.first()
    {
        labels.retain(|it| grouping.keeps(&it.name));
        steps.remove(0);
    }
    labels
}

fn aggregation<'e>(
    op: AggregateOp,
    args: &'e [Expr],
    expr: &Expr,
) -> Result<(Aggregation, &'e Expr), Error> {
    let (op, of) = match (op, args) {
        (AggregateOp::Sum, [of]) => (Aggregation::Sum, of),
        (AggregateOp::Count, [of]) => (Aggregation::Count, of),
        (AggregateOp::Min, [of]) => (Aggregation::Min, of),
        (AggregateOp::Max, [of]) => (Aggregation::Max, of),
        (AggregateOp::Avg, [of]) => (Aggregation::Avg, of),
        (AggregateOp::Topk | AggregateOp::Bottomk, [parameter, of]) => {
            let Some(parameter) = number(parameter) else {
                return Err(unhandled(parameter, "a parameter that is no number"));
            };
            let is_top = op == AggregateOp::Topk;
            let op = if is_top {
                Aggregation::Topk
            } else {
                Aggregation::Bottomk
            };
            (op(parameter), of)
        }
        _ => {
            let text = "counts of lines have sum, count, min, max, avg, topk and bottomk";
            return Err(Error::meaning(expr.span.clone(), text));
        }
    };
    Ok((op, of))
}

fn compute(op: BinaryOp, number: f64, is_left: bool, returns_bool: bool) -> Step {
    Step::Compute {
        op,
        number,
        is_left,
        returns_bool,
    }
}

/// The value of an expression of numbers alone. The parser bounds how deep
/// the right operands nest, and how long a chain of left ones is.
fn number(expr: &Expr) -> Option<f64> {
    let mut chain = Vec::new();
    let mut expr = expr;
    let mut value = loop {
        expr = match &expr.kind {
            ExprKind::Number(value) => break *value,
            ExprKind::Paren(of) => break number(of)?,
            ExprKind::Unary { negated, of } => {
                let value = number(of)?;
                break if *negated { -value } else { value };
            }
            ExprKind::Binary {
                op, left, right, ..
            } => {
                chain.push((*op, right));
                left
            }
            _ => return None,
        };
    };
    for (op, right) in chain.into_iter().rev() {
        value = op.compute(value, number(right)?)?;
    }
    Some(value)
}

fn unhandled(expr: &Expr, what: &str) -> Error {
    Error::meaning(expr.span.clone(), format!("eval: unhandled expr: {what}"))
}

#[cfg(test)]
mod tests {
    use super::super::query::Query;
    use super::*;

    fn metric(query: &str) -> MetricQuery {
        match Query::parse(query).unwrap() {
            Query::Metric(metric) => metric,
            Query::Logs(_) => panic!("{query} asks for lines"),
        }
    }

    fn names(query: &MetricQuery) -> Vec<&str> {
        query.labels.iter().map(|it| it.name.as_str()).collect()
    }

    fn error(query: &str) -> String {
        Query::parse(query).unwrap_err().to_string()
    }

    #[test]
    fn a_query_is_a_chain() {
        let query =
            metric(r#"10 < -sum by (pod) (rate(pod{namespace="ns"} |= "x" [5m])) * (2 + 3 * 4)"#);
        assert_eq!(query.function, Function::Rate);
        assert_eq!(query.window_millis, 300_000);
        assert_eq!(names(&query), ["pod"]);
        assert_eq!(
            query.steps,
            [
                compute(BinaryOp::Mul, -1.0, true, false),
                compute(BinaryOp::Mul, 14.0, false, false),
                compute(BinaryOp::Less, 10.0, true, false),
            ]
        );
    }

    #[test]
    fn only_a_sum_right_over_the_counts_is_counted_together() {
        let count = r#"count_over_time(pod{namespace="ns"}[5m])"#;
        assert_eq!(names(&metric(count)), ["namespace", "pod", "container"]);
        assert!(metric(&format!("sum({count})")).labels.is_empty());
        let without = metric(&format!("sum without (pod) ({count})"));
        assert_eq!(names(&without), ["namespace", "container"]);
        let max = metric(&format!("sum(max by (pod) ({count}))"));
        assert_eq!((max.labels.len(), max.steps.len()), (3, 2));
    }

    #[test]
    fn what_cannot_be_computed_is_said() {
        let count = r#"count_over_time(pod{namespace="ns"}[5m])"#;
        assert_eq!(
            error(&format!("{count} / {count}")),
            "one side of / must be a number"
        );
        assert_eq!(
            error(&format!(r#"{count} |= "x""#)),
            "one side of |= must be a number"
        );
        assert_eq!(
            error(&format!("stddev({count})")),
            "counts of lines have sum, count, min, max, avg, topk and bottomk"
        );
        assert_eq!(
            error("rate(pod[5m])"),
            "getTargets err: target matcher err: not found label 'namespace' for logType 'pod'"
        );
        assert_eq!(
            metric(&format!("sum by (node) ({count})")).lines.notices,
            ["pod logs have no label node"]
        );
    }
}
