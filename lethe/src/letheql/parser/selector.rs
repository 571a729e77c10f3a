//! Selectors: a log type, conditions on labels, and what may follow.

use super::super::ast::{BinaryOp, Expr, ExprKind, Matcher, MatcherOp, Selector};
use super::super::error::Error;
use super::super::token::{Keyword, TokenKind};
use super::super::{regex, strings};
use super::Parser;

impl Parser<'_> {
    pub(super) fn selector(&mut self) -> Result<Expr, Error> {
        let mut selector = Selector::default();
        let first = self.tokens.get(self.next).map_or(0, |it| it.span.start);
        if self.kind() != Some(TokenKind::LeftBrace) {
            selector.name = self.advance()?.text.to_owned();
        }
        if self.take(TokenKind::LeftBrace) {
            while !self.take(TokenKind::RightBrace) {
                selector.matchers.push(self.matcher()?);
                if self.kind() != Some(TokenKind::RightBrace) {
                    self.expect(
                        TokenKind::Comma,
                        " in label matching, expected \",\" or \"}\"",
                    )?;
                }
            }
        }
        let end = self.previous_end();
        selector.is_shifted = self.shift()?;
        Ok(Expr {
            kind: ExprKind::Selector(selector),
            span: first..end,
        })
    }

    fn matcher(&mut self) -> Result<Matcher, Error> {
        const LABEL: &str = " in label matching, expected identifier or \"}\"";
        const OPERATOR: &str = " in label matching, expected label matching operator";
        let start = self.next;
        let label = match self.kind() {
            Some(TokenKind::Identifier) => self.advance()?.text.to_owned(),
            Some(TokenKind::String) => {
                let token = self.advance()?;
                let text = String::from_utf8_lossy(&strings::value(token.text)).into_owned();
                let is_alone = matches!(
                    self.kind(),
                    Some(TokenKind::Comma | TokenKind::RightBrace | TokenKind::String)
                );
                if is_alone {
                    // A quoted metric name, which names no log type.
                    return Ok(Matcher {
                        label: "__name__".to_owned(),
                        op: MatcherOp::Equal,
                        value: text.into_bytes(),
                        span: token.span,
                    });
                }
                text
            }
            _ => return Err(self.unexpected(LABEL)),
        };
        let op = match self.kind() {
            Some(TokenKind::Equal) => MatcherOp::Equal,
            Some(TokenKind::Operator(BinaryOp::NotEqual)) => MatcherOp::NotEqual,
            Some(TokenKind::EqualRegex) => MatcherOp::Regex,
            Some(TokenKind::Operator(BinaryOp::NotMatches)) => MatcherOp::NotRegex,
            _ => return Err(self.unexpected(OPERATOR)),
        };
        self.advance()?;
        let value = self.expect(TokenKind::String, " in label matching, expected string")?;
        let start = self
            .tokens
            .get(start)
            .map_or(value.span.start, |it| it.span.start);
        let span = start..value.span.end;
        let value = strings::value(value.text);
        if matches!(op, MatcherOp::Regex | MatcherOp::NotRegex) {
            regex::translate(&value).map_err(|it| self.error(span.clone(), it.to_string()))?;
        }
        Ok(Matcher {
            label,
            op,
            value,
            span,
        })
    }

    /// `offset 5m` and `@ 123`, which are allowed and change nothing.
    pub(super) fn shift(&mut self) -> Result<bool, Error> {
        let mut is_shifted = false;
        loop {
            if self.take(TokenKind::Keyword(Keyword::Offset)) {
                self.take(TokenKind::Operator(BinaryOp::Sub));
                match self.kind() {
                    Some(TokenKind::Number | TokenKind::Duration) => self.advance()?,
                    _ => return Err(self.unexpected(" in offset, expected number or duration")),
                };
            } else if self.take(TokenKind::At) {
                self.take(TokenKind::Operator(BinaryOp::Sub));
                match self.kind() {
                    Some(TokenKind::Number) => self.advance()?,
                    Some(TokenKind::Keyword(Keyword::Start | Keyword::End)) => {
                        self.advance()?;
                        self.expect(TokenKind::LeftParen, " in @")?;
                        self.expect(TokenKind::RightParen, " in @")?
                    }
                    _ => return Err(self.unexpected(" in @, expected timestamp")),
                };
            } else {
                return Ok(is_shifted);
            }
            is_shifted = true;
        }
    }
}
