//! The past through the engine: what a rule would have done, or the state that it would have.

use std::collections::BTreeMap;

use venti_model::answer::Matrix;
use venti_model::labels::Labels;

use super::active::AlertState;
use super::context::Context;
use super::sample::Sample;
use super::state::{Outcome, RuleState};
use crate::fingerprint::Fingerprint;
use crate::rule::AlertRule;
use crate::template::NeedsQuery;
use crate::time::Timestamp;

/// What one alert did.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// Its labels.
    pub labels: Labels,
    /// Its states, ascending in time and without those in which it was inactive.
    pub stretches: Vec<Stretch>,
}

/// A state that lasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Pending or firing.
    pub state: AlertState,
    /// The first slot.
    pub from: Timestamp,
    /// The last slot.
    pub to: Timestamp,
}

/// Ticks `state` through what a rule's expression answered at slots of the past, ascending, and
/// says what the alerts did. Nothing is taken as sent.
pub fn replay(
    rule: &AlertRule,
    context: &Context<'_>,
    state: &mut RuleState,
    past: impl IntoIterator<Item = (Timestamp, Vec<Sample>)>,
) -> Result<Vec<Timeline>, NeedsQuery> {
    let mut timelines: BTreeMap<Fingerprint, Timeline> = BTreeMap::new();
    for (slot, samples) in past {
        state.tick(rule, context, slot, Outcome::Samples(&samples))?;
        for (print, alert) in state.alerts() {
            if alert.state == AlertState::Inactive {
                continue;
            }
            let timeline = timelines.entry(print).or_insert_with(|| Timeline {
                labels: alert.labels.clone(),
                stretches: Vec::new(),
            });
            extend(&mut timeline.stretches, alert.state, alert.active_at, slot);
        }
    }
    Ok(timelines.into_values().collect())
}

/// The samples that the answer of a range query holds for each of `slots`, ascending.
///
/// A slot for which the answer holds no sample is one without samples. Range answers hold `NaN`
/// for "no sample", so a sample that is `NaN` is none.
pub fn samples_over(
    matrix: &Matrix,
    slots: impl IntoIterator<Item = Timestamp>,
) -> impl Iterator<Item = (Timestamp, Vec<Sample>)> {
    let columns = matrix.times.iter().map(|it| millis(*it));
    let mut columns = columns.enumerate().peekable();
    slots.into_iter().map(move |slot| {
        let at = millis(slot.seconds());
        while columns.next_if(|(_, time)| *time < at).is_some() {}
        let column = columns.next_if(|(_, time)| *time == at);
        let samples = column.map(|(index, _)| samples_at(matrix, index));
        (slot, samples.unwrap_or_default())
    })
}

/// Milliseconds, which is how finely a range query tells slots apart.
fn millis(seconds: f64) -> i64 {
    (seconds * 1e3).round() as i64
}

fn samples_at(matrix: &Matrix, column: usize) -> Vec<Sample> {
    let sample = |series: &venti_model::answer::MatrixSeries| {
        let value = *series.values.get(column)?;
        (!value.is_nan()).then(|| Sample {
            labels: series.labels.clone(),
            value,
            histogram: None,
            lines: None,
        })
    };
    matrix.series.iter().filter_map(sample).collect()
}

/// Lengthens the last stretch to `slot`, or begins one: after a change of state, and when the
/// alert came up anew, which is when nothing of it was there before.
fn extend(stretches: &mut Vec<Stretch>, state: AlertState, active_at: Timestamp, slot: Timestamp) {
    match stretches.last_mut() {
        Some(last) if last.state == state && active_at <= last.to => last.to = slot,
        _ => stretches.push(Stretch {
            state,
            from: slot,
            to: slot,
        }),
    }
}
