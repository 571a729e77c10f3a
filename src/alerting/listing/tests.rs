//! Order and search, over an answer with a rule of each kind.

use serde_json::{Value, json};

use super::*;

fn alert(instance: &str, state: &str, at: &str) -> Value {
    json!({
        "labels": { "alertname": "Down", "instance": instance },
        "annotations": {},
        "state": state,
        "activeAt": at,
        "value": "0e+00",
    })
}

fn rule(name: &str, state: &str, health: &str, alerts: &[Value]) -> Value {
    json!({
        "type": "alerting", "name": name, "state": state, "query": "up == 0", "health": health,
        "duration": 60, "keepFiringFor": 0, "labels": { "severity": "Page" }, "annotations": {},
        "alerts": alerts, "evaluationTime": 0.001, "lastEvaluation": "2026-11-21T03:00:00Z",
    })
}

fn group(file: &str, name: &str, rules: &[Value]) -> Value {
    json!({
        "file": file, "name": name, "rules": rules, "interval": 60, "limit": 0,
        "evaluationTime": 0.001, "lastEvaluation": "2026-11-21T03:00:00Z",
    })
}

fn listing() -> Listing {
    let recording = json!({
        "type": "recording", "name": "a:b", "query": "m", "health": "unknown",
        "evaluationTime": 0, "lastEvaluation": "0001-01-01T00:00:00Z",
    });
    let quiet = [rule("Quiet", "inactive", "ok", &[]), recording];
    let alerts = [
        alert("a", "pending", "2026-11-21T02:59:00Z"),
        alert("b", "firing", "2026-11-21T01:00:00Z"),
        alert("c", "firing", "2026-11-21T02:00:00Z"),
        alert("c", "firing", "2026-11-21T02:00:00Z"),
    ];
    let loud = [
        rule("New", "unknown", "unknown", &[]),
        rule("Broken", "inactive", "err", &[]),
        rule("Down", "firing", "err", &alerts),
    ];
    let groups =
        json!({ "groups": [group("a.yml", "quiet", &quiet), group("b.yml", "loud", &loud)] });
    Listing::new(serde_json::from_value(groups).unwrap())
}

/// Everything that shows: groups, their rules, and the instances of their alerts.
fn shown(groups: &[ListedGroup]) -> Vec<String> {
    let mut texts = Vec::new();
    for group in groups {
        texts.push(group.group.name.clone());
        for rule in &group.rules {
            texts.push(format!("  {}", rule.state.as_str()));
            let instances = rule.alerts.iter().map(|it| it.alert.labels.get("instance"));
            texts.extend(instances.map(|it| format!("    {}", it.unwrap_or_default())));
        }
    }
    texts
}

fn wanted(states: &str, search: &str) -> Vec<String> {
    shown(&listing().wanted(&Filter::new(Some(states), Some(search))))
}

#[test]
fn what_needs_somebody_comes_first() {
    let all = [
        "loud",
        "  firing",
        "    c",
        "    b",
        "    a",
        "  failing",
        "  unknown",
        "quiet",
        "  inactive",
        "  recording",
    ];
    assert_eq!(shown(&listing().groups), all);
    assert_eq!(wanted("", ""), all);
}

#[test]
fn alerts_and_rules_are_counted() {
    let counts = listing().counts;
    let of_each = RuleState::ALL.map(|it| counts.of(it));
    assert_eq!(of_each, [2, 1, 2, 1, 1, 1]);
    assert_eq!(counts.rules, 5);
}

#[test]
fn chosen_states_show_and_nothing_else() {
    assert_eq!(wanted("firing", ""), ["loud", "  firing", "    c", "    b"]);
    assert_eq!(wanted("pending", ""), ["loud", "  firing", "    a"]);
    assert_eq!(wanted("inactive", ""), ["quiet", "  inactive"]);
    let failing = wanted("failing", "");
    assert_eq!(failing.first().map(String::as_str), Some("loud"));
    assert_eq!(failing.len(), 6);
    assert_eq!(wanted("recording,unknown", "").len(), 4);
}

#[test]
fn words_are_found_in_names_and_labels() {
    assert_eq!(wanted("", "instance=B"), ["loud", "  firing", "    b"]);
    assert_eq!(wanted("", "down severity=page").len(), 5);
    assert_eq!(wanted("", "a.yml quiet").len(), 3);
    assert_eq!(wanted("", "a:b"), ["quiet", "  recording"]);
    assert_eq!(wanted("firing", "instance=a"), Vec::<String>::new());
    assert_eq!(wanted("", "nowhere"), Vec::<String>::new());
}

#[test]
fn a_group_is_late_after_some_intervals() {
    let listing = listing();
    let group = listing.groups.first().unwrap();
    let at = moment("2026-11-21T03:00:00Z").unwrap();
    assert!(!group.is_late(at + 209.0));
    assert!(group.is_late(at + 211.0));
}
