//! The two kinds of queries: those for lines and those for numbers.

use super::ast::{Expr, ExprKind};
use super::error::Error;
use super::metric::{MetricQuery, plan_metric};
use super::parser;
use super::plan::{LogQuery, plan};

/// What a query asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// Lines.
    Logs(LogQuery),
    /// Numbers over time.
    Metric(MetricQuery),
}

impl Query {
    /// Parses and plans a query of either kind.
    pub fn parse(query: &str) -> Result<Query, Error> {
        let expr = parser::parse(query)?;
        if is_metric(&expr) {
            plan_metric(query, &expr).map(Query::Metric)
        } else {
            plan(query, &expr).map(Query::Logs)
        }
    }
}

/// Whether lines are counted somewhere in an expression. The left operands of
/// operators are followed in a loop, since they may be a long chain.
pub(super) fn is_metric(expr: &Expr) -> bool {
    let mut expr = expr;
    loop {
        expr = match &expr.kind {
            ExprKind::Call { .. } => return true,
            ExprKind::Paren(of) | ExprKind::Unary { of, .. } | ExprKind::Stage { of, .. } => of,
            ExprKind::Aggregate { args, .. } => match args.last() {
                Some(of) => of,
                None => return false,
            },
            ExprKind::Binary { left, right, .. } => {
                if is_metric(right) {
                    return true;
                }
                left
            }
            ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Selector(_)
            | ExprKind::Range { .. } => return false,
        };
    }
}
