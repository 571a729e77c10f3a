//! What becomes of alerts when rules change.

use std::sync::Arc;

use venti_alert::engine::{AlertState, Change, Instance, Outcome, RuleState, carry_over};
use venti_alert::message::postable;
use venti_alert::rule::AlertRule;

use crate::support::{at, context, resend, rules, sample};

fn shared_rules(yaml: &str) -> Vec<Arc<AlertRule>> {
    rules(yaml).into_iter().map(Arc::new).collect()
}

/// Each rule with an alert whose label `n` is its place.
fn firing(rules: &[Arc<AlertRule>]) -> Vec<Instance<Arc<AlertRule>>> {
    let instance = |(nth, rule): (usize, &Arc<AlertRule>)| {
        let mut state = RuleState::default();
        let samples = [sample(&[("n", &nth.to_string())], 1.0)];
        state
            .tick(rule, &context(), at(1), Outcome::Samples(&samples))
            .unwrap();
        state.take_due(at(1), &resend(3));
        Instance {
            rule: rule.clone(),
            state,
        }
    };
    rules.iter().enumerate().map(instance).collect()
}

fn place(state: &RuleState) -> Option<String> {
    let (_, alert) = state.alerts().next()?;
    alert.labels.get("n").map(str::to_owned)
}

#[test]
fn name_and_labels_decide_and_the_nth_follows_the_nth() {
    let old = shared_rules(
        "  - {alert: A, expr: m}\n  - {alert: A, expr: m}\n  - {alert: B, expr: m, labels: {s: a}}\n  - {alert: C, expr: m}\n",
    );
    let new = shared_rules(
        "  - {alert: B, expr: m, labels: {s: b}}\n  - {alert: A, expr: m > 1, for: 5s}\n  - {alert: A, expr: m}\n  - {alert: A, expr: m}\n  - {alert: C, expr: n, annotations: {x: y}}\n",
    );
    let carried = carry_over(firing(&old), &new);
    let places: Vec<_> = carried.states.iter().map(place).collect();
    let some = |it: &str| Some(it.to_owned());
    assert_eq!(places, [None, some("0"), some("1"), None, some("3")]);
    let removed: Vec<_> = carried
        .removed
        .iter()
        .map(|it| it.rule.name.as_str())
        .collect();
    assert_eq!(removed, ["B"]);
}

#[test]
fn a_longer_for_does_not_take_back_what_fires() {
    let old = shared_rules("  - {alert: A, expr: m}\n");
    let new = shared_rules("  - {alert: A, expr: m, for: 1h}\n");
    let mut carried = carry_over(firing(&old), &new);
    let samples = [sample(&[("n", "0")], 2.0)];
    carried.states[0]
        .tick(&new[0], &context(), at(2), Outcome::Samples(&samples))
        .unwrap();
    assert_eq!(carried.states[0].worst(), AlertState::Firing);
}

#[test]
fn a_removed_rule_ends_its_alerts_with_a_word() {
    let old = shared_rules("  - {alert: A, expr: m, keep_firing_for: 1h}\n");
    let mut gone = carry_over(firing(&old), &Vec::<Arc<AlertRule>>::new())
        .removed
        .remove(0);
    let changes = gone.state.retire(at(5));
    assert_eq!(
        changes.iter().map(|it| it.change).collect::<Vec<_>>(),
        [Change::Resolved]
    );
    let due = gone.state.take_due(at(5), &resend(3));
    let alert = gone.state.get(due[0]).unwrap();
    let message = postable(&gone.rule, &context(), alert, &[])
        .unwrap()
        .unwrap();
    assert_eq!(message.ends_at, "1970-01-01T00:00:05.000Z");
    assert_eq!(message.starts_at, "1970-01-01T00:00:01.000Z");
    for second in [9, 905] {
        gone.state
            .tick(&gone.rule, &context(), at(second), Outcome::Samples(&[]))
            .unwrap();
        assert!(!gone.state.is_empty(), "told for a quarter of an hour");
    }
    gone.state
        .tick(&gone.rule, &context(), at(906), Outcome::Samples(&[]))
        .unwrap();
    assert!(gone.state.is_empty());
}
