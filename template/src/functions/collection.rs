//! Functions on lists and maps: `len`, `index`, `slice`, `args`; and `call`,
//! for which there is nothing to call.

use std::rc::Rc;

use super::Outcome;
use crate::kind::Kind;
use crate::scope::{Failure, STEP, Scope};
use crate::value::Value;

pub(crate) fn len<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let value = arguments.first().unwrap_or(&Value::Nil);
    match length(value) {
        Some(length) => Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX))),
        None => Err(fault("len of type", value)),
    }
}

pub(crate) fn index<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let Some((item, indices)) = arguments.split_first() else {
        return Ok(Value::Nil);
    };
    let mut item = item.clone();
    for index in indices {
        scope.spend(STEP)?;
        item = match &item {
            Value::Nil => return Err(Failure::new("index of untyped nil")),
            Value::Labels(_) | Value::Map(_) => match index {
                Value::Text(key) => item.field(key).unwrap_or(Value::Nil),
                _ => {
                    let given = index.kind().name();
                    let message = format!("value has type {given}; should be string");
                    return Err(Failure::new(message));
                }
            },
            Value::Text(_) | Value::Samples(_) | Value::Lines(_) => element(&item, index)?,
            _ => return Err(fault("can't index item of type", &item)),
        };
    }
    Ok(item)
}

fn element<'a>(item: &Value<'a>, index: &Value<'a>) -> Outcome<'a> {
    let at = match index {
        Value::Int(at) => *at,
        Value::Byte(at) => i64::from(*at),
        Value::Nil => return Err(Failure::new("cannot index slice/array with nil")),
        _ => return Err(fault("cannot index slice/array with type", index)),
    };
    let found = usize::try_from(at).ok().and_then(|at| match item {
        Value::Text(text) => text.as_bytes().get(at).map(|byte| Value::Byte(*byte)),
        Value::Samples(samples) => samples.get(at).map(|sample| Value::Sample(sample)),
        Value::Lines(lines) => lines.get(at).map(Value::Line),
        _ => None,
    });
    found.ok_or_else(|| Failure::new(format!("index out of range: {at}")))
}

/// A text is cut by bytes; characters that are cut through become U+FFFD.
pub(crate) fn slice<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let Some((item, bounds)) = arguments.split_first() else {
        return Ok(Value::Nil);
    };
    let length = match item {
        Value::Text(_) | Value::Samples(_) | Value::Lines(_) => length(item).unwrap_or(0),
        Value::Nil => return Err(Failure::new("slice of untyped nil")),
        _ => return Err(fault("can't slice item of type", item)),
    };
    if bounds.len() > 3 {
        let message = format!("too many slice indexes: {}", bounds.len());
        return Err(Failure::new(message));
    }
    if bounds.len() == 3 && item.kind() == Kind::Text {
        return Err(Failure::new("cannot 3-index slice a string"));
    }
    let mut at = [0, length, length];
    for (bound, value) in at.iter_mut().zip(bounds) {
        let Value::Int(value) = value else {
            return Err(fault("cannot index slice/array with type", value));
        };
        *bound = usize::try_from(*value)
            .ok()
            .filter(|value| *value <= length)
            .ok_or_else(|| Failure::new(format!("index out of range: {value}")))?;
    }
    let [start, end, capacity] = at;
    for (low, high) in [(start, end), (end, capacity)] {
        if low > high {
            return Err(Failure::new(format!("invalid slice index: {low} > {high}")));
        }
    }
    let range = start..end;
    Ok(match item {
        Value::Text(text) => {
            let bytes = text.as_bytes().get(range).unwrap_or_default();
            Value::owned(String::from_utf8_lossy(bytes).into_owned())
        }
        Value::Samples(samples) => Value::Samples(samples.get(range).unwrap_or_default().into()),
        Value::Lines(lines) => Value::Lines(lines.get(range).unwrap_or_default()),
        _ => Value::Nil,
    })
}

/// `arg0`, `arg1` and so on, to hand several values to a `template`.
pub(crate) fn args<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let named = arguments.iter().enumerate();
    let named = named.map(|(index, value)| (format!("arg{index}"), value.clone()));
    Ok(Value::Map(Rc::new(named.collect())))
}

pub(crate) fn call<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments.first().unwrap_or(&Value::Nil) {
        Value::Nil => Err(Failure::new("call of nil")),
        value => Err(fault("non-function of type", value)),
    }
}

fn length(value: &Value<'_>) -> Option<usize> {
    match value {
        Value::Text(text) => Some(text.len()),
        Value::Labels(labels) => Some(labels.iter().count()),
        Value::Map(map) => Some(map.len()),
        Value::Samples(samples) => Some(samples.len()),
        Value::Lines(lines) => Some(lines.len()),
        _ => None,
    }
}

fn fault(what: &str, value: &Value<'_>) -> Failure {
    Failure::new(format!("{what} {}", value.kind().name()))
}
