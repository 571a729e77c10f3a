//! LetheQL: text in, a checked query or an error with its position out.
//!
//! The grammar is PromQL's with three more operators, `|=`, `|~` and `!~`
//! outside of braces, which filter the lines of a selector:
//!
//! ```text
//! pod{namespace="default",pod=~"web-.*"} |= "error" !~ "timeout|refused"
//! ```
//!
//! Lines can be chosen by their level and by fields of their messages:
//!
//! ```text
//! pod{namespace="default"} | level = "error"
//! pod{namespace="default"} | json | status >= 500 or latency > 250ms
//! ```
//!
//! Lines can be counted, and the counts computed with, as in LogQL:
//!
//! ```text
//! sum by (pod) (rate(pod{namespace="default"} |= "error" [5m])) > 0.5
//! ```
//!
//! The way of a query: the lexer cuts the text into tokens, the parser makes
//! an [`Expr`], the check looks at the types of operands, and a [`Query`]
//! says what of it can be answered. Regular expressions are Go's; [`regex`]
//! rewrites them for the engine that runs them.
//!
//! Nothing here does I/O or knows the rest of the crate, so all of it also
//! compiles to WebAssembly, where the query editor uses it.

mod arithmetic;
mod ast;
mod check;
mod duration;
mod error;
mod lexer;
mod log_type;
mod metric;
mod parser;
mod plan;
mod query;
pub mod quote;
pub mod regex;
mod stage;
pub mod strings;
mod token;

pub use ast::{
    AggregateOp, BinaryOp, Expr, ExprKind, Function, Grouping, Matcher, MatcherOp, Modifiers,
    Selector,
};
pub use duration::parse_millis;
pub use error::Error;
pub use log_type::LogType;
pub use metric::{Aggregation, MetricQuery, SeriesLabel, Step};
pub use parser::parse;
pub use plan::fields::{Condition, Source};
pub use plan::{LabelFilter, LogQuery, Test, Wanted, plan};
pub use query::Query;
pub use stage::{FieldExpr, FieldTest, FieldWanted, Format, Stage};
pub use token::{Keyword, Token, TokenKind};

/// The tokens of a query, comments left out, for highlighting. Where the text
/// cannot be read any further, the list ends and the error says why.
pub fn tokens(query: &str) -> (Vec<Token<'_>>, Option<Error>) {
    lexer::tokens(query)
}
