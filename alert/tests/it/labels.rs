//! From a sample to an alert's labels and words, in Prometheus' order.

use venti_alert::engine::{Change, Context, Health, Outcome, RuleState};
use venti_alert::template::NeedsQuery;
use venti_template::{Queries, Sample as Answered};

use crate::support::{at, context, labels, rule, sample};

#[test]
fn rule_labels_win_and_see_only_the_sample() {
    let rule = rule(
        "  - alert: A\n    expr: m\n    labels: {job: mine, was: '{{ $labels.job }}', gone: '{{ $labels.nope }}', severity: page, sev: '{{ $labels.severity }}', alertname: B}\n    annotations: {s: '{{ $labels.job }} {{ $labels.__name__ }} {{ $value }}', e: ''}\n",
    );
    let mut state = RuleState::default();
    let context = Context {
        labels_datasource: true,
        ..context()
    };
    let series = sample(
        &[
            ("__name__", "m"),
            ("job", "x"),
            ("gone", "1"),
            ("datasource", "y"),
        ],
        0.5,
    );
    state
        .tick(&rule, &context, at(1), Outcome::Samples(&[series]))
        .unwrap();
    let (_, alert) = state.alerts().next().unwrap();
    assert_eq!(
        alert.labels,
        labels(&[
            ("alertname", "A"),
            ("datasource", "main"),
            ("job", "mine"),
            ("severity", "page"),
            ("was", "x")
        ])
    );
    let annotations = context.annotations(&rule, alert).unwrap();
    assert_eq!(annotations, labels(&[("e", ""), ("s", "x m 0.5")]));
}

#[test]
fn equal_labels_are_an_error_that_changes_nothing() {
    let rule = rule("  - {alert: A, expr: m, labels: {x: same}}\n");
    let mut state = RuleState::default();
    let one = [sample(&[("x", "1")], 1.0)];
    state
        .tick(&rule, &context(), at(1), Outcome::Samples(&one))
        .unwrap();
    let two = [sample(&[("x", "1")], 7.0), sample(&[("x", "2")], 8.0)];
    let changes = state
        .tick(&rule, &context(), at(2), Outcome::Samples(&two))
        .unwrap();
    assert_eq!(changes, []);
    assert!(matches!(state.health(), Health::Err(text) if text.contains("same labelset")));
    assert_eq!(state.alerts().next().unwrap().1.value, 1.0);
    assert_eq!(state.failing_since(), Some(at(2)));
    state
        .tick(&rule, &context(), at(3), Outcome::Samples(&one))
        .unwrap();
    assert_eq!(state.health(), &Health::Ok);
    assert_eq!(state.failing_since(), None);
}

#[test]
fn a_label_with_the_value_makes_a_new_alert_at_each_change() {
    let rule = rule("  - {alert: A, expr: m, labels: {v: '{{ $value }}'}}\n");
    let mut state = RuleState::default();
    let mut changes = Vec::new();
    for (second, value) in [(1, 5.0), (2, 5.0), (3, 6.0)] {
        let samples = [sample(&[("a", "b")], value)];
        changes = state
            .tick(&rule, &context(), at(second), Outcome::Samples(&samples))
            .unwrap();
    }
    let changes: Vec<_> = changes
        .iter()
        .map(|it| (it.labels.get("v"), it.change))
        .collect();
    assert_eq!(changes.len(), 3);
    for expected in [
        (Some("5"), Change::Resolved),
        (Some("6"), Change::Pending),
        (Some("6"), Change::Firing),
    ] {
        assert!(changes.contains(&expected), "{changes:?}");
    }
}

#[test]
fn a_query_in_a_label_is_asked_before_anything_changes() {
    let rule = rule(
        "  - alert: A\n    expr: m\n    labels: {n: '{{ query \"count(up)\" | first | value }}'}\n",
    );
    let mut state = RuleState::default();
    let samples = [sample(&[], 1.0)];
    let needed = state.tick(&rule, &context(), at(1), Outcome::Samples(&samples));
    assert_eq!(needed, Err(NeedsQuery("count(up)".into())));
    assert!(state.is_empty() && state.health() == &Health::Unknown);
    let mut queries = Queries::default();
    let answer = Answered {
        labels: labels(&[]),
        value: 3.0,
    };
    queries.insert("count(up)", Ok(vec![answer]));
    let context = Context {
        queries: &queries,
        ..context()
    };
    state
        .tick(&rule, &context, at(1), Outcome::Samples(&samples))
        .unwrap();
    assert_eq!(state.alerts().next().unwrap().1.labels.get("n"), Some("3"));
}
