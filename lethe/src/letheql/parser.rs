//! Tokens to an expression: operator precedence as in Prometheus'
//! `promql/parser/generated_parser.y`, which also gives the errors their words.

mod calls;
mod selector;
mod stage;

use std::ops::Range;

use super::ast::{BinaryOp, Expr, ExprKind, Modifiers};
use super::error::Error;
use super::token::{Keyword, Token, TokenKind};
use super::{check, duration, lexer, strings};

/// How deep parentheses, calls and operators may nest.
const MAX_DEPTH: usize = 100;
/// How many operators one query may chain. The tree leans to the left, and is
/// as deep as the chain is long.
const MAX_OPERATORS: usize = 1_000;

/// Parses a query and checks the types of its parts.
pub fn parse(query: &str) -> Result<Expr, Error> {
    let (tokens, lex_error) = lexer::tokens(query);
    let mut parser = Parser {
        query,
        tokens,
        lex_error,
        next: 0,
        depth: 0,
        operators: 0,
    };
    if let Some(TokenKind::EndOfInput) = parser.kind() {
        return Err(Error::parse(query, 0..0, "no expression found in input"));
    }
    let expr = parser.expr(0)?;
    parser.expect(TokenKind::EndOfInput, "")?;
    check::check(query, &expr)?;
    Ok(expr)
}

struct Parser<'q> {
    query: &'q str,
    tokens: Vec<Token<'q>>,
    /// What stopped the lexer; met when the tokens run out.
    lex_error: Option<Error>,
    next: usize,
    depth: usize,
    operators: usize,
}

impl<'q> Parser<'q> {
    fn kind(&self) -> Option<TokenKind> {
        self.tokens.get(self.next).map(|it| it.kind)
    }

    fn kind_after_next(&self) -> Option<TokenKind> {
        self.tokens.get(self.next + 1).map(|it| it.kind)
    }

    fn next_text(&self) -> Option<&'q str> {
        self.tokens.get(self.next).map(|it| it.text)
    }

    fn advance(&mut self) -> Result<Token<'q>, Error> {
        match self.tokens.get(self.next) {
            Some(token) => {
                self.next += 1;
                Ok(token.clone())
            }
            None => Err(self.unexpected("")),
        }
    }

    fn take(&mut self, kind: TokenKind) -> bool {
        let is_next = self.kind() == Some(kind);
        if is_next {
            self.next += 1;
        }
        is_next
    }

    /// Takes a token of that kind; any other one is unexpected, in the words
    /// of `context` (empty, or starting with a blank).
    fn expect(&mut self, kind: TokenKind, context: &str) -> Result<Token<'q>, Error> {
        if self.kind() == Some(kind) {
            self.advance()
        } else {
            Err(self.unexpected(context))
        }
    }

    fn unexpected(&self, context: &str) -> Error {
        match (self.tokens.get(self.next), &self.lex_error) {
            (Some(token), _) => {
                let message = format!("unexpected {}{context}", token.described());
                self.error(token.span.clone(), message)
            }
            (None, Some(error)) => error.clone(),
            // The lexer ends with an end of input or with an error; past the
            // end of input there is nothing more to say than where it is.
            (None, None) => {
                let end = self.query.len();
                self.error(end..end, "unexpected end of input")
            }
        }
    }

    fn error(&self, span: Range<usize>, message: impl Into<String>) -> Error {
        Error::parse(self.query, span, message)
    }

    /// An expression whose operators all bind tighter than `floor`.
    fn expr(&mut self, floor: u8) -> Result<Expr, Error> {
        let at = self
            .tokens
            .get(self.next)
            .map_or(0..0, |it| it.span.clone());
        self.deeper(at)?;
        let mut left = self.operand()?;
        loop {
            left = match self.kind() {
                Some(TokenKind::Operator(op)) if op.precedence() > floor => {
                    self.binary(left, op)?
                }
                // A pipeline goes on as line filters do, which `|=` is one of.
                Some(TokenKind::Pipe) if BinaryOp::Contains.precedence() > floor => {
                    self.stage(left)?
                }
                _ => break,
            };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn deeper(&mut self, at: Range<usize>) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(at, "expression nests too deeply"));
        }
        Ok(())
    }

    fn count_operator(&mut self, at: Range<usize>) -> Result<(), Error> {
        self.operators += 1;
        if self.operators > MAX_OPERATORS {
            return Err(self.error(at, "too many operators in one query"));
        }
        Ok(())
    }

    fn binary(&mut self, left: Expr, op: BinaryOp) -> Result<Expr, Error> {
        let op_span = self.advance()?.span;
        self.count_operator(op_span.clone())?;
        let modifiers = self.modifiers()?;
        // `^` alone groups to the right.
        let floor = if op == BinaryOp::Pow {
            op.precedence() - 1
        } else {
            op.precedence()
        };
        let right = self.expr(floor)?;
        let span = left.span.start..right.span.end;
        let (left, right) = (Box::new(left), Box::new(right));
        let kind = ExprKind::Binary {
            op,
            op_span,
            left,
            right,
            modifiers,
        };
        self.range(Expr { kind, span })
    }

    fn modifiers(&mut self) -> Result<Modifiers, Error> {
        let mut modifiers = Modifiers {
            returns_bool: self.take(TokenKind::Keyword(Keyword::Bool)),
            ..Modifiers::default()
        };
        let matching = [Keyword::On, Keyword::Ignoring].map(TokenKind::Keyword);
        if self.kind().is_some_and(|it| matching.contains(&it)) {
            self.advance()?;
            modifiers.is_matching = true;
            modifiers.has_matching_labels = !self.label_list()?.is_empty();
            let group = [Keyword::GroupLeft, Keyword::GroupRight].map(TokenKind::Keyword);
            if self.kind().is_some_and(|it| group.contains(&it)) {
                self.advance()?;
                modifiers.has_matching_labels = true;
                if self.kind() == Some(TokenKind::LeftParen) {
                    self.label_list()?;
                }
            }
        }
        Ok(modifiers)
    }

    /// One operand with everything that belongs to it.
    fn operand(&mut self) -> Result<Expr, Error> {
        let Some(kind) = self.kind() else {
            return Err(self.unexpected(""));
        };
        let expr = match kind {
            TokenKind::Number => self.number()?,
            TokenKind::Duration => self.duration()?,
            TokenKind::String => {
                let token = self.advance()?;
                let kind = ExprKind::String(strings::value(token.text));
                // A range behind it belongs to the whole filter, not to the string.
                return Ok(Expr {
                    kind,
                    span: token.span,
                });
            }
            TokenKind::LeftParen => {
                let start = self.advance()?.span.start;
                let inner = Box::new(self.expr(0)?);
                let end = self.expect(TokenKind::RightParen, "")?.span.end;
                Expr {
                    kind: ExprKind::Paren(inner),
                    span: start..end,
                }
            }
            TokenKind::Operator(op @ (BinaryOp::Add | BinaryOp::Sub)) => {
                let start = self.advance()?.span.start;
                let of = Box::new(self.expr(BinaryOp::Mul.precedence())?);
                let span = start..of.span.end;
                Expr {
                    kind: ExprKind::Unary {
                        negated: op == BinaryOp::Sub,
                        of,
                    },
                    span,
                }
            }
            TokenKind::Aggregate(op) if self.starts_aggregate() => self.aggregate(op)?,
            TokenKind::Identifier if self.kind_after_next() == Some(TokenKind::LeftParen) => {
                self.call()?
            }
            TokenKind::LeftBrace => self.selector()?,
            kind if kind.may_be_name() => self.selector()?,
            _ => return Err(self.unexpected("")),
        };
        self.range(expr)
    }

    fn number(&mut self) -> Result<Expr, Error> {
        let token = self.advance()?;
        let value = lexer::number(token.text).unwrap_or(f64::NAN);
        Ok(Expr {
            kind: ExprKind::Number(value),
            span: token.span,
        })
    }

    fn duration(&mut self) -> Result<Expr, Error> {
        let token = self.advance()?;
        let millis = duration::parse_millis(token.text).unwrap_or_default();
        Ok(Expr {
            kind: ExprKind::Number(millis as f64 / 1e3),
            span: token.span,
        })
    }

    fn previous_end(&self) -> usize {
        let previous = self.next.checked_sub(1).and_then(|at| self.tokens.get(at));
        previous.map_or(0, |it| it.span.end)
    }

    /// `[5m]`, if it follows.
    fn range(&mut self, of: Expr) -> Result<Expr, Error> {
        let Some(TokenKind::LeftBracket) = self.kind() else {
            return Ok(of);
        };
        let open = self.advance()?;
        let millis = match self.kind() {
            Some(TokenKind::Duration) => duration::parse_millis(self.advance()?.text),
            Some(TokenKind::Number) => {
                lexer::number(self.advance()?.text).map(|it| (it * 1e3) as u64)
            }
            _ => return Err(self.unexpected(" in range, expected duration")),
        };
        let close = self.expect(TokenKind::RightBracket, " in range, expected \"]\"")?;
        let millis = millis.filter(|it| *it > 0).ok_or_else(|| {
            self.error(
                open.span.end..close.span.start,
                "duration must be greater than 0",
            )
        })?;
        if !check::is_log(&of) {
            let message = "ranges only allowed for vector selectors";
            return Err(self.error(open.span, message));
        }
        let span = of.span.start..close.span.end;
        let is_shifted = self.shift()?;
        Ok(Expr {
            kind: ExprKind::Range {
                of: Box::new(of),
                millis,
                is_shifted,
            },
            span,
        })
    }
}
