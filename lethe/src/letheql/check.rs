//! Whether the operands of a parsed query have the types their operators and
//! functions take. Mirrors `checkAST` of Prometheus' parser.

use super::ast::{BinaryOp, Expr, ExprKind, MatcherOp, Modifiers, Selector};
use super::error::Error;

/// What an expression is, in the words of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Scalar,
    String,
    /// Lines, or a number for each series at one instant.
    Vector,
    Range,
}

impl Type {
    fn described(self) -> &'static str {
        match self {
            Type::Scalar => "scalar",
            Type::String => "string",
            Type::Vector => "instant vector",
            Type::Range => "range vector",
        }
    }
}

/// The first fault of an expression, operands before operators.
pub(crate) fn check(query: &str, expr: &Expr) -> Result<(), Error> {
    type_of(query, expr).map(|_| ())
}

/// Whether an expression is a selector with any number of line filters and
/// stages.
pub(crate) fn is_log(expr: &Expr) -> bool {
    let mut expr = expr;
    loop {
        match &expr.kind {
            ExprKind::Selector(_) => return true,
            ExprKind::Binary {
                op, left, right, ..
            } if op.is_line_filter() && matches!(right.kind, ExprKind::String(_)) => {
                expr = left;
            }
            ExprKind::Stage { of, .. } => expr = of,
            _ => return false,
        }
    }
}

fn type_of(query: &str, expr: &Expr) -> Result<Type, Error> {
    let fail = |message: String| Err(Error::parse(query, expr.span.clone(), message));
    match &expr.kind {
        ExprKind::Number(_) => Ok(Type::Scalar),
        ExprKind::String(_) => Ok(Type::String),
        ExprKind::Paren(inner) => type_of(query, inner),
        ExprKind::Selector(selector) => match selector_fault(selector) {
            Some(message) => fail(message),
            None => Ok(Type::Vector),
        },
        ExprKind::Range { of, .. } => type_of(query, of).map(|_| Type::Range),
        ExprKind::Unary { of, .. } => match type_of(query, of)? {
            found @ (Type::Scalar | Type::Vector) => Ok(found),
            found => fail(format!(
                "unary expression only allowed on expressions of type scalar or instant vector, \
                 got \"{}\"",
                found
                    .described()
                    .replace("instant ", "")
                    .replace("range vector", "matrix")
            )),
        },
        ExprKind::Call { function, args } => {
            let name = function.name();
            let [arg] = args.as_slice() else {
                return fail(format!(
                    "expected 1 argument(s) in call to \"{name}\", got {}",
                    args.len()
                ));
            };
            match type_of(query, arg)? {
                Type::Range => Ok(Type::Vector),
                found => Err(Error::parse(
                    query,
                    arg.span.clone(),
                    format!(
                        "expected type range vector in call to function \"{name}\", got {}",
                        found.described()
                    ),
                )),
            }
        }
        ExprKind::Aggregate { op, args, .. } => {
            let wanted = if op.has_parameter() { 2 } else { 1 };
            let Some(series) = args.last().filter(|_| args.len() == wanted) else {
                return fail(format!(
                    "wrong number of arguments for aggregate expression provided, expected \
                     {wanted}, got {}",
                    args.len()
                ));
            };
            for arg in args {
                type_of(query, arg)?;
            }
            match type_of(query, series)? {
                Type::Vector => Ok(Type::Vector),
                found => Err(Error::parse(
                    query,
                    series.span.clone(),
                    format!(
                        "expected type instant vector in aggregation expression, got {}",
                        found.described()
                    ),
                )),
            }
        }
        ExprKind::Binary { .. } | ExprKind::Stage { .. } => chain_type(query, expr),
    }
}

fn chain_type(query: &str, expr: &Expr) -> Result<Type, Error> {
    // A chain of operators leans to the left: walked down and back up in a
    // loop, since it may be long.
    let mut chain = vec![expr];
    let mut leftmost = expr;
    while let ExprKind::Binary { left, .. } | ExprKind::Stage { of: left, .. } = &leftmost.kind {
        leftmost = left;
        chain.push(left);
    }
    let mut left_type = type_of(query, leftmost)?;
    for expr in chain.into_iter().rev() {
        if let ExprKind::Stage { of, .. } = &expr.kind
            && !is_log(of)
        {
            let message = "a pipeline must follow lines, not numbers";
            return Err(Error::parse(query, expr.span.clone(), message));
        }
        let ExprKind::Binary {
            op,
            op_span,
            right,
            modifiers,
            ..
        } = &expr.kind
        else {
            continue;
        };
        let types = (left_type, type_of(query, right)?);
        if let Some(message) = operator_fault(*op, *modifiers, types) {
            return Err(Error::parse(query, op_span.clone(), message));
        }
        if let Some(message) = operands_fault(*op, *modifiers, types) {
            return Err(Error::parse(query, expr.span.clone(), message));
        }
        left_type = match types {
            (Type::Scalar, Type::Scalar) => Type::Scalar,
            _ => Type::Vector,
        };
    }
    Ok(left_type)
}

fn operator_fault(op: BinaryOp, modifiers: Modifiers, types: (Type, Type)) -> Option<String> {
    if modifiers.returns_bool && !op.is_comparison() {
        return Some("bool modifier can only be used on comparison operators".to_owned());
    }
    let both_scalar = types == (Type::Scalar, Type::Scalar);
    (op.is_comparison() && !modifiers.returns_bool && both_scalar)
        .then(|| "comparisons between scalars must use BOOL modifier".to_owned())
}

fn operands_fault(op: BinaryOp, modifiers: Modifiers, types: (Type, Type)) -> Option<String> {
    if types.0 == Type::Range || types.1 == Type::Range {
        let message =
            "binary expression must contain only scalar and instant vector and string types";
        return Some(message.to_owned());
    }
    if modifiers.has_matching_labels && types != (Type::Vector, Type::Vector) {
        return Some("vector matching only allowed between instant vectors".to_owned());
    }
    (op.is_set() && (types.0 == Type::Scalar || types.1 == Type::Scalar)).then(|| {
        format!(
            "set operator \"{}\" not allowed in binary scalar expression",
            op.symbol()
        )
    })
}

fn selector_fault(selector: &Selector) -> Option<String> {
    let mut names = selector.matchers.iter().filter(|it| it.label == "__name__");
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    if !selector.name.is_empty() {
        return names.next().map(|second| {
            format!(
                "metric name must not be set twice: \"{}\" or \"{}\"",
                selector.name,
                text(&second.value)
            )
        });
    }
    if let (Some(first), Some(second)) = (names.next(), names.next()) {
        return Some(format!(
            "metric name must not be set twice: \"{}\" or \"{}\"",
            text(&first.value),
            text(&second.value)
        ));
    }
    let is_empty = selector.matchers.iter().all(|it| match it.op {
        MatcherOp::Equal => it.value.is_empty(),
        MatcherOp::NotEqual => !it.value.is_empty(),
        // Whether a longer expression matches the empty text does not matter
        // here: a selector without a name is an error either way.
        MatcherOp::Regex => matches!(it.value.as_slice(), b"" | b".*"),
        MatcherOp::NotRegex => !it.value.is_empty() && it.value != b".*",
    });
    is_empty.then(|| "vector selector must contain at least one non-empty matcher".to_owned())
}
