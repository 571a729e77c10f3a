//! The notation of series in tests: `up{job="x"}` with `1+1x5 _ stale`.

use promql_parser::label::MatchOp;
use promql_parser::parser::{self, Expr};
use serde::{Deserialize, Deserializer};
use venti_model::answer::parse_value;
use venti_model::labels::{Labels, METRIC_NAME};

/// More values than this are no test: a year of minutes is half of it.
const MAX_VALUES: usize = 1_000_000;

/// Why a text is no series.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeriesError {
    /// Not the labels of a series.
    #[error("a series is written `name{{label=\"value\"}}`")]
    Labels,
    /// Not a value.
    #[error("`{0}` is no value: write a number, `_`, `stale`, `1x5`, `1+1x5` or `1-1x5`")]
    Value(String),
    /// A native histogram.
    #[error("native histograms cannot be tested here")]
    Histogram,
    /// Too many values.
    #[error("the series has more than {MAX_VALUES} values")]
    TooLong,
}

/// The labels of a series, with `__name__` where it has a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series(pub Labels);

/// The values of a series, one for each interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Values(pub Vec<Value>);

/// What a series has at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A sample.
    Sample(f64),
    /// None.
    Missing,
    /// The mark that the series has ended.
    Stale,
}

impl Series {
    /// Reads `name{label="value"}`.
    pub fn parse(text: &str) -> Result<Self, SeriesError> {
        let text = text.trim();
        if text.is_empty() || text == "{}" {
            return Ok(Self::default());
        }
        let Ok(Expr::VectorSelector(selector)) = parser::parse(text) else {
            return Err(SeriesError::Labels);
        };
        let matchers = &selector.matchers;
        let is_plain = matchers.or_matchers.is_empty()
            && matchers.matchers.iter().all(|it| it.op == MatchOp::Equal);
        if !is_plain || selector.offset.is_some() || selector.at.is_some() {
            return Err(SeriesError::Labels);
        }
        let name = selector.name.as_deref().map(|it| (METRIC_NAME, it));
        let labels = matchers.matchers.iter();
        let labels = labels.map(|it| (it.name.as_str(), it.value.as_str()));
        Ok(Self(name.into_iter().chain(labels).collect()))
    }

    /// What stands before the braces.
    pub fn name(&self) -> &str {
        self.0.get(METRIC_NAME).unwrap_or_default()
    }
}

impl Values {
    /// Reads `1 _ 2x3 1+1x5 stale`. `axn` is the value `a` and n further ones.
    pub fn parse(text: &str) -> Result<Self, SeriesError> {
        if text.contains("{{") {
            return Err(SeriesError::Histogram);
        }
        let mut values = Vec::new();
        for item in text.split_ascii_whitespace() {
            let wrong = || SeriesError::Value(item.to_owned());
            let (start, step, more) = split(item).ok_or_else(wrong)?;
            if values.len() + more >= MAX_VALUES {
                return Err(SeriesError::TooLong);
            }
            match start {
                "stale" if step.is_none() => values.extend(vec![Value::Stale; more + 1]),
                // `_x3` is three missing values: there is no first one to repeat.
                "_" if step.is_none() => values.extend(vec![Value::Missing; more.max(1)]),
                number => {
                    let number = parse_value(number).ok_or_else(wrong)?;
                    let step = step.unwrap_or(0.0);
                    let value = |at: usize| Value::Sample(number + step * at as f64);
                    values.extend((0..=more).map(value));
                }
            }
        }
        Ok(Self(values))
    }
}

/// First value, step and number of further values of `1`, `1x5`, `1+2x5` or `1-2x5`.
fn split(item: &str) -> Option<(&str, Option<f64>, usize)> {
    let Some((values, times)) = item.rsplit_once('x') else {
        return Some((item, None, 0));
    };
    // The `0x` of a hexadecimal number is no repetition.
    let times = times.parse().ok()?;
    // A sign begins the step, unless it is the number's own or its exponent's.
    let sign = values.char_indices().skip(1).find(|(at, c)| {
        let before = values.get(..*at).unwrap_or_default();
        matches!(c, '+' | '-') && !before.ends_with(['e', 'E'])
    });
    let Some((at, sign)) = sign else {
        return Some((values, None, times));
    };
    let (start, step) = values.split_at(at);
    let size = parse_value(step.get(1..)?)?;
    let step = if sign == '-' { -size } else { size };
    Some((start, Some(step), times))
}

impl<'de> Deserialize<'de> for Series {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Self::parse(&text.unwrap_or_default()).map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Self::parse(&text.unwrap_or_default()).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_notation_of_promtool() {
        let values = |text: &str| {
            Values::parse(text).map(|it| {
                let text = it.0.iter().map(|it| match it {
                    Value::Sample(value) => value.to_string(),
                    Value::Missing => "_".to_owned(),
                    Value::Stale => "s".to_owned(),
                });
                text.collect::<Vec<_>>().join(" ")
            })
        };
        let cases = [
            ("1 2.5 -3", "1 2.5 -3"),
            ("1+1x3", "1 2 3 4"),
            ("10-2x2", "10 8 6"),
            ("-2+4x3", "-2 2 6 10"),
            ("1x2", "1 1 1"),
            ("_x3 1", "_ _ _ 1"),
            ("_ stale 7", "_ s 7"),
            ("1e-1+1x1", "0.1 1.1"),
            ("+Inf NaN", "inf NaN"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(values(text).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(values("1xx"), Err(SeriesError::Value("1xx".into())));
        assert_eq!(values("1x9999999999"), Err(SeriesError::TooLong));
        assert_eq!(values("{{schema:1}}"), Err(SeriesError::Histogram));
    }

    #[test]
    fn reads_labels() {
        let series = |text: &str| Series::parse(text).map(|it| it.0.to_string());
        assert_eq!(
            series(r#"up{b="2",a="1"}"#),
            Ok(r#"up{a="1", b="2"}"#.into())
        );
        assert_eq!(series(r#"{a="1"}"#), Ok(r#"{a="1"}"#.into()));
        assert_eq!(series("up"), Ok("up".into()));
        assert_eq!(series("{}"), Ok("{}".into()));
        for text in [r#"up{a=~"1"}"#, "up[5m]", "up offset 5m", "1", "up{"] {
            assert_eq!(series(text), Err(SeriesError::Labels), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "([0-9x+_e .-]|stale|é){0,20}", labels in "[a-c{}=\",~!0-9]{0,20}") {
            let _ = Values::parse(&text);
            let _ = Series::parse(&labels);
        }
    }
}
