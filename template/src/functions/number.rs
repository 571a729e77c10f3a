//! Numbers for people: `humanize`, `humanize1024`, `humanizePercentage`.

use super::Outcome;
use crate::float::{self, Layout};
use crate::scope::{Failure, Scope};
use crate::value::Value;

pub(crate) fn humanize<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let value = number(arguments)?;
    if value == 0.0 || !value.is_finite() {
        return Ok(Value::owned(four_digits(value)));
    }
    let (value, prefix) = if value.abs() >= 1.0 {
        scaled_down(value, 1000.0, &["k", "M", "G", "T", "P", "E", "Z", "Y"])
    } else {
        scaled_up(value)
    };
    Ok(Value::owned(four_digits(value) + prefix))
}

pub(crate) fn humanize_1024<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let value = number(arguments)?;
    if value.abs() <= 1.0 || !value.is_finite() {
        return Ok(Value::owned(four_digits(value)));
    }
    let prefixes = ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
    let (value, prefix) = scaled_down(value, 1024.0, &prefixes);
    Ok(Value::owned(four_digits(value) + prefix))
}

pub(crate) fn humanize_percentage<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let value = number(arguments)?;
    Ok(Value::owned(four_digits(value * 100.0) + "%"))
}

fn scaled_down(mut value: f64, step: f64, prefixes: &[&'static str]) -> (f64, &'static str) {
    let mut prefix = "";
    for larger in prefixes {
        if value.abs() < step {
            break;
        }
        prefix = larger;
        value /= step;
    }
    (value, prefix)
}

/// A number below one as one of thousandths, millionths and so on.
pub(super) fn scaled_up(mut value: f64) -> (f64, &'static str) {
    let mut prefix = "";
    for smaller in ["m", "u", "n", "p", "f", "a", "z", "y"] {
        if value.abs() >= 1.0 {
            break;
        }
        prefix = smaller;
        value *= 1000.0;
    }
    (value, prefix)
}

/// Go's `%.4g`.
pub(super) fn four_digits(value: f64) -> String {
    float::format(value, Layout::Shorter, Some(4))
}

/// The last argument as a number. Texts are read, durations are in seconds.
#[allow(clippy::cast_precision_loss, reason = "as Go converts them")]
pub(super) fn number(arguments: &[Value<'_>]) -> Result<f64, Failure> {
    match arguments.last().unwrap_or(&Value::Nil) {
        Value::Float(value) => Ok(*value),
        Value::Int(value) => Ok(*value as f64),
        Value::Duration(nanoseconds) => Ok(*nanoseconds as f64 / 1e9),
        Value::Text(text) => float::parse(text).map_err(|error| Failure::new(error.to_string())),
        value => {
            let name = value.kind().name();
            Err(Failure::new(format!("can't convert {name} to float")))
        }
    }
}
