//! Operators between two numbers, as Prometheus' `scalarBinop` and
//! `vectorElemBinop` compute them.

use super::ast::BinaryOp;

impl BinaryOp {
    /// The result for two numbers, 1 or 0 for a comparison; nothing for
    /// operators that take no numbers.
    pub fn compute(self, left: f64, right: f64) -> Option<f64> {
        let truth = |it: bool| f64::from(u8::from(it));
        Some(match self {
            BinaryOp::Add => left + right,
            BinaryOp::Sub => left - right,
            BinaryOp::Mul => left * right,
            BinaryOp::Div => left / right,
            BinaryOp::Mod => left % right,
            BinaryOp::Pow => left.powf(right),
            BinaryOp::Atan2 => left.atan2(right),
            BinaryOp::Equal => truth(left == right),
            BinaryOp::NotEqual => truth(left != right),
            BinaryOp::Less => truth(left < right),
            BinaryOp::LessOrEqual => truth(left <= right),
            BinaryOp::Greater => truth(left > right),
            BinaryOp::GreaterOrEqual => truth(left >= right),
            BinaryOp::Or
            | BinaryOp::And
            | BinaryOp::Unless
            | BinaryOp::Contains
            | BinaryOp::Matches
            | BinaryOp::NotMatches => return None,
        })
    }
}
