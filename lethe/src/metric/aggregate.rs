//! Several series to one for each group, instant by instant. Mirrors
//! `aggregation` of Prometheus' `promql/engine.go`.

use std::collections::BTreeMap;

use crate::letheql::{Aggregation, Grouping};

use super::Series;

/// Groups series by the labels that stay, and makes one of each group; the
/// largest and the smallest values stay what they are and keep their labels.
pub(super) fn aggregate(op: Aggregation, grouping: &Grouping, all: Vec<Series>) -> Vec<Series> {
    let mut groups: BTreeMap<_, Vec<Series>> = BTreeMap::new();
    for series in all {
        let mut labels = series.labels.clone();
        labels.retain(|(name, _)| grouping.keeps(name));
        groups.entry(labels).or_default().push(series);
    }
    let mut answer = Vec::new();
    for (labels, members) in groups {
        match op {
            Aggregation::Topk(count) => answer.extend(best(members, count, true)),
            Aggregation::Bottomk(count) => answer.extend(best(members, count, false)),
            _ => answer.push(Series {
                labels,
                values: joined(op, &members),
            }),
        }
    }
    answer
}

fn joined(op: Aggregation, members: &[Series]) -> Vec<Option<f64>> {
    let len = members.first().map_or(0, |it| it.values.len());
    let at = |number: usize| {
        let values = || {
            members
                .iter()
                .filter_map(|it| it.values.get(number).copied()?)
        };
        let count = values().count();
        let value = match op {
            Aggregation::Count => count as f64,
            Aggregation::Avg => values().sum::<f64>() / count as f64,
            Aggregation::Min => values().fold(f64::NAN, f64::min),
            Aggregation::Max => values().fold(f64::NAN, f64::max),
            _ => values().sum(),
        };
        (count > 0).then_some(value)
    };
    (0..len).map(at).collect()
}

/// Keeps the `count` largest or smallest values of each instant. Of equal
/// values those of the first series stay.
fn best(mut members: Vec<Series>, count: f64, is_top: bool) -> Vec<Series> {
    let len = members.first().map_or(0, |it| it.values.len());
    // Anything but a number above zero keeps nothing.
    let count = count.max(0.0) as usize;
    for number in 0..len {
        let value = |it: &Series| it.values.get(number).copied().flatten();
        let mut ranked: Vec<(usize, f64)> = members
            .iter()
            .enumerate()
            .filter_map(|(place, it)| Some((place, value(it)?)))
            .collect();
        ranked.sort_by(|(_, a), (_, b)| {
            if is_top {
                b.total_cmp(a)
            } else {
                a.total_cmp(b)
            }
        });
        for (place, _) in ranked.into_iter().skip(count) {
            if let Some(value) = members
                .get_mut(place)
                .and_then(|it| it.values.get_mut(number))
            {
                *value = None;
            }
        }
    }
    members
}
