//! `eq`, `ne`, `lt`, `le`, `gt`, `ge` and `not`: values of one type only, as
//! in Go, where `eq $value 1` is an error and `eq $value 1.0` is none.

use std::cmp::Ordering;

use super::Outcome;
use crate::scope::{Failure, Scope};
use crate::value::Value;

const BAD_TYPE: &str = "invalid type for comparison";
const INCOMPATIBLE: &str = "incompatible types for comparison";
const MISSING: &str = "missing argument for comparison";

pub(crate) fn not<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(!arguments.iter().all(Value::is_true)))
}

pub(crate) fn eq<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let Some((first, others @ [_, ..])) = arguments.split_first() else {
        return Err(Failure::new(MISSING));
    };
    for other in others {
        if equal(first, other)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

pub(crate) fn ne<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    negated(eq(scope, arguments))
}

pub(crate) fn lt<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let [left, right] = arguments else {
        return Err(Failure::new(MISSING));
    };
    order(left, right).map(|order| Value::Bool(order == Some(Ordering::Less)))
}

pub(crate) fn le<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    match lt(scope, arguments)? {
        Value::Bool(false) => eq(scope, arguments),
        less => Ok(less),
    }
}

/// Go takes it for the opposite of `le`, so NaN is greater than everything.
pub(crate) fn gt<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    negated(le(scope, arguments))
}

pub(crate) fn ge<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    negated(lt(scope, arguments))
}

fn negated(outcome: Outcome<'_>) -> Outcome<'_> {
    outcome.map(|value| Value::Bool(!value.is_true()))
}

fn equal(left: &Value<'_>, right: &Value<'_>) -> Result<bool, Failure> {
    Ok(match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Float(left), Value::Float(right)) => left == right,
        (Value::Text(left), Value::Text(right)) => **left == **right,
        (Value::Nil, Value::Nil) => true,
        (Value::Nil, _) | (_, Value::Nil) => false,
        _ => match (integer(left), integer(right)) {
            (Some(left), Some(right)) => left == right,
            _ if is_basic(left) || is_basic(right) => return Err(Failure::new(INCOMPATIBLE)),
            _ => {
                let name = left.kind().name();
                return Err(Failure::new(format!("non-comparable type {name}")));
            }
        },
    })
}

fn order(left: &Value<'_>, right: &Value<'_>) -> Result<Option<Ordering>, Failure> {
    if !is_basic(left) || !is_basic(right) {
        return Err(Failure::new(BAD_TYPE));
    }
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => Ok(left.partial_cmp(right)),
        (Value::Text(left), Value::Text(right)) => Ok(Some((**left).cmp(right))),
        (Value::Bool(_), Value::Bool(_)) => Err(Failure::new(BAD_TYPE)),
        _ => match (integer(left), integer(right)) {
            (Some(left), Some(right)) => Ok(Some(left.cmp(&right))),
            _ => Err(Failure::new(INCOMPATIBLE)),
        },
    }
}

fn integer(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Int(value) => Some(*value),
        Value::Byte(value) => Some(i64::from(*value)),
        _ => None,
    }
}

fn is_basic(value: &Value<'_>) -> bool {
    let is_plain = matches!(value, Value::Bool(_) | Value::Float(_) | Value::Text(_));
    is_plain || integer(value).is_some()
}
