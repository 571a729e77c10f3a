//! Query text to tokens. Mirrors Prometheus' `promql/parser/lex.go`, the
//! words of its errors included.

use super::ast::BinaryOp;
use super::duration;
use super::error::Error;
use super::quote::{quoted, quoted_char};
use super::strings;
use super::token::{Token, TokenKind};

/// What an end of input looks like where a message names the next character.
const END_AS_CHAR: char = char::REPLACEMENT_CHARACTER;

/// All tokens up to the end or to the first error. Without an error the last
/// token is [`TokenKind::EndOfInput`].
pub(crate) fn tokens(query: &str) -> (Vec<Token<'_>>, Option<Error>) {
    let mut lexer = Lexer {
        query,
        at: 0,
        tokens: Vec::new(),
        in_braces: false,
        in_brackets: false,
        parens: 0,
        has_pipe: false,
    };
    let error = loop {
        match lexer.step() {
            Ok(true) => {}
            Ok(false) => break None,
            Err(error) => break Some(error),
        }
    };
    (lexer.tokens, error)
}

struct Lexer<'q> {
    query: &'q str,
    at: usize,
    tokens: Vec<Token<'q>>,
    in_braces: bool,
    in_brackets: bool,
    parens: usize,
    /// Whether a pipeline has begun, where `=~` stands between field and value.
    has_pipe: bool,
}

impl<'q> Lexer<'q> {
    fn rest(&self) -> &'q str {
        self.query.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        let text = self.query.get(start..self.at).unwrap_or_default();
        self.tokens.push(Token {
            kind,
            text,
            span: start..self.at,
        });
    }

    fn error(&self, start: usize, message: impl Into<String>) -> Error {
        Error::parse(self.query, start..self.at.max(start), message)
    }

    fn skip_blank(&mut self) {
        let rest = self.rest();
        let kept = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.at += rest.len() - kept.len();
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'q str {
        let rest = self.rest();
        let len = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    /// Takes the next token; false at the end of the input.
    fn step(&mut self) -> Result<bool, Error> {
        self.skip_blank();
        if self.rest().starts_with('#') {
            self.take_while(|c| c != '\n');
            return Ok(true);
        }
        let start = self.at;
        let Some(c) = self.peek() else {
            return self.end(start);
        };
        self.at += c.len_utf8();
        if matches!(c, '"' | '\'' | '`') {
            let len = strings::scan(self.query.get(start..).unwrap_or_default())
                .map_err(|message| self.error(start, message))?;
            self.at = start + len;
            self.push(TokenKind::String, start);
            return Ok(true);
        }
        let kind = if self.in_braces {
            self.inside_braces(c, start)?
        } else if self.in_brackets {
            self.inside_brackets(c, start)?
        } else {
            self.outside(c, start)?
        };
        self.push(kind, start);
        Ok(true)
    }

    fn end(&mut self, start: usize) -> Result<bool, Error> {
        if self.in_braces {
            return Err(self.error(start, "unexpected end of input inside braces"));
        }
        if self.in_brackets {
            return Err(self.error(start, "unexpected end of input in duration expression"));
        }
        if self.parens > 0 {
            return Err(self.error(start, "unclosed left parenthesis"));
        }
        self.push(TokenKind::EndOfInput, start);
        Ok(false)
    }

    fn inside_braces(&mut self, c: char, start: usize) -> Result<TokenKind, Error> {
        Ok(match c {
            ',' => TokenKind::Comma,
            '}' => {
                self.in_braces = false;
                TokenKind::RightBrace
            }
            '=' if self.take('~') => TokenKind::EqualRegex,
            '=' => TokenKind::Equal,
            '!' if self.take('~') => TokenKind::Operator(BinaryOp::NotMatches),
            '!' if self.take('=') => TokenKind::Operator(BinaryOp::NotEqual),
            '!' => {
                let message = format!(
                    "unexpected character after '!' inside braces: {}",
                    self.next_quoted()
                );
                return Err(self.error(start, message));
            }
            '{' => return Err(self.error(start, "unexpected left brace '{'")),
            c if is_alpha(c) => {
                self.take_while(is_alphanumeric);
                TokenKind::Identifier
            }
            c => {
                let message = format!("unexpected character inside braces: {}", quoted_char(c));
                return Err(self.error(start, message));
            }
        })
    }

    fn inside_brackets(&mut self, c: char, start: usize) -> Result<TokenKind, Error> {
        Ok(match c {
            ']' => {
                self.in_brackets = false;
                TokenKind::RightBracket
            }
            ':' => TokenKind::Colon,
            c if c.is_ascii_digit() => self.number_or_duration(start)?,
            c => {
                let message = format!(
                    "unexpected character in duration expression: {}",
                    quoted_char(c)
                );
                return Err(self.error(start, message));
            }
        })
    }

    fn outside(&mut self, c: char, start: usize) -> Result<TokenKind, Error> {
        let op = TokenKind::Operator;
        Ok(match c {
            ',' => TokenKind::Comma,
            '*' => op(BinaryOp::Mul),
            '/' => op(BinaryOp::Div),
            '%' => op(BinaryOp::Mod),
            '+' => op(BinaryOp::Add),
            '-' => op(BinaryOp::Sub),
            '^' => op(BinaryOp::Pow),
            '@' => TokenKind::At,
            '<' if self.take('=') => op(BinaryOp::LessOrEqual),
            '<' => op(BinaryOp::Less),
            '>' if self.take('=') => op(BinaryOp::GreaterOrEqual),
            '>' => op(BinaryOp::Greater),
            '=' if self.take('=') => op(BinaryOp::Equal),
            '=' if self.has_pipe && self.take('~') => TokenKind::EqualRegex,
            '=' if self.peek() == Some('~') => {
                return Err(self.error(start, "unexpected character after '=': '~'"));
            }
            '=' => TokenKind::Equal,
            '!' if self.take('=') => op(BinaryOp::NotEqual),
            '!' if self.take('~') => op(BinaryOp::NotMatches),
            '|' if self.take('=') => op(BinaryOp::Contains),
            '|' if self.take('~') => op(BinaryOp::Matches),
            '|' if self.is_before_stage() => {
                self.has_pipe = true;
                TokenKind::Pipe
            }
            '!' | '|' => {
                let message = format!("unexpected character after '{c}': {}", self.next_quoted());
                return Err(self.error(start, message));
            }
            '{' => {
                self.in_braces = true;
                TokenKind::LeftBrace
            }
            '[' => {
                self.in_brackets = true;
                TokenKind::LeftBracket
            }
            ']' => return Err(self.error(start, "unexpected right bracket ']'")),
            '(' => {
                self.parens += 1;
                TokenKind::LeftParen
            }
            ')' if self.parens == 0 => {
                // The original points behind this one.
                return Err(self.error(self.at, "unexpected right parenthesis ')'"));
            }
            ')' => {
                self.parens -= 1;
                TokenKind::RightParen
            }
            c if is_alpha(c) || c == ':' => {
                self.take_while(|c| is_alphanumeric(c) || c == ':');
                TokenKind::of_word(self.query.get(start..self.at).unwrap_or_default())
            }
            '.' if self.peek().is_some_and(|c| c.is_ascii_digit()) => {
                self.number_or_duration(start)?
            }
            c if c.is_ascii_digit() => self.number_or_duration(start)?,
            c => {
                let message = format!("unexpected character: {}", quoted_char(c));
                return Err(self.error(start, message));
            }
        })
    }

    fn number_or_duration(&mut self, start: usize) -> Result<TokenKind, Error> {
        self.take_while(|c| is_alphanumeric(c) || c == '.');
        // The sign of an exponent belongs to the number: `1e-3`.
        let is_exponent = |text: &str| {
            text.ends_with(['e', 'E']) && !text.starts_with("0x") && !text.starts_with("0X")
        };
        if is_exponent(self.query.get(start..self.at).unwrap_or_default())
            && self.rest().starts_with(['+', '-'])
        {
            self.at += 1;
            self.take_while(is_alphanumeric);
        }
        let text = self.query.get(start..self.at).unwrap_or_default();
        if number(text).is_some() {
            Ok(TokenKind::Number)
        } else if duration::parse_millis(text).is_some() {
            Ok(TokenKind::Duration)
        } else {
            let message = format!("bad number or duration syntax: {}", quoted(text));
            Err(self.error(start, message))
        }
    }

    /// Whether a name or a parenthesis follows, perhaps behind blanks.
    fn is_before_stage(&self) -> bool {
        let rest = self.rest().trim_start_matches([' ', '\t', '\n', '\r']);
        rest.starts_with(|c| is_alpha(c) || c == '(')
    }

    fn take(&mut self, wanted: char) -> bool {
        let is_next = self.peek() == Some(wanted);
        if is_next {
            self.at += wanted.len_utf8();
        }
        is_next
    }

    fn next_quoted(&self) -> String {
        quoted_char(self.peek().unwrap_or(END_AS_CHAR))
    }
}

/// The value of a number token.
pub(crate) fn number(text: &str) -> Option<f64> {
    let lower = text.to_ascii_lowercase();
    if let Some(hex) = lower.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok().map(|it| it as f64);
    }
    lower.parse().ok()
}

fn is_alpha(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic()
}

fn is_alphanumeric(c: char) -> bool {
    is_alpha(c) || c.is_ascii_digit()
}
