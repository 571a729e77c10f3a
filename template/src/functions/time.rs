//! Times and durations: made of numbers, printed, and their methods.

use chrono::{DateTime, Datelike, Timelike, Utc};
use lethe::letheql::parse_millis;
use lethe::letheql::quote::quoted;

use super::Outcome;
use super::layout;
use super::number::{four_digits, number, scaled_up};
use super::query::text;
use crate::float::{self, Layout};
use crate::scope::{Failure, Scope};
use crate::value::Value;

/// Days, hours, minutes and seconds. Where Go's integers overflow, at 292
/// milliards of years, this stays at the largest one instead of going on with
/// negative parts.
#[allow(clippy::cast_possible_truncation, reason = "clamped, as documented")]
pub(crate) fn humanize_duration<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let value = number(arguments)?;
    if !value.is_finite() {
        return Ok(Value::owned(four_digits(value)));
    }
    if value.abs() < 1.0 {
        let (scaled, prefix) = if value == 0.0 {
            (value, "")
        } else {
            scaled_up(value)
        };
        return Ok(Value::owned(format!("{}{prefix}s", four_digits(scaled))));
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let value = value.abs();
    let whole = value as i64;
    let (minutes, seconds) = (whole / 60, whole % 60);
    let (hours, days) = (minutes / 60 % 24, minutes / 60 / 24);
    let minutes = minutes % 60;
    Ok(Value::owned(if days != 0 {
        format!("{sign}{days}d {hours}h {minutes}m {seconds}s")
    } else if hours != 0 {
        format!("{sign}{hours}h {minutes}m {seconds}s")
    } else if minutes != 0 {
        format!("{sign}{minutes}m {seconds}s")
    } else {
        format!("{sign}{}s", four_digits(value))
    }))
}

pub(crate) fn humanize_timestamp<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let value = number(arguments)?;
    if !value.is_finite() {
        return Ok(Value::owned(four_digits(value)));
    }
    Ok(Value::owned(time_text(&time_of(value)?)))
}

pub(crate) fn to_time<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let value = number(arguments)?;
    if !value.is_finite() {
        return Err(Failure::new("value is NaN or Inf"));
    }
    time_of(value).map(Value::Time)
}

/// Seconds since 1970 as a time, cut to milliseconds as Prometheus does.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "checked against the range before"
)]
fn time_of(seconds: f64) -> Result<DateTime<Utc>, Failure> {
    let nanoseconds = seconds * 1e9;
    if nanoseconds > i64::MAX as f64 || nanoseconds < i64::MIN as f64 {
        let value = float::format(seconds, Layout::Shorter, None);
        return Err(Failure::new(format!(
            "{value} cannot be represented as a nanoseconds timestamp since it overflows int64"
        )));
    }
    let milliseconds = nanoseconds as i64 / 1_000_000;
    Ok(DateTime::from_timestamp_millis(milliseconds).unwrap_or_default())
}

#[allow(clippy::cast_possible_truncation, reason = "saturates")]
pub(crate) fn to_duration<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Duration((number(arguments)? * 1e9) as i64))
}

/// Seconds of `1d12h`, a duration as Prometheus writes them.
#[allow(clippy::cast_precision_loss, reason = "as Go divides")]
pub(crate) fn parse_duration<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let text = text(arguments, 0);
    match text {
        "0" => return Ok(Value::Float(0.0)),
        "" => return Err(Failure::new("empty duration string")),
        _ => {}
    }
    let invalid = || Failure::new(format!("not a valid duration string: {}", quoted(text)));
    let milliseconds = parse_millis(text).ok_or_else(invalid)?;
    if i64::try_from(milliseconds).is_ok_and(|it| it.checked_mul(1_000_000).is_some()) {
        Ok(Value::Float(milliseconds as f64 / 1e3))
    } else {
        Err(Failure::new("duration out of range"))
    }
}

/// The time of the evaluation, in seconds since 1970.
#[allow(clippy::cast_precision_loss, reason = "exact for times of our age")]
pub(crate) fn now<'a>(scope: &Scope<'a>, _: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Float(scope.data.now.timestamp_millis() as f64 / 1e3))
}

/// `2006-01-02 15:04:05.999999999 +0000 UTC`, as Go prints a time.
pub(crate) fn time_text(time: &DateTime<Utc>) -> String {
    layout::format(time, "2006-01-02 15:04:05.999999999 -0700 MST")
}

/// `1h2m3.5s`, as Go prints a duration.
#[allow(
    clippy::cast_precision_loss,
    reason = "below a second there are few digits"
)]
pub(crate) fn duration_text(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let total = nanoseconds.unsigned_abs();
    let with_unit = |part: u64, unit: u64, name: &str| {
        let (whole, fraction) = (part / unit, part % unit);
        let digits = unit.ilog10() as usize;
        let fraction = format!("{fraction:0digits$}");
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{whole}{point}{fraction}{name}")
    };
    let text = match total {
        0 => "0s".to_owned(),
        1..1_000 => format!("{total}ns"),
        1_000..1_000_000 => with_unit(total, 1_000, "µs"),
        1_000_000..1_000_000_000 => with_unit(total, 1_000_000, "ms"),
        _ => {
            let seconds = with_unit(total % 60_000_000_000, 1_000_000_000, "s");
            let minutes = total / 60_000_000_000;
            match (minutes / 60, minutes % 60) {
                (0, 0) => seconds,
                (0, minutes) => format!("{minutes}m{seconds}"),
                (hours, minutes) => format!("{hours}h{minutes}m{seconds}"),
            }
        }
    };
    format!("{sign}{text}")
}

/// A method of a time or a duration; `None` if the value has none of that
/// name. Those that take arguments get them checked here.
#[allow(clippy::cast_precision_loss, reason = "as Go divides")]
pub(crate) fn method<'a>(
    value: &Value<'a>,
    name: &str,
    arguments: &[Value<'a>],
) -> Option<Result<Value<'a>, String>> {
    let wanted = usize::from(name == "Format");
    let result = match (value, name) {
        (Value::Time(time), "Format") => match arguments {
            [Value::Text(layout)] => Value::owned(layout::format(time, layout)),
            [other] => {
                let given = other.kind().name();
                let message = format!("wrong type for value; expected string; got {given}");
                return Some(Err(message));
            }
            _ => Value::Nil,
        },
        (Value::Time(time), "String") => Value::owned(time_text(time)),
        (Value::Time(time), "UTC") => Value::Time(*time),
        (Value::Time(time), "Unix") => Value::Int(time.timestamp()),
        (Value::Time(time), "UnixMilli") => Value::Int(time.timestamp_millis()),
        (Value::Time(time), "Year") => Value::Int(time.year().into()),
        (Value::Time(time), "Month") => Value::owned(layout::format(time, "January")),
        (Value::Time(time), "Weekday") => Value::owned(layout::format(time, "Monday")),
        (Value::Time(time), "Day") => Value::Int(time.day().into()),
        (Value::Time(time), "Hour") => Value::Int(time.hour().into()),
        (Value::Time(time), "Minute") => Value::Int(time.minute().into()),
        (Value::Time(time), "Second") => Value::Int(time.second().into()),
        (Value::Time(time), "YearDay") => Value::Int(time.ordinal().into()),
        (Value::Duration(length), "Hours") => Value::Float(*length as f64 / 3.6e12),
        (Value::Duration(length), "Minutes") => Value::Float(*length as f64 / 6e10),
        (Value::Duration(length), "Seconds") => Value::Float(*length as f64 / 1e9),
        (Value::Duration(length), "Milliseconds") => Value::Int(length / 1_000_000),
        (Value::Duration(length), "String") => Value::owned(duration_text(*length)),
        _ => return None,
    };
    if arguments.len() == wanted {
        Some(Ok(result))
    } else {
        let given = arguments.len();
        Some(Err(format!(
            "wrong number of args for {name}: want {wanted} got {given}"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_print_as_in_go() {
        for (nanoseconds, expected) in [
            (0, "0s"),
            (1, "1ns"),
            (1_500, "1.5µs"),
            (2_000_000, "2ms"),
            (1_500_000_000, "1.5s"),
            (90_000_000_000, "1m30s"),
            (3_600_000_000_000, "1h0m0s"),
            (-61_000_000_000, "-1m1s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            assert_eq!(duration_text(nanoseconds), expected);
        }
    }
}
