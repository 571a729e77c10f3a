//! Rules and alerts as the API shows them.

use std::time::Duration;

use venti_alert::engine::{Context, Outcome, RuleState};
use venti_alert::listing::{self, Timing};
use venti_alert::rule::Rule;
use venti_alert::rulefile;
use venti_model::api::alerts::{AlertState, RuleHealth};

use crate::support::{at, context, rule, sample};

#[test]
fn a_rule_on_several_datasources_shows_all_of_its_alerts() {
    let rule = rule("  - {alert: A, expr: m, for: 2s, keep_firing_for: 5s}\n");
    let (mut one, mut two, samples) = (
        RuleState::default(),
        RuleState::default(),
        [sample(&[], 5.0)],
    );
    let on = |datasource| Context {
        datasource,
        labels_datasource: true,
        ..context()
    };
    let never = listing::alerting_rule(&rule, &[(on("one"), &one)], Timing::default()).unwrap();
    assert_eq!(
        (never.state, never.health),
        (AlertState::Unknown, RuleHealth::Unknown)
    );
    assert_eq!(never.last_evaluation, "0001-01-01T00:00:00Z");
    for second in 1..=4 {
        let gone: &[_] = if second > 3 { &[] } else { &samples };
        one.tick(&rule, &on("one"), at(second), Outcome::Samples(gone))
            .unwrap();
        two.tick(&rule, &on("two"), at(second), Outcome::Failed("down"))
            .unwrap();
    }
    let timing = Timing {
        at: Some(at(4)),
        took: Duration::from_millis(5),
    };
    let shown =
        listing::alerting_rule(&rule, &[(on("one"), &one), (on("two"), &two)], timing).unwrap();
    assert_eq!(shown.state, AlertState::Firing);
    assert_eq!(
        (shown.health, shown.last_error.as_deref()),
        (RuleHealth::Err, Some("down"))
    );
    assert_eq!(shown.evaluation_time, 0.005);
    assert_eq!(shown.last_evaluation, "1970-01-01T00:00:04Z");
    let [alert] = &shown.alerts[..] else {
        panic!("{shown:?}")
    };
    assert_eq!(alert.labels.get("datasource"), Some("one"));
    assert_eq!(
        alert.keep_firing_since.as_deref(),
        Some("1970-01-01T00:00:04Z")
    );
    assert_eq!(alert.value, "5e+00");
}

#[test]
fn a_recording_rule_says_that_it_is_not_evaluated() {
    let file = rulefile::read(
        "r.yml",
        "groups: [{name: g, rules: [{record: 'a:b', expr: sum(m), labels: {x: y}}]}]",
    );
    let Rule::Recording(rule) = &file.groups[0].rules[0] else {
        panic!("{file:?}")
    };
    let shown = serde_json::to_value(listing::recording_rule(rule)).unwrap();
    assert_eq!(shown["name"], "a:b");
    assert_eq!(shown["health"], "unknown");
    assert!(
        shown["lastError"]
            .as_str()
            .unwrap()
            .starts_with("not evaluated here")
    );
}
