//! The words of the language.

use std::ops::Range;

use super::ast::{AggregateOp, BinaryOp};
use super::quote::quoted;

/// A piece of query text and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'q> {
    /// What it is.
    pub kind: TokenKind,
    /// As it stands in the query, quotes included.
    pub text: &'q str,
    /// Its bytes in the query.
    pub span: Range<usize>,
}

/// Kinds of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TokenKind {
    EndOfInput,
    Identifier,
    /// A name with a colon in it, which only metrics may have.
    MetricIdentifier,
    /// Quoted in any of the three ways.
    String,
    Number,
    Duration,
    LeftBrace,
    RightBrace,
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    Comma,
    Colon,
    /// A single `=`, between a label and its value.
    Equal,
    At,
    /// A single `|`, before a stage of a pipeline.
    Pipe,
    Operator(BinaryOp),
    /// `=~`, which exists inside of braces and in pipelines only.
    EqualRegex,
    Aggregate(AggregateOp),
    Keyword(Keyword),
}

/// Words with a meaning of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Keyword {
    Bool,
    By,
    End,
    GroupLeft,
    GroupRight,
    Ignoring,
    Offset,
    On,
    Start,
    Without,
}

impl TokenKind {
    /// The kind of a word outside of braces. Case does not matter.
    pub(crate) fn of_word(word: &str) -> TokenKind {
        let lower = word.to_ascii_lowercase();
        if let Some(op) = AggregateOp::from_name(&lower) {
            return TokenKind::Aggregate(op);
        }
        match lower.as_str() {
            "and" => TokenKind::Operator(BinaryOp::And),
            "or" => TokenKind::Operator(BinaryOp::Or),
            "unless" => TokenKind::Operator(BinaryOp::Unless),
            "atan2" => TokenKind::Operator(BinaryOp::Atan2),
            "inf" | "nan" => TokenKind::Number,
            "bool" => TokenKind::Keyword(Keyword::Bool),
            "by" => TokenKind::Keyword(Keyword::By),
            "end" => TokenKind::Keyword(Keyword::End),
            "group_left" => TokenKind::Keyword(Keyword::GroupLeft),
            "group_right" => TokenKind::Keyword(Keyword::GroupRight),
            "ignoring" => TokenKind::Keyword(Keyword::Ignoring),
            "offset" => TokenKind::Keyword(Keyword::Offset),
            "on" => TokenKind::Keyword(Keyword::On),
            "start" => TokenKind::Keyword(Keyword::Start),
            "without" => TokenKind::Keyword(Keyword::Without),
            _ if word.contains(':') => TokenKind::MetricIdentifier,
            _ => TokenKind::Identifier,
        }
    }

    /// Whether a token of this kind may also be the name of a metric.
    pub(crate) fn may_be_name(self) -> bool {
        match self {
            TokenKind::Identifier | TokenKind::MetricIdentifier | TokenKind::Aggregate(_) => true,
            TokenKind::Operator(op) => {
                matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Unless)
            }
            TokenKind::Keyword(keyword) => matches!(
                keyword,
                Keyword::By | Keyword::End | Keyword::Offset | Keyword::Start | Keyword::Without
            ),
            _ => false,
        }
    }
}

impl Token<'_> {
    /// How messages speak of it: `identifier "x"`, `<op:|=>`, `end of input`.
    pub(crate) fn described(&self) -> String {
        match self.kind {
            TokenKind::EndOfInput => "end of input".to_owned(),
            TokenKind::Identifier => format!("identifier {}", quoted(self.text)),
            TokenKind::MetricIdentifier => format!("metric identifier {}", quoted(self.text)),
            TokenKind::String => format!("string {}", self.shortened()),
            TokenKind::Number => format!("number {}", self.shortened()),
            TokenKind::Duration => format!("duration {}", self.shortened()),
            TokenKind::Operator(_) | TokenKind::EqualRegex | TokenKind::At => {
                format!("<op:{}>", self.text)
            }
            TokenKind::Aggregate(_) => format!("<aggr:{}>", self.text),
            TokenKind::Keyword(_) => format!("<{}>", self.text),
            _ => quoted(self.text),
        }
    }

    fn shortened(&self) -> String {
        match self.text.char_indices().nth(10) {
            Some((end, _)) => format!("{}...", quoted(&self.text[..end])),
            None if self.text.len() > 10 => format!("{}...", quoted(self.text)),
            None => quoted(self.text),
        }
    }
}
