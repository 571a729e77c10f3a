//! Responsible for what a unit does with a number: the handful of rules that
//! the table of ids is a list of parameters for.

use std::borrow::Cow;

use super::ladder::{self, Step};
use super::{FormatOptions, date, duration, number};

/// Text of a unit: known at compile time, or from the dashboard (`suffix:…`).
pub(super) type Text = Cow<'static, str>;

/// How a value becomes text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rule {
    /// A number with a prefix chosen from a ladder.
    Scaled(Scaled),
    /// The number in full.
    Verbatim,
    /// Thousands apart: `1,234,567`.
    Grouped,
    /// `1.23e+3`.
    Scientific,
    /// Base sixteen, after the given text.
    Hex(&'static str),
    /// One text for zero and one for everything else.
    Bool { yes: Text, no: Text },
    /// A duration written out, of so many seconds per one of the value.
    Duration(duration::Style, f64),
    /// A moment.
    Date(date::Style),
}

/// A number on a ladder of prefixes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scaled {
    /// Text before the digits and after the minus sign: `$`.
    pub(super) before: Text,
    /// The prefixes to choose from.
    pub(super) ladder: &'static [Step],
    /// What one of the value is in the base of the ladder: 1024 for KiB in bytes.
    pub(super) factor: f64,
    /// Text after the prefix: `B/s`.
    pub(super) after: Text,
    /// What differs from plain rounding.
    pub(super) finish: Finish,
}

/// Peculiarities of single units in how digits are cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Finish {
    /// None.
    Plain,
    /// Zeros at the end go: Kubernetes writes `1.5` cores, not `1.50`.
    Trimmed,
    /// What is short of a hundred never reads as a hundred: 99.96 % as `100%`
    /// would hide a missed objective.
    Percent,
}

impl Rule {
    /// The digits, and the unit after them with its leading space if it has one.
    pub(super) fn parts(&self, value: f64, options: &FormatOptions) -> (String, String) {
        if let Some(word) = number::not_finite(value) {
            return (word.to_owned(), String::new());
        }
        let text = match self {
            Self::Scaled(scaled) => return scaled.parts(value, options.decimals),
            Self::Verbatim => verbatim(value),
            Self::Grouped => number::grouped(value, options.decimals),
            Self::Scientific => number::scientific(value, options.decimals.unwrap_or(2)),
            Self::Hex(before) => hex(value, before),
            Self::Bool { yes, no } => if value == 0.0 { no } else { yes }.clone().into_owned(),
            Self::Duration(style, seconds) => style.text(value * seconds, options.decimals),
            Self::Date(style) => style
                .text(value, options)
                .unwrap_or_else(|| number::fix(value, options.decimals)),
        };
        (text, String::new())
    }
}

impl Scaled {
    fn parts(&self, value: f64, decimals: Option<u8>) -> (String, String) {
        let value = value * self.factor;
        let step = ladder::rung(self.ladder, value, self.factor, decimals);
        let mut digits = number::fix(value / step.size, decimals);
        match self.finish {
            Finish::Percent if (99.0..100.0 - 1e-9).contains(&value) => {
                digits = short_of_hundred(value, decimals);
            }
            Finish::Trimmed if decimals.is_none() => trim_zeros(&mut digits),
            _ => {}
        }
        self.dress(digits, step)
    }

    /// `digits` on the given rung, with the texts around them.
    pub(super) fn dress(&self, digits: String, step: &Step) -> (String, String) {
        let digits = match digits.strip_prefix('-') {
            _ if self.before.is_empty() => digits,
            Some(unsigned) => format!("-{}{unsigned}", self.before),
            None => format!("{}{digits}", self.before),
        };
        let mut unit = format!("{}{}", step.name, self.after);
        // `si` without a name of its own leaves the blank of its prefix.
        unit.truncate(unit.trim_end().len());
        (digits, unit)
    }
}

/// The digits of a percentage just under a hundred, rounded down where rounding
/// would reach it.
fn short_of_hundred(value: f64, decimals: Option<u8>) -> String {
    if number::round(value, decimals) < 100.0 {
        return number::fix(value, decimals);
    }
    let decimals = decimals.unwrap_or(1);
    number::fixed(100.0 - 1.0 / number::power_of_ten(decimals), decimals)
}

fn trim_zeros(digits: &mut String) {
    if digits.contains('.') && !digits.contains('e') {
        let end = digits.trim_end_matches('0').trim_end_matches('.').len();
        digits.truncate(end);
    }
}

/// As many digits as it takes to read the same number back, unless most of them
/// would be zeros.
fn verbatim(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-6..1e21).contains(&magnitude) {
        format!("{}", value + 0.0)
    } else {
        number::scientific(value, 6)
    }
}

/// The nearest whole number in base sixteen; past 64 bits the exponent is kinder.
fn hex(value: f64, before: &str) -> String {
    let magnitude = value.abs().round();
    if magnitude >= u64::MAX as f64 {
        return number::scientific(value, 2);
    }
    let sign = if value < 0.0 && magnitude > 0.0 {
        "-"
    } else {
        ""
    };
    format!("{sign}{before}{:X}", magnitude as u64)
}
