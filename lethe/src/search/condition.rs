//! Conditions on fields, compiled.

use crate::letheql::{BinaryOp, Condition, Source};

use super::filter::{FilterError, Matcher};
use super::line::Line;

/// A condition that lines can be asked for.
pub(super) enum Check {
    Text(Source, Matcher),
    Number(Source, BinaryOp, f64),
    Seconds(Source, BinaryOp, f64),
    All(Vec<Check>),
    Any(Vec<Check>),
}

impl Check {
    pub(super) fn new(condition: &Condition) -> Result<Check, FilterError> {
        let all = |of: &[Condition]| of.iter().map(Check::new).collect::<Result<_, _>>();
        Ok(match condition {
            Condition::Text(source, test) => Check::Text(source.clone(), Matcher::whole(test)?),
            Condition::Number(source, op, number) => Check::Number(source.clone(), *op, *number),
            Condition::Seconds(source, op, it) => Check::Seconds(source.clone(), *op, *it),
            Condition::All(of) => Check::All(all(of)?),
            Condition::Any(of) => Check::Any(all(of)?),
        })
    }

    pub(super) fn accepts(&self, line: &Line<'_>) -> bool {
        match self {
            Check::Text(source, matcher) => {
                matcher.accepts(&line.value(source).unwrap_or_default())
            }
            Check::Number(source, op, wanted) => compares(line, source, *op, *wanted, number),
            Check::Seconds(source, op, wanted) => compares(line, source, *op, *wanted, seconds),
            Check::All(of) => of.iter().all(|it| it.accepts(line)),
            Check::Any(of) => of.iter().any(|it| it.accepts(line)),
        }
    }
}

fn compares(
    line: &Line<'_>,
    source: &Source,
    op: BinaryOp,
    wanted: f64,
    read: impl Fn(&str) -> Option<f64>,
) -> bool {
    let value = line.value(source);
    let found = value.and_then(|it| read(std::str::from_utf8(&it).ok()?));
    found.is_some_and(|it| op.compute(it, wanted) == Some(1.0))
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

/// The seconds of a duration as Go writes it: `1.5s`, `2m3s`, `-250ms`, `7µs`.
fn seconds(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix('-');
    let mut rest = unsigned.unwrap_or(text);
    let mut total = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let is_digit = |c: char| c.is_ascii_digit() || c == '.';
        let (unit, tail) = tail.split_at(tail.find(is_digit).unwrap_or(tail.len()));
        let scale = match unit {
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * scale;
        rest = tail;
    }
    Some(if unsigned.is_some() { -total } else { total })
}

#[cfg(test)]
mod tests {
    use super::super::filter::Filter;
    use super::super::lines::{parse_labels, parse_time};
    use super::*;
    use crate::letheql::LogQuery;
    use proptest::prelude::*;

    fn accepts(stages: &str, message: &str) -> bool {
        let query = format!(r#"pod{{namespace="ns"}} {stages}"#);
        let filter = Filter::new(&LogQuery::parse(&query).unwrap()).unwrap();
        let line = format!("2009-11-10T22:59:00Z[ns|web-0|nginx] {message}");
        let (_, open) = parse_time(line.as_bytes()).unwrap();
        let header = parse_labels(line.as_bytes(), open, filter.log_type()).unwrap();
        filter.accepts(&Line::new(line.as_bytes(), header))
    }

    #[test]
    fn fields_are_compared_by_what_they_are() {
        let json = r#"{"level":"WARN","status":503,"took":"250ms","user":{"name":"kim"}}"#;
        for (stages, expected) in [
            (r#"| json | status = 503"#, true),
            (r#"| json | status == 503"#, true),
            (r#"| json | status = "503""#, true),
            (r#"| json | status >= 500 and status < 600"#, true),
            (r#"| json | status != 503"#, false),
            (r#"| json | status > 503 or user_name = "kim""#, true),
            (
                r#"| json | (status > 503 or user_name = "kim") and took < 100ms"#,
                false,
            ),
            (r#"| json | took > 100ms | took <= 0.25"#, false),
            (r#"| json | took > 100ms | took <= 1s"#, true),
            (r#"| json | user_name =~ "k.m""#, true),
            (r#"| json | user_name =~ "k""#, false),
            (r#"| json | user_name !~ "k.m""#, false),
            (r#"| json | missing = """#, true),
            (r#"| json | missing != "x""#, true),
            (r#"| json | missing > 0"#, false),
            (r#"| json | level = "WARN""#, true),
            (r#"| json | detected_level = "warn""#, true),
            (r#"| level = "warn""#, true),
            (r#"| level = "WARN""#, false),
            (r#"| level =~ "error|warn" |= "kim""#, true),
            (r#"| level =~ "error|warn" != "kim""#, false),
            (r#"| pod = "web-0" | container != "x""#, true),
            (r#"| logfmt | status = 503"#, false),
            (r#"|json|status=503"#, true),
            (r#"| logfmt | json | status = 503"#, true),
        ] {
            assert_eq!(accepts(stages, json), expected, "{stages}");
        }
        let logfmt = r#"time=1 status=404 pod=other took=1m2.5s msg="not found""#;
        for (stages, expected) in [
            (r#"| logfmt | status = 404 | msg =~ "not.*""#, true),
            (r#"| logfmt | took > 1m and took < 63s"#, true),
            (
                r#"| logfmt | pod_extracted = "other" | pod = "web-0""#,
                true,
            ),
            (r#"| logfmt | level = "unknown""#, true),
            (r#"| json | status = 404"#, false),
            (r#"| json | level = "unknown""#, true),
        ] {
            assert_eq!(accepts(stages, logfmt), expected, "{stages}");
        }
    }

    #[test]
    fn what_no_line_can_have_is_said() {
        let error = |stages: &str| {
            let query = format!(r#"pod{{namespace="ns"}} {stages}"#);
            LogQuery::parse(&query).unwrap_err().to_string()
        };
        assert_eq!(
            error(r#"| status = 5"#),
            "pod logs have no label status: put | json or | logfmt before"
        );
        assert_eq!(
            error(r#"| status = 5 | json"#),
            "pod logs have no label status: put | json or | logfmt before"
        );
        for (stages, message) in [
            (
                "| json | a",
                "unexpected end of input in field filter, expected comparison operator",
            ),
            (
                "| json | a > \"x\"",
                "unexpected string \"\\\"x\\\"\" in field filter, expected string, number or duration",
            ),
            (
                "| json | a =~ 5",
                "unexpected number \"5\" in field filter, expected string",
            ),
            ("| json | (a = 5", "unclosed left parenthesis"),
        ] {
            let error = error(stages);
            assert!(error.ends_with(message), "{stages}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>(), message in any::<String>()) {
            let _ = seconds(&text);
            accepts("| json | logfmt | a = 5 or b = 1s", &message.replace('\n', ""));
        }
    }
}
