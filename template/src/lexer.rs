//! Cuts a template into tokens: text outside of `{{ }}`, words inside.
//!
//! Comments and what `{{- -}}` trims are gone afterwards.

use crate::error::Position;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    Text,
    Open,
    Close,
    Space,
    Assign,
    Declare,
    Pipe,
    Comma,
    LeftParen,
    RightParen,
    /// A keyword, a constant or a function.
    Word,
    Dot,
    Field,
    Variable,
    Number,
    Char,
    Quoted,
    Raw,
    End,
    /// Nothing behind it could be read.
    Error(String),
}

#[derive(Clone, Debug)]
pub(crate) struct Token<'t> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'t str,
    pub(crate) position: Position,
}

/// All tokens; the last one is an end or an error.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer {
        rest: text,
        position: Position { line: 1, column: 1 },
        tokens: Vec::new(),
    };
    let (kind, position) = match lexer.run() {
        Ok(()) => (TokenKind::End, lexer.position),
        Err((message, position)) => (TokenKind::Error(message), position),
    };
    lexer.tokens.push(Token {
        kind,
        text: "",
        position,
    });
    lexer.tokens
}

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

struct Lexer<'t> {
    rest: &'t str,
    position: Position,
    tokens: Vec<Token<'t>>,
}

type Step = Result<(), (String, Position)>;

impl<'t> Lexer<'t> {
    fn run(&mut self) -> Step {
        let mut trims = false;
        loop {
            let length = self.rest.find("{{").unwrap_or(self.rest.len());
            let (text, behind) = self.rest.split_at(length);
            if trims {
                self.skip(text.len() - text.trim_start_matches(SPACE).len());
            }
            let text = self
                .rest
                .get(..self.rest.len() - behind.len())
                .unwrap_or("");
            let trimmed = if has_left_trim(behind) {
                text.trim_end_matches(SPACE)
            } else {
                text
            };
            if !trimmed.is_empty() {
                self.push(TokenKind::Text, trimmed.len());
            }
            self.skip(text.len() - trimmed.len());
            if behind.is_empty() {
                return Ok(());
            }
            trims = self.action()?;
        }
    }

    /// Reads from `{{` to `}}`; whether the text behind is trimmed.
    fn action(&mut self) -> Result<bool, (String, Position)> {
        let start = self.position;
        let marker = if has_left_trim(self.rest) { 4 } else { 2 };
        let inside = self.rest.get(marker..).unwrap_or_default();
        if let Some(comment) = inside.strip_prefix("/*") {
            let Some(length) = comment.find("*/") else {
                return Err(("unclosed comment".to_owned(), start));
            };
            self.skip(marker + 2 + length + 2);
            let Some((length, trims)) = right_delimiter(self.rest) else {
                let message = "comment ends before closing delimiter";
                return Err((message.to_owned(), self.position));
            };
            self.skip(length);
            return Ok(trims);
        }
        self.push(TokenKind::Open, marker);
        let mut depth = 0usize;
        loop {
            if let Some((length, trims)) = right_delimiter(self.rest) {
                if depth > 0 {
                    return self.error("unclosed left paren").map(|()| trims);
                }
                self.push(TokenKind::Close, length);
                return Ok(trims);
            }
            let Some(c) = self.rest.chars().next() else {
                return Err(("unclosed action".to_owned(), start));
            };
            match c {
                ' ' | '\t' | '\r' | '\n' => self.space(),
                '=' => self.push(TokenKind::Assign, 1),
                ':' if self.rest.starts_with(":=") => self.push(TokenKind::Declare, 2),
                ':' => self.error("expected :=")?,
                '|' => self.push(TokenKind::Pipe, 1),
                ',' => self.push(TokenKind::Comma, 1),
                '(' => {
                    depth += 1;
                    self.push(TokenKind::LeftParen, 1);
                }
                ')' => {
                    let Some(outer) = depth.checked_sub(1) else {
                        return self.error("unexpected right paren").map(|()| false);
                    };
                    depth = outer;
                    self.push(TokenKind::RightParen, 1);
                }
                '"' => self.quoted(TokenKind::Quoted, '"', "unterminated quoted string")?,
                '\'' => self.quoted(TokenKind::Char, '\'', "unterminated character constant")?,
                '`' => self.raw()?,
                '$' => self.word(TokenKind::Variable, 1)?,
                '.' => match self.rest.chars().nth(1) {
                    Some('0'..='9') => self.number()?,
                    Some(c) if is_alphanumeric(c) => self.word(TokenKind::Field, 1)?,
                    _ => self.word(TokenKind::Dot, 1)?,
                },
                '+' | '-' | '0'..='9' => self.number()?,
                c if is_alphanumeric(c) => self.word(TokenKind::Word, 0)?,
                c => self.error(format!("unexpected {c:?} in action"))?,
            }
        }
    }

    /// Blanks, but for the one that belongs to ` -}}`.
    fn space(&mut self) {
        let behind = self.rest.trim_start_matches(SPACE);
        let all = self.rest.len() - behind.len();
        let kept = if behind.starts_with("-}}") { 1 } else { 0 };
        self.push(TokenKind::Space, all - kept);
    }

    fn word(&mut self, kind: TokenKind, sign: usize) -> Step {
        let letters = self.rest.get(sign..).unwrap_or_default();
        let length = letters
            .find(|c: char| !is_alphanumeric(c))
            .unwrap_or(letters.len());
        let behind = letters.get(length..).unwrap_or_default();
        match behind.chars().next() {
            // What may follow a name; `$x+2` stays an error.
            None
            | Some(' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | '=' | '(' | ')' | '}') => {
                self.push(kind, sign + length);
                Ok(())
            }
            Some(c) => {
                self.skip(sign + length);
                self.error(format!("bad character {c:?} behind a name"))
            }
        }
    }

    /// What may be a number; the parser reads it.
    fn number(&mut self) -> Step {
        let digits = self.rest.trim_start_matches(['+', '-']);
        let hexadecimal = digits.starts_with("0x") || digits.starts_with("0X");
        let mut before = None;
        let mut length = self.rest.len();
        for (at, c) in self.rest.char_indices() {
            let may_be_signed = match before {
                None => true,
                Some('e' | 'E') => !hexadecimal,
                Some('p' | 'P') => hexadecimal,
                Some(_) => false,
            };
            let goes_on = is_alphanumeric(c) || c == '.' || matches!(c, '+' | '-') && may_be_signed;
            if !goes_on {
                length = at;
                break;
            }
            before = Some(c);
        }
        self.push(TokenKind::Number, length);
        Ok(())
    }

    fn quoted(&mut self, kind: TokenKind, quote: char, unterminated: &str) -> Step {
        let mut escaped = false;
        for (at, c) in self.rest.char_indices().skip(1) {
            match c {
                '\n' => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                c if c == quote => {
                    self.push(kind, at + 1);
                    return Ok(());
                }
                _ => {}
            }
        }
        self.error(unterminated)
    }

    fn raw(&mut self) -> Step {
        match self.rest.get(1..).and_then(|rest| rest.find('`')) {
            Some(length) => {
                self.push(TokenKind::Raw, length + 2);
                Ok(())
            }
            None => self.error("unterminated raw quoted string"),
        }
    }

    fn error(&self, message: impl Into<String>) -> Step {
        Err((message.into(), self.position))
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        if length > 0 {
            self.tokens.push(Token {
                kind,
                text: self.rest.get(..length).unwrap_or_default(),
                position: self.position,
            });
            self.skip(length);
        }
    }

    fn skip(&mut self, length: usize) {
        let Some((skipped, rest)) = self.rest.split_at_checked(length) else {
            return;
        };
        for c in skipped.chars() {
            if c == '\n' {
                self.position.line += 1;
                self.position.column = 1;
            } else {
                self.position.column += 1;
            }
        }
        self.rest = rest;
    }
}

fn has_left_trim(text: &str) -> bool {
    text.strip_prefix("{{-")
        .is_some_and(|rest| rest.starts_with(SPACE))
}

/// Length of the delimiter that stands here, and whether it trims.
fn right_delimiter(text: &str) -> Option<(usize, bool)> {
    if text.starts_with("}}") {
        return Some((2, false));
    }
    let trims = text.starts_with(SPACE) && text.get(1..)?.starts_with("-}}");
    trims.then_some((4, true))
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || c.is_alphabetic() || c.is_numeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        tokens(text)
            .iter()
            .map(|token| match &token.kind {
                TokenKind::Error(message) => format!("!{message}@{}", token.position),
                TokenKind::End => "$".to_owned(),
                _ => format!("{}@{}", token.text.trim(), token.position),
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn positions_count_lines_and_characters() {
        assert_eq!(words("안{{.}}"), "안@1:1 {{@1:2 .@1:4 }}@1:5 $");
        assert_eq!(words("a\n{{x}}"), "a@1:1 {{@2:1 x@2:3 }}@2:4 $");
    }

    #[test]
    fn trims_where_a_blank_stands_beside_the_dash() {
        assert_eq!(
            words("a {{- . -}} b"),
            "a@1:1 {{-@1:3 .@1:7 -}}@1:8 b@1:13 $"
        );
        assert_eq!(words("a {{-3}}"), "a@1:1 {{@1:3 -3@1:5 }}@1:7 $");
        assert_eq!(words("x {{/* c */}}y"), "x@1:1 y@1:14 $");
        assert_eq!(words("x {{- /* c */ -}} y"), "x@1:1 y@1:19 $");
    }

    #[test]
    fn says_where_it_cannot_go_on() {
        for (text, expected) in [
            ("{{", "!unclosed action@1:1"),
            ("{{(}}", "!unclosed left paren@1:4"),
            ("{{)}}", "!unexpected right paren@1:3"),
            ("{{/* x", "!unclosed comment@1:1"),
            (
                "{{/* x */ }}",
                "!comment ends before closing delimiter@1:10",
            ),
            ("{{\"x\n\"}}", "!unterminated quoted string@1:3"),
            ("{{`x}}", "!unterminated raw quoted string@1:3"),
            ("{{$x+2}}", "!bad character '+' behind a name@1:5"),
            ("{{x:y}}", "!expected :=@1:4"),
            ("{{~}}", "!unexpected '~' in action@1:3"),
        ] {
            let found = words(text);
            assert!(found.ends_with(expected), "{text}: {found}");
        }
    }
}
