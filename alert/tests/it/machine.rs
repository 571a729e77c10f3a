//! The state machine against a simple reference, over random streams of results.

use std::collections::BTreeMap;

use proptest::prelude::*;
use venti_alert::engine::{AlertState, Context, Health, Outcome, RuleState, Sample};

use crate::support::{at, context, resend, rule, sample};

/// Seconds for which an alert that has ended is told to be so.
const RETENTION: i64 = 900;

/// One alert in the reference: seconds at which things happened.
#[derive(Clone, Debug, Default, PartialEq)]
struct Reference {
    active: i64,
    fired: Option<i64>,
    gone: Option<i64>,
    ended: Option<i64>,
    sent: Option<i64>,
}

impl Reference {
    fn state(&self) -> AlertState {
        match (self.fired, self.ended) {
            (_, Some(_)) => AlertState::Inactive,
            (Some(_), None) => AlertState::Firing,
            (None, None) => AlertState::Pending,
        }
    }
}

/// Rule and stream in whole seconds; `None` is a failed evaluation.
#[derive(Clone, Debug)]
struct Case {
    hold: i64,
    keep: i64,
    limit: usize,
    delay: i64,
    ticks: Vec<(i64, Option<[bool; 3]>)>,
}

/// The table of the specification, alert by alert.
fn step(case: &Case, alerts: &mut BTreeMap<usize, Reference>, ts: i64, present: [bool; 3]) -> bool {
    for (index, is_there) in present.into_iter().enumerate() {
        let alert = alerts.get(&index).cloned();
        let next = match (alert, is_there) {
            (None, false) => None,
            (None, true) => Some(Reference {
                active: ts,
                ..Reference::default()
            }),
            (Some(it), true) if it.ended.is_some() => Some(Reference {
                active: ts,
                ..Reference::default()
            }),
            (Some(it), true) => Some(Reference { gone: None, ..it }),
            (Some(it), false) if it.ended.is_some() => it
                .ended
                .is_some_and(|ended| ts - ended <= RETENTION)
                .then_some(it),
            (Some(it), false) if it.fired.is_none() => None,
            (Some(it), false) => {
                let gone = it.gone.unwrap_or(ts);
                let is_kept = case.keep > 0 && ts - gone < case.keep;
                let gone = (case.keep > 0).then_some(gone);
                Some(Reference {
                    gone,
                    ended: (!is_kept).then_some(ts),
                    ..it
                })
            }
        };
        let next = next.map(|it| {
            let fires = it.state() == AlertState::Pending && ts - it.active >= case.hold;
            Reference {
                fired: if fires { Some(ts) } else { it.fired },
                ..it
            }
        });
        match next {
            Some(next) => alerts.insert(index, next),
            None => alerts.remove(&index),
        };
    }
    let count = alerts.values().filter(|it| it.ended.is_none()).count();
    let is_over = case.limit > 0 && count > case.limit;
    if is_over {
        alerts.clear();
    }
    !is_over
}

/// Which alerts are sent after a good evaluation.
fn send(case: &Case, alerts: &mut BTreeMap<usize, Reference>, ts: i64) -> Vec<usize> {
    let mut due = Vec::new();
    for (index, alert) in alerts {
        let sent = alert.sent.unwrap_or(i64::MIN / 2);
        let is_due = alert.ended.is_some_and(|it| it > sent) || sent + case.delay < ts;
        if alert.state() != AlertState::Pending && is_due {
            alert.sent = Some(ts);
            due.push(*index);
        }
    }
    due
}

fn cases() -> impl Strategy<Value = Case> {
    let gap = prop_oneof![8 => 1..4_i64, 1 => Just(200_i64), 1 => Just(901_i64)];
    let result = prop_oneof![9 => any::<[bool; 3]>().prop_map(Some), 1 => Just(None)];
    let ticks = proptest::collection::vec((gap, result), 1..60);
    (0..6_i64, 0..6_i64, 0..4_usize, 0..5_i64, ticks).prop_map(
        |(hold, keep, limit, delay, gaps)| {
            let mut ts = 1_000;
            let ticks = gaps.into_iter().map(|(gap, result)| {
                ts += gap;
                (ts, result)
            });
            Case {
                hold,
                keep,
                limit,
                delay,
                ticks: ticks.collect(),
            }
        },
    )
}

fn name(index: usize) -> &'static str {
    ["a", "b", "c"][index]
}

fn samples(present: [bool; 3]) -> Vec<Sample> {
    (0..3)
        .filter(|it| present[*it])
        .map(|it| sample(&[("i", name(it))], 1.0))
        .collect()
}

/// The engine's alerts in the reference's words.
fn seen(state: &RuleState) -> BTreeMap<String, Reference> {
    let seconds = |it: venti_alert::Timestamp| it.nanos() / 1_000_000_000;
    let of = |(_, it): (_, &venti_alert::engine::ActiveAlert)| {
        let reference = Reference {
            active: seconds(it.active_at),
            fired: it.fired_at.map(seconds),
            gone: it.keep_firing_since.map(seconds),
            ended: it.resolved_at.map(seconds),
            sent: it.last_sent_at.map(seconds),
        };
        assert_eq!(it.state, reference.state());
        (it.labels.get("i").unwrap().to_owned(), reference)
    };
    state.alerts().map(of).collect()
}

proptest! {
    #[test]
    fn equals_the_reference(case in cases(), restarts in any::<u64>()) {
        let rule = rule(&format!(
            "  - {{alert: A, expr: m, for: {}s, keep_firing_for: {}s}}\n",
            case.hold, case.keep
        ));
        let context = Context { limit: case.limit, ..context() };
        let resend = resend(case.delay.unsigned_abs());
        let (mut state, mut reference) = (RuleState::default(), BTreeMap::new());
        for (nth, (ts, result)) in case.ticks.iter().enumerate() {
            // A restart in between must not show.
            if restarts >> (nth % 64) & 1 == 1 {
                let saved = serde_json::to_string(&state).unwrap();
                state = serde_json::from_str(&saved).unwrap();
            }
            let present = result.map(samples);
            let outcome = match &present {
                Some(samples) => Outcome::Samples(samples),
                None => Outcome::Failed("down"),
            };
            state.tick(&rule, &context, at(*ts), outcome).unwrap();
            let is_good = result.is_some_and(|it| step(&case, &mut reference, *ts, it));
            prop_assert_eq!(state.health() == &Health::Ok, is_good);
            let due: Vec<String> = state
                .take_due(at(*ts), &resend)
                .into_iter()
                .map(|it| state.get(it).unwrap().labels.get("i").unwrap().to_owned())
                .collect();
            let expected = if is_good { send(&case, &mut reference, *ts) } else { Vec::new() };
            let mut due = due;
            due.sort();
            prop_assert_eq!(due, expected.into_iter().map(name).collect::<Vec<_>>());
            let named: BTreeMap<String, Reference> =
                reference.iter().map(|(it, alert)| (name(*it).to_owned(), alert.clone())).collect();
            prop_assert_eq!(seen(&state), named);
        }
    }
}

#[test]
fn what_has_ended_is_told_before_what_fires() {
    let rule = rule("  - {alert: A, expr: m}\n");
    let numbers: Vec<String> = (0..8).map(|it| it.to_string()).collect();
    let samples: Vec<Sample> = numbers
        .iter()
        .map(|it| sample(&[("number", it)], 1.0))
        .collect();
    let (before, after) = samples.split_at(4);
    let mut state = RuleState::default();
    for (second, samples) in [(1, before), (2, after)] {
        let outcome = Outcome::Samples(samples);
        state.tick(&rule, &context(), at(second), outcome).unwrap();
        let due = state.take_due(at(second), &resend(60));
        let fires = |it| {
            state
                .get(it)
                .is_some_and(|it| it.state == AlertState::Firing)
        };
        let due: Vec<bool> = due.into_iter().map(fires).collect();
        assert!(due.is_sorted(), "{due:?}");
        assert_eq!(due.len(), if second == 1 { 4 } else { 8 });
    }
}
