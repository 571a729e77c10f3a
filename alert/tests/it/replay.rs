//! The past through the engine.

use venti_alert::engine::{AlertState, Outcome, RuleState, Stretch, replay};
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

#[test]
fn shows_what_alerts_would_have_done() {
    let rule = rule("  - {alert: A, expr: m, for: 1s}\n");
    let mut state = RuleState::default();
    let lines = replay(&rule, &context(), &mut state, (1..=8).map(at), &matrix()).unwrap();
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
    let lines = replay(&rule, &context(), &mut state, (1..=8).map(at), &matrix()).unwrap();
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
    replay(&rule, &context(), &mut warm, (1..=7).map(at), &matrix()).unwrap();
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
