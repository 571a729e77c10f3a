//! What is sent while a rule cannot be evaluated.

use std::time::Duration;

use venti_alert::engine::{
    FailingGroup, Outcome, Resend, RuleState, failing_rule, failing_samples,
};
use venti_alert::rule::OnError;

use crate::support::{at, context, labels, resend, rule, sample};

/// The seconds in which something was sent, of an alert that fires at 1 and cannot be evaluated
/// from 3 on.
fn sent(resend: &Resend) -> Vec<i64> {
    let rule = rule("  - {alert: A, expr: m}\n");
    let mut state = RuleState::default();
    let samples = [sample(&[("a", "b")], 1.0)];
    (1..20)
        .filter(|second| {
            let outcome = match second {
                1..=2 => Outcome::Samples(&samples),
                _ => Outcome::Failed("down"),
            };
            state.tick(&rule, &context(), at(*second), outcome).unwrap();
            !state.take_due(at(*second), resend).is_empty()
        })
        .collect()
}

#[test]
fn firing_alerts_are_held_for_a_while() {
    let held = Resend {
        on_error: OnError::Hold,
        hold_max: Duration::from_secs(10),
        ..resend(3)
    };
    assert_eq!(sent(&held), [1, 5, 9, 13]);
    assert_eq!(sent(&resend(3)), [1], "as Prometheus does");
}

#[test]
fn what_has_ended_is_not_told_while_nobody_knows() {
    let rule = rule("  - {alert: A, expr: m}\n");
    let mut state = RuleState::default();
    let resend = Resend {
        on_error: OnError::Hold,
        ..resend(0)
    };
    let samples = [sample(&[], 1.0)];
    for (second, outcome, count) in [
        (1, Outcome::Samples(&samples), 1),
        (2, Outcome::Samples(&[]), 1),
        (4, Outcome::Failed("down"), 0),
        (6, Outcome::Samples(&[]), 1),
    ] {
        state.tick(&rule, &context(), at(second), outcome).unwrap();
        assert_eq!(
            state.take_due(at(second), &resend).len(),
            count,
            "second {second}"
        );
    }
}

#[test]
fn the_built_in_rule_tells_that_nobody_looks() {
    let rule = failing_rule();
    let mut state = RuleState::default();
    let group = FailingGroup {
        group: "g",
        datasource: "main",
        rules: 2,
    };
    let samples = failing_samples(&[group, group]);
    for second in [1, 61] {
        state
            .tick(&rule, &context(), at(second), Outcome::Samples(&samples))
            .unwrap();
    }
    let due = state.take_due(at(61), &resend(3));
    let alert = state.get(due[0]).unwrap();
    assert_eq!(
        alert.labels,
        labels(&[
            ("alertname", "RuleEvaluationFailing"),
            ("datasource", "main"),
            ("rulegroup", "g"),
            ("severity", "warning")
        ])
    );
    let words = context().annotations(&rule, alert).unwrap();
    assert!(
        words
            .get("description")
            .unwrap()
            .starts_with("4 rules of the group g cannot be evaluated on main")
    );
}
