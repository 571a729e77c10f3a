//! Numbers over time: what counts of lines become on their way to an answer.
//!
//! A series has one value for each instant of the evaluation, or none where it
//! had no line. Labels whose value is empty do not exist, as in Prometheus.

mod aggregate;

use crate::letheql::{Function, MetricQuery, Step};
use crate::search::Counted;

use self::aggregate::aggregate;

/// Values over time with the labels that tell them from others.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Names and values, by name.
    pub labels: Vec<(String, Vec<u8>)>,
    /// One value for each instant.
    pub values: Vec<Option<f64>>,
}

/// The answer to a query, from the counts of its lines. Series without any
/// value are left out; the others are in the order of their labels.
pub(crate) fn evaluate(query: &MetricQuery, counts: Vec<Counted>) -> Vec<Series> {
    let mut all: Vec<Series> = counts.into_iter().map(|it| series(query, it)).collect();
    for step in &query.steps {
        match step {
            Step::Aggregate { op, grouping } => all = aggregate(*op, grouping, all),
            compute => all
                .iter_mut()
                .flat_map(|it| &mut it.values)
                .for_each(|it| *it = it.and_then(|value| computed(compute, value))),
        }
    }
    all.retain(|it| it.values.iter().any(Option::is_some));
    all.sort_by(|a, b| a.labels.cmp(&b.labels));
    all
}

fn series(query: &MetricQuery, counted: Counted) -> Series {
    let names = query.labels.iter().map(|it| it.name.clone());
    let mut labels: Vec<(String, Vec<u8>)> = names.zip(counted.labels).collect();
    labels.retain(|(_, value)| !value.is_empty());
    labels.sort_unstable();
    let seconds = query.window_millis as f64 / 1e3;
    let value = |count: i64| match query.function {
        Function::CountOverTime => count as f64,
        Function::Rate => count as f64 / seconds,
    };
    let counts = counted.counts.into_iter();
    Series {
        labels,
        values: counts.map(|it| (it > 0).then(|| value(it))).collect(),
    }
}

/// What an operator makes of a value. A comparison keeps the value or drops
/// it, unless it was asked for its truth.
fn computed(step: &Step, value: f64) -> Option<f64> {
    let Step::Compute {
        op,
        number,
        is_left,
        returns_bool,
    } = step
    else {
        return Some(value);
    };
    let (left, right) = if *is_left {
        (*number, value)
    } else {
        (value, *number)
    };
    let result = op.compute(left, right)?;
    if op.is_comparison() && !returns_bool {
        (result == 1.0).then_some(value)
    } else {
        Some(result)
    }
}
