//! The past through the engine.

use std::ops::RangeInclusive;

use venti_alert::Timestamp;
use venti_alert::engine::{AlertState, Outcome, RuleState, Sample, Stretch, replay, samples_over};
use venti_model::answer::{Answer, Data, Matrix};

use crate::support::{at, context, resend, rule, sample};

/// `m{a="b"}` at 1, 2, 3, 6 and 7, `m{a="c"}` at 3.
fn matrix() -> Matrix {
    let body = r#"{"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{"a":"b"},"values":[[1,"1"],[2,"1"],[3,"1"],[6,"2"],[7,"2"]]},
        {"metric":{"a":"c"},"values":[[3,"1"]]}]}}"#;
    match Answer::decode(body.as_bytes()).unwrap().data {
        Data::Matrix(matrix) => matrix,
        other => panic!("{other:?}"),
    }
}

fn past(seconds: RangeInclusive<i64>) -> Vec<(Timestamp, Vec<Sample>)> {
    samples_over(&matrix(), seconds.map(at)).collect()
}

#[test]
fn shows_what_alerts_would_have_done() {
    let rule = rule("  - {alert: A, expr: m, for: 1s}\n");
    let mut state = RuleState::default();
    let lines = replay(&rule, &context(), &mut state, past(1..=8)).unwrap();
    let of = |name: &str| {
        let line = lines
            .iter()
            .find(|it| it.labels.get("a") == Some(name))
            .unwrap();
        line.stretches.clone()
    };
    let stretch = |state, from, to| Stretch {
        state,
        from: at(from),
        to: at(to),
    };
    assert_eq!(
        of("b"),
        [
            stretch(AlertState::Pending, 1, 1),
            stretch(AlertState::Firing, 2, 3),
            stretch(AlertState::Pending, 6, 6),
            stretch(AlertState::Firing, 7, 7),
        ]
    );
    assert_eq!(of("c"), [stretch(AlertState::Pending, 3, 3)]);
}

#[test]
fn two_lives_in_a_row_are_two_stretches() {
    let rule = rule("  - {alert: A, expr: m}\n");
    let mut state = RuleState::default();
    let lines = replay(&rule, &context(), &mut state, past(1..=8)).unwrap();
    let b = lines
        .iter()
        .find(|it| it.labels.get("a") == Some("b"))
        .unwrap();
    let ends: Vec<_> = b.stretches.iter().map(|it| (it.from, it.to)).collect();
    assert_eq!(ends, [(at(1), at(3)), (at(6), at(7))]);
}

#[test]
fn a_warm_start_goes_on_as_if_never_stopped() {
    let rule = rule("  - {alert: A, expr: m, for: 3s}\n");
    let mut warm = RuleState::default();
    replay(&rule, &context(), &mut warm, past(1..=7)).unwrap();
    let mut live = RuleState::default();
    for second in 1..=7 {
        let mut samples = Vec::new();
        if [1, 2, 3, 6, 7].contains(&second) {
            samples.push(sample(&[("a", "b")], if second > 3 { 2.0 } else { 1.0 }));
        }
        if second == 3 {
            samples.push(sample(&[("a", "c")], 1.0));
        }
        live.tick(&rule, &context(), at(second), Outcome::Samples(&samples))
            .unwrap();
    }
    assert_eq!(
        serde_json::to_value(&warm).unwrap(),
        serde_json::to_value(&live).unwrap()
    );
    assert_eq!(warm.take_due(at(7), &resend(3)), []);
}

#[test]
fn a_state_that_began_late_takes_over_what_the_past_knows() {
    let rule = rule("  - {alert: A, expr: m, for: 4s, keep_firing_for: 9s}\n");
    let mut past_state = RuleState::default();
    let sample = |name: &str| sample(&[("a", name)], 1.0);
    // `gone` fired until 5, `here` is there since 5, `new` since 8.
    let samples = |second: i64| {
        let mut samples = Vec::new();
        samples.extend((second <= 5).then(|| sample("gone")));
        samples.extend((second >= 5).then(|| sample("here")));
        samples.extend((second >= 8).then(|| sample("new")));
        samples
    };
    let past = (1..=7).map(|it| (at(it), samples(it)));
    replay(&rule, &context(), &mut past_state, past).unwrap();
    let mut live = RuleState::default();
    let tick = |live: &mut RuleState, second: i64| {
        let samples = samples(second);
        let outcome = Outcome::Samples(&samples);
        live.tick(&rule, &context(), at(second), outcome).unwrap();
    };
    // The answer about the past comes after the second evaluation.
    tick(&mut live, 7);
    tick(&mut live, 8);
    live.adopt_past(&past_state);
    tick(&mut live, 9);
    let states: Vec<_> = live
        .alerts()
        .map(|(_, it)| (it.labels.get("a").unwrap(), it.state, it.active_at))
        .collect();
    for expected in [
        ("gone", AlertState::Firing, at(1)),
        ("here", AlertState::Firing, at(5)),
        ("new", AlertState::Pending, at(8)),
    ] {
        assert!(states.contains(&expected), "{states:?}");
    }
    assert_eq!(live.take_due(at(9), &resend(60)).len(), 2);
}
