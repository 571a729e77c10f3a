//! What a condition compares, and with what: for graphs, which show more than where it holds.

use promql_parser::parser::{self, Expr};

use crate::expression::{Expression, Language};

/// The two sides of the condition that an expression is.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The side that changes, as PromQL.
    pub compared: String,
    /// The number on the other side.
    pub limit: f64,
}

/// Takes a PromQL expression apart if its outermost operator compares something with a number, as
/// `rate(errors[5m]) > 0.1` does. Anything else gives nothing.
pub fn comparison(text: &str) -> Option<Comparison> {
    // It bounds the depth, for parsers and printers that call themselves.
    let (checked, _) = Expression::parse(text, Language::PromQl).ok()?;
    let mut expr = &parser::parse(&checked.text).ok()?;
    while let Expr::Paren(inner) = expr {
        expr = &inner.expr;
    }
    let Expr::Binary(binary) = expr else {
        return None;
    };
    let gives_bool = binary.modifier.as_ref().is_some_and(|it| it.return_bool);
    if !binary.op.is_comparison_operator() || gives_bool {
        return None;
    }
    let (side, limit) = match (number(&binary.lhs), number(&binary.rhs)) {
        (None, Some(limit)) => (&binary.lhs, limit),
        (Some(limit), None) => (&binary.rhs, limit),
        _ => return None,
    };
    let compared = side.to_string();
    // What the printer writes is used only where it means the same.
    let is_same = parser::parse(&compared).is_ok_and(|it| it == **side);
    (is_same && limit.is_finite()).then_some(Comparison { compared, limit })
}

fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::NumberLiteral(number) => Some(number.val),
        Expr::Paren(inner) => number(&inner.expr),
        Expr::Unary(unary) => number(&unary.expr).map(|it| -it),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn conditions_have_two_sides() {
        let cases = [
            ("up == 0", Some(("up", 0.0))),
            (
                "(sum by (job) (rate(e[5m])) >= -1.5)",
                Some(("sum by (job) (rate(e[5m]))", -1.5)),
            ),
            ("(10) > free", Some(("free", 10.0))),
            ("a > 1 and b > 2", None),
            ("a > bool 1", None),
            ("a > b", None),
            ("1 > bool 2", None),
            ("a > Inf", None),
            ("absent(up)", None),
            ("up ==", None),
        ];
        for (text, sides) in cases {
            let found = comparison(text);
            let found = found.as_ref().map(|it| (it.compared.as_str(), it.limit));
            assert_eq!(found, sides, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "[a-c0-9 ><=!()\\[\\]{}.\"-]{0,40}") {
            if let Some(found) = comparison(&text) {
                prop_assert!(parser::parse(&found.compared).is_ok());
            }
        }
    }
}
