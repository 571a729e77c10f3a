//! The parsed query, as it was written.

use std::ops::Range;

use super::stage::Stage;

/// An expression and its place in the query.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its bytes in the query.
    pub span: Range<usize>,
}

/// Kinds of expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `42`, `0x1f`, `Inf`; also a bare duration, in seconds.
    Number(f64),
    /// A string; bytes, since `"\xff"` need not be UTF-8.
    String(Vec<u8>),
    /// `pod{namespace="default"}`.
    Selector(Selector),
    /// A selector or filter with `[5m]` behind it.
    Range {
        /// What the range is of.
        of: Box<Expr>,
        /// How far it looks back.
        millis: u64,
        /// Whether `offset` or `@` follows.
        is_shifted: bool,
    },
    /// `count_over_time(…)`.
    Call {
        /// Which function.
        function: Function,
        /// Its arguments, of any number and type until they are checked.
        args: Vec<Expr>,
    },
    /// `sum by (pod) (…)`.
    Aggregate {
        /// How the series become one.
        op: AggregateOp,
        /// Which labels stay.
        grouping: Grouping,
        /// Arguments, until they are checked.
        args: Vec<Expr>,
    },
    /// Lines with `| …` behind them.
    Stage {
        /// The lines.
        of: Box<Expr>,
        /// What stands behind the `|`.
        stage: Stage,
    },
    /// `( … )`.
    Paren(Box<Expr>),
    /// `-x` or `+x`.
    Unary {
        /// Whether it was a minus.
        negated: bool,
        /// The operand.
        of: Box<Expr>,
    },
    /// Two operands, line filters included.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Where the operator stands.
        op_span: Range<usize>,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
        /// `bool`, `on(…)` and `ignoring(…)` behind the operator.
        modifiers: Modifiers,
    },
}

/// What stands between an operator and its right operand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// `bool`.
    pub returns_bool: bool,
    /// `on(…)` or `ignoring(…)`, empty or not.
    pub is_matching: bool,
    /// `on(…)` or `ignoring(…)` with labels, or `group_left`, `group_right`.
    pub has_matching_labels: bool,
}

/// A log type and conditions on its labels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selector {
    /// `pod` in `pod{…}`; empty when the braces stand alone.
    pub name: String,
    /// The conditions in the order in which they were written.
    pub matchers: Vec<Matcher>,
    /// Whether `offset` or `@` follows.
    pub is_shifted: bool,
}

/// One condition in braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    /// The label.
    pub label: String,
    /// The operator.
    pub op: MatcherOp,
    /// The value; of the two regex operators, the expression as written.
    pub value: Vec<u8>,
    /// Its bytes in the query.
    pub span: Range<usize>,
}

/// Operators between a label and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatcherOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Regex,
    /// `!~`
    NotRegex,
}

/// Operators between expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    Or,
    And,
    Unless,
    Equal,
    /// `!=`: also the line filter "does not contain".
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// `|=`
    Contains,
    /// `|~`
    Matches,
    /// `!~`
    NotMatches,
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Atan2,
    Pow,
}

impl BinaryOp {
    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Or => "or",
            BinaryOp::And => "and",
            BinaryOp::Unless => "unless",
            BinaryOp::Equal => "==",
            BinaryOp::NotEqual => "!=",
            BinaryOp::Less => "<",
            BinaryOp::LessOrEqual => "<=",
            BinaryOp::Greater => ">",
            BinaryOp::GreaterOrEqual => ">=",
            BinaryOp::Contains => "|=",
            BinaryOp::Matches => "|~",
            BinaryOp::NotMatches => "!~",
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Mod => "%",
            BinaryOp::Atan2 => "atan2",
            BinaryOp::Pow => "^",
        }
    }

    /// How tightly it binds; more binds tighter.
    pub(crate) fn precedence(self) -> u8 {
        match self {
            BinaryOp::Or => 1,
            BinaryOp::And | BinaryOp::Unless => 2,
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessOrEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterOrEqual
            | BinaryOp::Contains
            | BinaryOp::Matches
            | BinaryOp::NotMatches => 3,
            BinaryOp::Add | BinaryOp::Sub => 4,
            BinaryOp::Mul | BinaryOp::Div | BinaryOp::Mod | BinaryOp::Atan2 => 5,
            BinaryOp::Pow => 6,
        }
    }

    /// Whether it compares numbers. `!=` does, besides filtering lines.
    pub(crate) fn is_comparison(self) -> bool {
        matches!(
            self,
            BinaryOp::Equal
                | BinaryOp::NotEqual
                | BinaryOp::Less
                | BinaryOp::LessOrEqual
                | BinaryOp::Greater
                | BinaryOp::GreaterOrEqual
        )
    }

    /// Whether it filters lines by a string.
    pub(crate) fn is_line_filter(self) -> bool {
        matches!(
            self,
            BinaryOp::Contains | BinaryOp::Matches | BinaryOp::NotMatches | BinaryOp::NotEqual
        )
    }

    /// Whether it combines sets of series.
    pub(crate) fn is_set(self) -> bool {
        matches!(self, BinaryOp::Or | BinaryOp::And | BinaryOp::Unless)
    }
}

/// Functions over the lines of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `count_over_time`: lines in the range.
    CountOverTime,
    /// `rate`: lines a second.
    Rate,
}

impl Function {
    /// The function of that name.
    pub fn from_name(name: &str) -> Option<Function> {
        [Function::CountOverTime, Function::Rate]
            .into_iter()
            .find(|it| it.name() == name)
    }

    /// As written.
    pub fn name(self) -> &'static str {
        match self {
            Function::CountOverTime => "count_over_time",
            Function::Rate => "rate",
        }
    }
}

/// Aggregations over series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum AggregateOp {
    Avg,
    Bottomk,
    Count,
    CountValues,
    Group,
    Max,
    Min,
    Quantile,
    Stddev,
    Stdvar,
    Sum,
    Topk,
}

impl AggregateOp {
    /// The aggregation of that lower-case name.
    pub fn from_name(name: &str) -> Option<AggregateOp> {
        Some(match name {
            "avg" => AggregateOp::Avg,
            "bottomk" => AggregateOp::Bottomk,
            "count" => AggregateOp::Count,
            "count_values" => AggregateOp::CountValues,
            "group" => AggregateOp::Group,
            "max" => AggregateOp::Max,
            "min" => AggregateOp::Min,
            "quantile" => AggregateOp::Quantile,
            "stddev" => AggregateOp::Stddev,
            "stdvar" => AggregateOp::Stdvar,
            "sum" => AggregateOp::Sum,
            "topk" => AggregateOp::Topk,
            _ => return None,
        })
    }

    /// Whether an argument stands before the series: `topk(5, …)`.
    pub(crate) fn has_parameter(self) -> bool {
        matches!(
            self,
            AggregateOp::Bottomk
                | AggregateOp::CountValues
                | AggregateOp::Quantile
                | AggregateOp::Topk
        )
    }
}

/// Which labels an aggregation keeps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grouping {
    /// Whether the labels are those to drop.
    pub is_without: bool,
    /// The labels in parentheses.
    pub labels: Vec<String>,
}

impl Grouping {
    /// Whether a label stays.
    pub fn keeps(&self, label: &str) -> bool {
        self.labels.iter().any(|it| it == label) != self.is_without
    }
}
