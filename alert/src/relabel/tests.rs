use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn steps(json: Value) -> Vec<Relabel> {
    serde_json::from_value(json).unwrap()
}

fn run(json: Value) -> Option<String> {
    let labels = Labels::from_iter([("a", "foo"), ("b", "Bar"), ("c", "baz"), ("d", "foo")]);
    relabel(&labels, &steps(json)).map(|it| it.to_string())
}

#[test]
fn every_action_does_what_prometheus_does() {
    let cases = [
        (
            json!({"source_labels": ["a", "b"], "regex": "f(.*);(B.*)", "target_label": "x_$1", "replacement": "${2}$1"}),
            Some(r#"{a="foo", b="Bar", c="baz", d="foo", x_oo="Baroo"}"#),
        ),
        (
            json!({"source_labels": ["a"], "regex": "o+", "target_label": "b"}),
            Some(r#"{a="foo", b="Bar", c="baz", d="foo"}"#),
        ),
        (
            json!({"source_labels": ["x"], "target_label": "b"}),
            Some(r#"{a="foo", c="baz", d="foo"}"#),
        ),
        (
            json!({"action": "keep", "source_labels": ["a"], "regex": "fo"}),
            None,
        ),
        (
            json!({"action": "drop", "source_labels": ["a"], "regex": "f.*"}),
            None,
        ),
        (
            json!({"action": "keepequal", "source_labels": ["a"], "target_label": "d"}),
            Some(r#"{a="foo", b="Bar", c="baz", d="foo"}"#),
        ),
        (
            json!({"action": "dropequal", "source_labels": ["a"], "target_label": "d"}),
            None,
        ),
        (
            // As in Prometheus' own test of this action.
            json!({"action": "hashmod", "source_labels": ["c"], "target_label": "d", "modulus": 1000}),
            Some(r#"{a="foo", b="Bar", c="baz", d="976"}"#),
        ),
        (
            json!({"action": "labelmap", "regex": "(a|b)", "replacement": "x_$1"}),
            Some(r#"{a="foo", b="Bar", c="baz", d="foo", x_a="foo", x_b="Bar"}"#),
        ),
        (
            json!({"action": "labeldrop", "regex": "[a-c]"}),
            Some(r#"{d="foo"}"#),
        ),
        (
            json!({"action": "labelkeep", "regex": "[a-c]"}),
            Some(r#"{a="foo", b="Bar", c="baz"}"#),
        ),
        (json!({"action": "labeldrop", "regex": ".*"}), None),
        (
            json!({"action": "uppercase", "source_labels": ["a"], "target_label": "a"}),
            Some(r#"{a="FOO", b="Bar", c="baz", d="foo"}"#),
        ),
        (
            json!({"action": "lowercase", "source_labels": ["b"], "target_label": "b"}),
            Some(r#"{a="foo", b="bar", c="baz", d="foo"}"#),
        ),
    ];
    for (step, expected) in cases {
        let text = step.to_string();
        assert_eq!(run(json!([step])).as_deref(), expected, "{text}");
    }
}

#[test]
fn says_what_is_wrong() {
    let fault = |json: Value| {
        serde_json::from_value::<Relabel>(json)
            .unwrap_err()
            .to_string()
    };
    assert!(fault(json!({"regex": "a"})).contains("target_label"));
    assert!(fault(json!({"action": "hashmod", "target_label": "a"})).contains("modulus"));
    assert!(fault(json!({"action": "labeldrop", "regex": "("})).contains("missing closing )"));
    assert!(fault(json!({"action": "hide"})).contains("unknown variant"));
    assert!(fault(json!({"actoin": "drop"})).contains("unknown field"));
}

proptest! {
    #[test]
    fn never_panics(regex in "[a-c(){}|*?.\\\\$é]{0,12}", replacement in "[a$0-9{}]{0,8}", value in ".{0,8}") {
        let step = json!([{"source_labels": ["a"], "regex": regex, "replacement": replacement, "target_label": "b"}]);
        if let Ok(steps) = serde_json::from_value::<Vec<Relabel>>(step) {
            let _ = relabel(&Labels::from_iter([("a", value)]), &steps);
        }
    }
}
