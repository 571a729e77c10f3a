//! Functions and aggregations, with their arguments and labels.

use super::super::ast::{AggregateOp, Expr, ExprKind, Function, Grouping};
use super::super::error::Error;
use super::super::token::{Keyword, TokenKind};
use super::Parser;

impl Parser<'_> {
    pub(super) fn starts_aggregate(&self) -> bool {
        matches!(
            self.kind_after_next(),
            Some(
                TokenKind::LeftParen
                    | TokenKind::Keyword(Keyword::By)
                    | TokenKind::Keyword(Keyword::Without)
            )
        )
    }

    pub(super) fn aggregate(&mut self, op: AggregateOp) -> Result<Expr, Error> {
        let start = self.advance()?.span.start;
        let before = self.grouping()?;
        let (args, mut end) = self.args()?;
        let behind = match before {
            None => self.grouping()?,
            Some(_) => None,
        };
        if behind.is_some() {
            end = self.previous_end();
        }
        let grouping = before.or(behind).unwrap_or_default();
        Ok(Expr {
            kind: ExprKind::Aggregate { op, grouping, args },
            span: start..end,
        })
    }

    fn grouping(&mut self) -> Result<Option<Grouping>, Error> {
        let is_without = match self.kind() {
            Some(TokenKind::Keyword(Keyword::By)) => false,
            Some(TokenKind::Keyword(Keyword::Without)) => true,
            _ => return Ok(None),
        };
        self.advance()?;
        Ok(Some(Grouping {
            is_without,
            labels: self.label_list()?,
        }))
    }

    /// `(a, b)`; words that mean something elsewhere are labels here.
    pub(super) fn label_list(&mut self) -> Result<Vec<String>, Error> {
        const CONTEXT: &str = " in grouping opts";
        self.expect(TokenKind::LeftParen, &format!("{CONTEXT}, expected \"(\""))?;
        let mut labels = Vec::new();
        while !self.take(TokenKind::RightParen) {
            match self.kind() {
                Some(TokenKind::MetricIdentifier) | None => {
                    return Err(self.unexpected(&format!("{CONTEXT}, expected label")));
                }
                Some(kind) if kind.may_be_name() || matches!(kind, TokenKind::Keyword(_)) => {
                    labels.push(self.advance()?.text.to_owned());
                }
                Some(_) => return Err(self.unexpected(&format!("{CONTEXT}, expected label"))),
            }
            if self.kind() != Some(TokenKind::RightParen) {
                self.expect(
                    TokenKind::Comma,
                    &format!("{CONTEXT}, expected \",\" or \")\""),
                )?;
            }
        }
        Ok(labels)
    }

    pub(super) fn call(&mut self) -> Result<Expr, Error> {
        let name = self.advance()?;
        let Some(function) = Function::from_name(name.text) else {
            let message = format!("unknown function with name \"{}\"", name.text);
            return Err(self.error(name.span, message));
        };
        let (args, end) = self.args()?;
        Ok(Expr {
            kind: ExprKind::Call { function, args },
            span: name.span.start..end,
        })
    }

    /// Arguments in parentheses, and where they end.
    fn args(&mut self) -> Result<(Vec<Expr>, usize), Error> {
        self.expect(TokenKind::LeftParen, " in aggregation")?;
        let mut args = Vec::new();
        if !self.take(TokenKind::RightParen) {
            loop {
                args.push(self.expr(0)?);
                if !self.take(TokenKind::Comma) {
                    break;
                }
            }
            self.expect(TokenKind::RightParen, "")?;
        }
        Ok((args, self.previous_end()))
    }
}
