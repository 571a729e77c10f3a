//! Pipelines: `| json | status >= 500 or level = "error"`.

use super::super::ast::{BinaryOp, Expr, ExprKind, MatcherOp};
use super::super::error::Error;
use super::super::stage::{FieldExpr, FieldTest, FieldWanted, Format, Stage};
use super::super::token::TokenKind;
use super::super::{duration, lexer, regex, strings};
use super::Parser;

impl Parser<'_> {
    /// `| …` behind `of`.
    pub(super) fn stage(&mut self, of: Expr) -> Result<Expr, Error> {
        let pipe = self.advance()?.span;
        self.count_operator(pipe)?;
        let format = match self.kind() {
            Some(TokenKind::Identifier) => self.next_text().and_then(Format::from_name),
            _ => None,
        };
        let stage = match format {
            Some(format) => {
                self.advance()?;
                Stage::Parse(format)
            }
            None => Stage::Filter(self.any_field()?),
        };
        let span = of.span.start..self.previous_end();
        let of = Box::new(of);
        let kind = ExprKind::Stage { of, stage };
        self.range(Expr { kind, span })
    }

    fn any_field(&mut self) -> Result<FieldExpr, Error> {
        let mut all = vec![self.all_fields()?];
        while self.take(TokenKind::Operator(BinaryOp::Or)) {
            all.push(self.all_fields()?);
        }
        Ok(one_or(all, FieldExpr::Any))
    }

    fn all_fields(&mut self) -> Result<FieldExpr, Error> {
        let mut all = vec![self.field()?];
        while self.take(TokenKind::Operator(BinaryOp::And)) {
            all.push(self.field()?);
        }
        Ok(one_or(all, FieldExpr::All))
    }

    fn field(&mut self) -> Result<FieldExpr, Error> {
        const NAME: &str = " in field filter, expected json, logfmt or the name of a field";
        const OPERATOR: &str = " in field filter, expected comparison operator";
        if self.kind() == Some(TokenKind::LeftParen) {
            let open = self.advance()?.span;
            self.deeper(open)?;
            let inner = self.any_field()?;
            self.depth -= 1;
            self.expect(TokenKind::RightParen, " in field filter, expected \")\"")?;
            return Ok(inner);
        }
        let is_name = matches!(
            self.kind(),
            Some(TokenKind::Identifier | TokenKind::Aggregate(_) | TokenKind::Keyword(_))
        );
        if !is_name {
            return Err(self.unexpected(NAME));
        }
        let name = self.advance()?;
        self.count_operator(name.span.clone())?;
        let op = match self.kind() {
            Some(
                op @ (TokenKind::Equal
                | TokenKind::EqualRegex
                | TokenKind::Operator(BinaryOp::NotMatches)),
            ) => op,
            Some(TokenKind::Operator(op)) if op.is_comparison() => TokenKind::Operator(op),
            _ => return Err(self.unexpected(OPERATOR)),
        };
        self.advance()?;
        let wanted = match text_op(op) {
            Some(op) if self.kind() == Some(TokenKind::String) => self.text(op)?,
            _ => self.quantity(op)?,
        };
        Ok(FieldExpr::Test(FieldTest {
            field: name.text.to_owned(),
            wanted,
            span: name.span.start..self.previous_end(),
        }))
    }

    fn text(&mut self, op: MatcherOp) -> Result<FieldWanted, Error> {
        let token = self.advance()?;
        let value = strings::value(token.text);
        if matches!(op, MatcherOp::Regex | MatcherOp::NotRegex) {
            regex::translate(&value).map_err(|it| self.error(token.span, it.to_string()))?;
        }
        Ok(FieldWanted::Text(op, value))
    }

    fn quantity(&mut self, op: TokenKind) -> Result<FieldWanted, Error> {
        const CONTEXT: &str = " in field filter, expected ";
        let op = match op {
            TokenKind::Equal => BinaryOp::Equal,
            TokenKind::Operator(op) if op.is_comparison() => op,
            _ => return Err(self.unexpected(&format!("{CONTEXT}string"))),
        };
        let is_negative = self.take(TokenKind::Operator(BinaryOp::Sub));
        let signed = |it: f64| if is_negative { -it } else { it };
        match self.kind() {
            Some(TokenKind::Number) => {
                let value = lexer::number(self.advance()?.text).unwrap_or(f64::NAN);
                Ok(FieldWanted::Number(op, signed(value)))
            }
            Some(TokenKind::Duration) => {
                let millis = duration::parse_millis(self.advance()?.text).unwrap_or_default();
                Ok(FieldWanted::Seconds(op, signed(millis as f64 / 1e3)))
            }
            _ => Err(self.unexpected(&format!("{CONTEXT}string, number or duration"))),
        }
    }
}

fn text_op(op: TokenKind) -> Option<MatcherOp> {
    match op {
        TokenKind::Equal => Some(MatcherOp::Equal),
        TokenKind::EqualRegex => Some(MatcherOp::Regex),
        TokenKind::Operator(BinaryOp::NotEqual) => Some(MatcherOp::NotEqual),
        TokenKind::Operator(BinaryOp::NotMatches) => Some(MatcherOp::NotRegex),
        _ => None,
    }
}

fn one_or(mut all: Vec<FieldExpr>, join: fn(Vec<FieldExpr>) -> FieldExpr) -> FieldExpr {
    match all.pop() {
        Some(only) if all.is_empty() => only,
        last => {
            all.extend(last);
            join(all)
        }
    }
}
