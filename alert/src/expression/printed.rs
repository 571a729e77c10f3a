//! PromQL as Prometheus prints it back.

use promql_parser::label::Matcher;
use promql_parser::parser::{self, Expr};

/// An expression in the form that Prometheus gives it in its API and in links, with the matchers
/// of each selector in order (`promql/parser/printer.go`). `text`, as it was written, stays where
/// the printer would write something else.
pub(super) fn printed(expr: &Expr, text: &str) -> String {
    let printed = expr.to_string();
    let in_order = |mut it: Expr| {
        order_matchers(&mut it);
        it
    };
    let is_same = parser::parse(&printed).is_ok_and(|it| in_order(it) == in_order(expr.clone()));
    if is_same { printed } else { text.to_owned() }
}

fn order_matchers(expr: &mut Expr) {
    match expr {
        Expr::Aggregate(it) => {
            order_matchers(&mut it.expr);
            if let Some(parameter) = &mut it.param {
                order_matchers(parameter);
            }
        }
        Expr::Unary(it) => order_matchers(&mut it.expr),
        Expr::Binary(it) => {
            order_matchers(&mut it.lhs);
            order_matchers(&mut it.rhs);
        }
        Expr::Paren(it) => order_matchers(&mut it.expr),
        Expr::Subquery(it) => order_matchers(&mut it.expr),
        Expr::VectorSelector(it) => order(&mut it.matchers.matchers),
        Expr::MatrixSelector(it) => order(&mut it.vs.matchers.matchers),
        Expr::Call(it) => it.args.args.iter_mut().for_each(|it| order_matchers(it)),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
    }
}

fn order(matchers: &mut [Matcher]) {
    matchers.sort_by_cached_key(ToString::to_string);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(printed(&parser::parse(text).unwrap(), text), expected);
    }

    #[test]
    fn prints_as_prometheus_does() {
        check(" m>0 ", "m > 0");
        check(
            r#"label_replace(m,"x","1","","") or label_replace(m,"x","2","","")"#,
            r#"label_replace(m, "x", "1", "", "") or label_replace(m, "x", "2", "", "")"#,
        );
        let text = "m > 0 and on (job) (m * on (job) d)";
        check(text, text);
    }

    #[test]
    fn matchers_are_in_order() {
        check(
            r#"sum(rate(m{z="1",a!="2"}[5m])) / -(n{b="1",a=~"x"} > 1)"#,
            r#"sum(rate(m{a!="2",z="1"}[5m])) / -(n{a=~"x",b="1"} > 1)"#,
        );
    }
}
