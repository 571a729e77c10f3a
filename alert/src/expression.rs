//! What a rule asks, checked as far as that is possible without asking.

mod printed;

use std::fmt;

use lethe::letheql::{self, ExprKind, MatcherOp, Query};
use promql_parser::parser;
use serde::{Deserialize, Serialize};

/// Longer expressions are refused.
const MAX_LENGTH: usize = 32 * 1024;

/// Deeper brackets are refused: parsers and printers walk trees by calling themselves, and a
/// thread's stack ends.
const MAX_DEPTH: usize = 100;

/// More operators are refused, since each makes the tree one step deeper.
const MAX_OPERATORS: usize = 500;

/// The language of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Prometheus'.
    PromQl,
    /// Lethe's.
    LetheQl,
    /// VictoriaLogs'.
    LogsQl,
}

impl Language {
    /// The type of datasource that speaks it, in the word of the datasource configuration.
    pub fn datasource_type(self) -> &'static str {
        match self {
            Language::PromQl => "prometheus",
            Language::LetheQl => "lethe",
            Language::LogsQl => "victorialogs",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Language::PromQl => "PromQL",
            Language::LetheQl => "LetheQL",
            Language::LogsQl => "LogsQL",
        })
    }
}

/// An expression that can be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// As written: what is asked.
    pub text: String,
    /// As Prometheus prints it back, for its API and links.
    pub printed: String,
    /// Its language.
    pub language: Language,
    /// What it answers.
    pub answers: Answers,
}

/// What an expression answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Samples at one moment.
    Samples,
    /// Lines of a window. The labels that its selector compares with `=` are part of the
    /// identity of every alert.
    Lines(Vec<(String, String)>),
}

/// Why an expression cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Nothing is written.
    #[error("the expression is empty")]
    Empty,
    /// It is too long to be one.
    #[error("the expression has {0} bytes, more than {MAX_LENGTH}")]
    TooLong(usize),
    /// Brackets within brackets, too many.
    #[error("the expression nests brackets more than {MAX_DEPTH} deep")]
    TooDeep,
    /// Too many operators.
    #[error("the expression has more than {MAX_OPERATORS} operators")]
    TooManyOperators,
    /// It is not in its language.
    #[error("no {0}: {1}")]
    Invalid(Language, String),
    /// It answers a text or a range, which no alert can be made of.
    #[error("the expression answers a {0}, an alert needs a vector or a number")]
    WrongType(String),
}

impl Expression {
    /// Reads an expression. Besides it there may be a doubt that stands in no way: a function
    /// that is not known here may well be known to a newer datasource.
    pub fn parse(
        text: &str,
        language: Language,
    ) -> Result<(Self, Option<String>), ExpressionError> {
        let text = text.trim();
        check_size(text)?;
        let (printed, answers, doubt) = match language {
            Language::PromQl => promql(text)?,
            Language::LetheQl => (text.to_owned(), letheql(text)?, None),
            Language::LogsQl => (text.to_owned(), logsql(text), None),
        };
        let expression = Self {
            text: text.to_owned(),
            printed,
            language,
            answers,
        };
        Ok((expression, doubt))
    }

    /// Which language a text is in when nothing else says so: PromQL, unless it is none and is
    /// LetheQL.
    pub fn guess(text: &str) -> Language {
        let is = |language| Self::parse(text, language).is_ok();
        if !is(Language::PromQl) && is(Language::LetheQl) {
            Language::LetheQl
        } else {
            Language::PromQl
        }
    }
}

fn check_size(text: &str) -> Result<(), ExpressionError> {
    if text.is_empty() {
        return Err(ExpressionError::Empty);
    }
    if text.len() > MAX_LENGTH {
        return Err(ExpressionError::TooLong(text.len()));
    }
    let (mut depth, mut operators) = (0_usize, 0);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'<' | b'>' | b'=' | b'!' | b'|' => {
                operators += 1;
            }
            b'"' | b'\'' | b'`' => skip_string(&mut bytes, byte),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(ExpressionError::TooDeep);
        }
    }
    let is_word = |it: &&str| ["and", "or", "unless", "atan2"].contains(it);
    let words = text.split(|it: char| !it.is_ascii_alphanumeric());
    operators += words.filter(is_word).count();
    if operators > MAX_OPERATORS {
        return Err(ExpressionError::TooManyOperators);
    }
    Ok(())
}

fn skip_string(bytes: &mut std::str::Bytes<'_>, quote: u8) {
    while let Some(byte) = bytes.next() {
        if byte == quote {
            return;
        }
        if byte == b'\\' && quote != b'`' {
            bytes.next();
        }
    }
}

/// The printed form, what it answers, and a doubt.
type Checked = (String, Answers, Option<String>);

fn promql(text: &str) -> Result<Checked, ExpressionError> {
    let expr = match parser::parse(text) {
        Ok(expr) => expr,
        Err(error) if error.contains("unknown function") => {
            return Ok((text.to_owned(), Answers::Samples, Some(error)));
        }
        Err(error) => return Err(ExpressionError::Invalid(Language::PromQl, error)),
    };
    let answers = expr.value_type();
    if !matches!(
        answers,
        parser::value::ValueType::Vector | parser::value::ValueType::Scalar
    ) {
        return Err(ExpressionError::WrongType(answers.to_string()));
    }
    Ok((printed::printed(&expr, text), Answers::Samples, None))
}

fn letheql(text: &str) -> Result<Answers, ExpressionError> {
    let invalid =
        |error: letheql::Error| ExpressionError::Invalid(Language::LetheQl, error.to_string());
    match Query::parse(text).map_err(invalid)? {
        Query::Metric(_) => Ok(Answers::Samples),
        Query::Logs(_) => Ok(Answers::Lines(equalities(
            &letheql::parse(text).map_err(invalid)?,
        ))),
    }
}

/// The labels that the selector below filters and stages compares with `=`.
fn equalities(expr: &letheql::Expr) -> Vec<(String, String)> {
    let mut expr = expr;
    loop {
        expr = match &expr.kind {
            ExprKind::Stage { of, .. } | ExprKind::Paren(of) => of,
            ExprKind::Binary { left, .. } => left,
            ExprKind::Selector(selector) => {
                return selector
                    .matchers
                    .iter()
                    .filter(|it| it.op == MatcherOp::Equal && !it.value.is_empty())
                    .map(|it| {
                        let value = String::from_utf8_lossy(&it.value).into_owned();
                        (it.label.clone(), value)
                    })
                    .collect();
            }
            _ => return Vec::new(),
        };
    }
}

/// LogsQL is checked by VictoriaLogs alone. A query with a `stats` pipe answers samples.
fn logsql(text: &str) -> Answers {
    let has_stats = text
        .split('|')
        .skip(1)
        .any(|pipe| pipe.trim_start().starts_with("stats"));
    if has_stats {
        Answers::Samples
    } else {
        Answers::Lines(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str, language: Language) -> Result<Expression, String> {
        Expression::parse(text, language)
            .map(|(expression, _)| expression)
            .map_err(|it| it.to_string())
    }

    #[test]
    fn tells_lines_from_samples() {
        let answers = |text, language| parse(text, language).unwrap().answers;
        assert_eq!(
            answers(
                r#"pod{namespace="a",pod=~"b.*"} |= "error""#,
                Language::LetheQl
            ),
            Answers::Lines(vec![("namespace".into(), "a".into())])
        );
        assert_eq!(
            answers(
                r#"count_over_time(pod{namespace="a"}[5m]) > 10"#,
                Language::LetheQl
            ),
            Answers::Samples
        );
        assert_eq!(
            answers(
                "error _time:5m | stats by (pod) count() n",
                Language::LogsQl
            ),
            Answers::Samples
        );
        assert_eq!(answers("error", Language::LogsQl), Answers::Lines(vec![]));
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(
            parse(" ", Language::LogsQl),
            Err("the expression is empty".into())
        );
        assert!(
            parse("m >", Language::PromQl)
                .unwrap_err()
                .starts_with("no PromQL: ")
        );
        assert!(
            parse("m[5m]", Language::PromQl)
                .unwrap_err()
                .contains("matrix")
        );
        assert!(
            parse("pod{", Language::LetheQl)
                .unwrap_err()
                .starts_with("no LetheQL: ")
        );
        assert!(
            parse(&"(".repeat(101), Language::PromQl)
                .unwrap_err()
                .contains("deep")
        );
        let doubt = Expression::parse("new_function(m)", Language::PromQl)
            .unwrap()
            .1;
        assert!(doubt.unwrap().contains("unknown function"));
    }

    #[test]
    fn guesses_the_language() {
        assert_eq!(Expression::guess("up == 0"), Language::PromQl);
        assert_eq!(
            Expression::guess(r#"pod{namespace="a"} |= "x""#),
            Language::LetheQl
        );
    }

    /// The largest trees that are let through do not exhaust a thread's stack, and larger ones
    /// are refused.
    #[test]
    fn long_chains_are_survived() {
        let chain = |operator: &str, times| vec!["m"; times + 1].join(operator);
        for operator in ["+", "^", " or ", "-(-", "==bool "] {
            let largest = MAX_OPERATORS / operator.trim().len().min(2);
            let _ = parse(&chain(operator, largest), Language::PromQl);
            let refused = parse(&chain(operator, MAX_OPERATORS + 1), Language::PromQl);
            assert!(refused.is_err(), "{operator}");
        }
        let minus = |times| parse(&format!("{}m", "-".repeat(times)), Language::PromQl);
        let _ = minus(MAX_OPERATORS);
        assert!(minus(MAX_OPERATORS + 1).unwrap_err().contains("operators"));
        assert!(parse(&chain("|", MAX_LENGTH), Language::LogsQl).is_err());
        let text = format!("m{{a=~\"{}\"}}", "|-".repeat(1000));
        assert!(
            parse(&text, Language::PromQl).is_ok(),
            "strings hold no operators"
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "([a-c0-9\"'(){}\\[\\]|=~!+*^ -]|sum|by|rate|offset|@|pod|5m|é){0,30}") {
            for language in [Language::PromQl, Language::LetheQl, Language::LogsQl] {
                let _ = parse(&text, language);
            }
            let _ = Expression::guess(&text);
        }
    }
}
