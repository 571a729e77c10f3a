//! Questions to the datasource and what is done with the answers; links to
//! the page where queries are made.

use super::Outcome;
use super::text::query_escaped;
use crate::data::Sample;
use crate::scope::{Failure, STEP, Scope};
use crate::value::Value;

pub(crate) fn query<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let query = text(arguments, 0);
    match scope.queries.answer(query) {
        Some(Ok(samples)) => {
            scope.spend(STEP.saturating_mul(samples.len()))?;
            Ok(Value::Samples(samples.iter().collect()))
        }
        Some(Err(message)) => Err(Failure::new(message.clone())),
        None if scope.queries.is_full() => Err(Failure::new("the template makes too many queries")),
        None => Err(Failure::NeedsQuery(query.to_owned())),
    }
}

pub(crate) fn first<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments {
        [Value::Samples(samples)] if !samples.is_empty() => Ok(Value::Sample(samples[0])),
        _ => Err(Failure::new("first() called on vector with no elements")),
    }
}

pub(crate) fn label<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let sample = sample(arguments, 1)?;
    let name = text(arguments, 0);
    Ok(Value::text(sample.labels.get(name).unwrap_or_default()))
}

pub(crate) fn value<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Float(sample(arguments, 0)?.value))
}

pub(crate) fn strvalue<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let labels = &sample(arguments, 0)?.labels;
    Ok(Value::text(labels.get("__value__").unwrap_or_default()))
}

/// Samples without the label come first; equal ones keep their order.
pub(crate) fn sort_by_label<'a>(scope: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    let name = text(arguments, 0);
    let mut sorted: Vec<&'a Sample> = match arguments.get(1) {
        Some(Value::Samples(samples)) => samples.to_vec(),
        _ => Vec::new(),
    };
    scope.spend(STEP.saturating_mul(sorted.len()))?;
    sorted.sort_by_key(|sample| sample.labels.get(name).unwrap_or_default());
    Ok(Value::Samples(sorted.into()))
}

pub(crate) fn graph_link<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(link(text(arguments, 0), 0))
}

pub(crate) fn table_link<'a>(_: &Scope<'a>, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(link(text(arguments, 0), 1))
}

fn link<'a>(expression: &str, tab: u8) -> Value<'a> {
    let expression = query_escaped(expression);
    Value::owned(format!("/graph?g0.expr={expression}&g0.tab={tab}"))
}

pub(crate) fn external_url<'a>(scope: &Scope<'a>, _: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::text(scope.data.external_url))
}

/// The path of the external URL, without a slash at its end.
pub(crate) fn path_prefix<'a>(scope: &Scope<'a>, _: &[Value<'a>]) -> Outcome<'a> {
    let url = scope.data.external_url;
    let behind = url.split_once("://").map_or(url, |(_, behind)| behind);
    let end = behind.find(['?', '#']).unwrap_or(behind.len());
    let behind = behind.get(..end).unwrap_or_default();
    let path = behind.find('/').and_then(|at| behind.get(at..));
    Ok(Value::text(path.unwrap_or_default().trim_end_matches('/')))
}

fn sample<'a>(arguments: &[Value<'a>], index: usize) -> Result<&'a Sample, Failure> {
    match arguments.get(index) {
        Some(Value::Sample(sample)) => Ok(sample),
        _ => Err(Failure::new("there is no sample")),
    }
}

/// A text argument; the executor has checked that it is one.
pub(super) fn text<'v>(arguments: &'v [Value<'_>], index: usize) -> &'v str {
    match arguments.get(index) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}
