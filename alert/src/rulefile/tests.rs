use super::*;
use crate::expression::{Answers, Language};
use crate::rule::{AlertRule, OnError, Rule};
use proptest::prelude::*;
use std::time::Duration;

fn faults(text: &str) -> Vec<String> {
    let file = read("r.yml", text);
    file.faults.iter().map(ToString::to_string).collect()
}

fn first(file: &RuleFile) -> &AlertRule {
    file.groups[0].alerts().next().unwrap()
}

#[test]
fn reads_a_file_of_prometheus() {
    let text = "groups:\n- name: g\n  interval: 30s\n  limit: 10\n  query_offset: 1m\n  labels: {team: a, severity: none}\n  rules:\n  - alert: Down now\n    expr: |\n      up == 0\n    for: 1h30m\n    keep_firing_for: 5m\n    labels: {severity: page}\n    annotations: {summary: '{{ $labels.job }}', n: 1.10, t: true, e:}\n  - record: a:b\n    expr: sum(up)\n";
    assert_eq!(faults(text), [""; 0]);
    let file = read("r.yml", text);
    let group = &file.groups[0];
    assert_eq!(group.interval, Some(Duration::from_secs(30)));
    assert_eq!(
        (group.limit, group.query_offset),
        (10, Some(Duration::from_secs(60)))
    );
    let rule = first(&file);
    assert_eq!(
        (rule.name.as_str(), rule.expression.text.as_str()),
        ("Down now", "up == 0")
    );
    assert_eq!(
        (rule.hold.as_secs(), rule.keep_firing_for.as_secs()),
        (5400, 300)
    );
    let texts = |pairs: &[(String, crate::template::Text)]| {
        let texts = pairs
            .iter()
            .map(|(name, it)| format!("{name}={}", it.source()));
        texts.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(texts(&rule.labels), "severity=page team=a");
    assert_eq!(
        texts(&rule.annotations),
        "e= n=1.10 summary={{ $labels.job }} t=true"
    );
    assert!(
        matches!(&group.rules[1], Rule::Recording(it) if it.name == "a:b" && it.labels.len() == 2)
    );
    assert!(!file.labels_datasource);
}

#[test]
fn reads_a_file_of_the_original() {
    let text = "kind: AlertRuleFile\ncommonLabels: {rulefile: x, severity: silence}\ndatasourceSelector: {system: main, type: lethe, name: ''}\ngroups:\n- name: g\n  rules:\n  - {alert: A, expr: 'pod{namespace=\"a\"}', labels: {severity: page}}\n";
    assert_eq!(faults(text), [""; 0]);
    let file = read("r.yml", text);
    assert!(file.labels_datasource);
    assert_eq!(file.selector.system, Some(System::Main));
    assert_eq!(
        (file.selector.kind.as_deref(), file.selector.name),
        (Some("lethe"), None)
    );
    let rule = file.groups[0].alerts().next().unwrap();
    assert_eq!(rule.expression.language, Language::LetheQl);
    let labels: Vec<_> = rule
        .labels
        .iter()
        .map(|(name, it)| (name.as_str(), it.source()))
        .collect();
    assert_eq!(labels, [("rulefile", "x"), ("severity", "page")]);
}

#[test]
fn reads_an_object_of_the_operator() {
    let text = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: x}\nspec:\n  groups:\n  - name: g\n    rules: [{alert: A, expr: up}]\n";
    assert_eq!(faults(text), [""; 0]);
    assert_eq!(first(&read("r.yml", text)).name, "A");
}

#[test]
fn reads_the_keys_of_vmalert() {
    let text = "groups:\n- name: g\n  type: vlogs\n  interval: 1m\n  eval_offset: 10s\n  eval_delay: 30s\n  concurrency: 2\n  rules:\n  - alert: A\n    expr: 'error | stats count() n'\n    debug: true\n- {name: h, type: graphite, rules: [{alert: B, expr: x}]}\n";
    assert_eq!(
        faults(text),
        [
            "r.yml:7:3: `concurrency` has no effect here",
            "r.yml:11:5: `debug` has no effect here",
            "r.yml:12:19: groups of type `graphite` cannot be evaluated, expected `prometheus`, `vlogs` or `lethe`",
        ]
    );
    let file = read("r.yml", text);
    let group = &file.groups[0];
    assert_eq!(group.eval_offset, Some(Duration::from_secs(10)));
    assert_eq!(group.query_offset, Some(Duration::from_secs(30)));
    assert_eq!(first(&file).expression.language, Language::LogsQl);
}

#[test]
fn our_keys_are_below_one_key() {
    let text = "groups:\n- name: g\n  x-lethe: {datasource: logs, window: 2m, notify: slack}\n  rules:\n  - alert: A\n    expr: 'pod{namespace=\"a\"}'\n    x-lethe: {window: 5m, min_lines: 3, group_by: [pod], on_error: prometheus}\n  - {alert: B, expr: 'vector(1)', x-lethe: {minlines: 3}}\n";
    assert_eq!(
        faults(text),
        [
            "r.yml:8:45: unknown key `minlines`, did you mean `min_lines`? Known here: `datasource`, `group_by`, `window`, `min_lines`, `on_error`, `notify`",
            "r.yml:8:22: alert `B`: no LetheQL: 1:1: parse error: unknown function with name \"vector\"",
        ]
    );
    let file = read("r.yml", text);
    let rule = first(&file);
    assert_eq!(rule.datasource.as_deref(), Some("logs"));
    assert_eq!(rule.lines.window, Some(Duration::from_secs(300)));
    assert_eq!(
        (rule.lines.min_lines, rule.lines.group_by.as_slice()),
        (3, ["pod".to_owned()].as_slice())
    );
    assert_eq!(
        (rule.on_error, rule.notify.as_slice()),
        (Some(OnError::Prometheus), ["slack".to_owned()].as_slice())
    );
    assert!(matches!(rule.expression.answers, Answers::Lines(_)));
}

#[test]
fn a_fault_costs_as_little_as_it_can() {
    let text = "groups:\n- name: g\n  rules:\n  - alert: NoExpr\n  - alert: BadExpr\n    expr: 'up =='\n  - {alert: BadFor, expr: up, for: 5}\n  - {alert: Both, record: b, expr: up}\n  - {expr: up}\n  - {alert: BadLabel, expr: up, labels: {a-b: x, __name__: y, ok: z}}\n  - {alert: BadTemplate, expr: up, annotations: {s: '{{ $lables.x }}'}}\n  - {record: a, expr: up, for: 5m}\n  - {alert: Typo, expr: up, lables: {a: b}}\n- name: g\n- rules: []\n- 7\n";
    let found = faults(text);
    let starts = [
        "r.yml:4:5: alert `NoExpr`: the expression is empty",
        "r.yml:6:11: alert `BadExpr`: no PromQL: ",
        "r.yml:7:36: missing unit in duration `5`: write for example `5s`",
        "r.yml:8:5: a rule has either `alert` or `record`, not both",
        "r.yml:9:5: a rule needs `alert` with a name, or `record`",
        "r.yml:10:60: `__name__` is no name of a label",
        "r.yml:10:47: `a-b` is no name of a label",
        "r.yml:11:53: alert `BadTemplate`, `s`: error parsing template __alert_BadTemplate: template: __alert_BadTemplate:1:",
        "r.yml:12:32: `for` means nothing in a recording rule",
        "r.yml:13:29: unknown key `lables`, did you mean `labels`?",
        "r.yml:14:3: the file has another group `g`: this one is left out",
        "r.yml:15:3: a group needs a `name`",
        "r.yml:16:3: expected keys with values, found a text",
    ];
    assert_eq!(found.len(), starts.len(), "{found:#?}");
    for (found, start) in found.iter().zip(starts) {
        assert!(found.starts_with(start), "{found}");
    }
    let file = read("r.yml", text);
    let names: Vec<_> = file.groups[0].alerts().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["BadLabel", "BadTemplate", "Typo"]);
}

#[test]
fn lines_are_grouped_by_what_they_have() {
    let file = |field: &str| {
        format!(
            "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: pod{{namespace=\"a\"}} |= \"x\"\n    x-lethe: {{group_by: [{field}]}}\n"
        )
    };
    assert_eq!(faults(&file("pod, container")), [""; 0]);
    let found = faults(&file("pods"));
    assert!(
        found[0].starts_with(
            "r.yml:4:5: alert `A`: `group_by`: unknown field of lines `pods`, did you mean `pod`?"
        ),
        "{found:?}"
    );
}

#[test]
fn what_is_no_rule_file_is_one_fault() {
    assert_eq!(faults(""), [""; 0]);
    assert_eq!(faults("groups:\n"), [""; 0]);
    assert_eq!(
        faults("- a\n"),
        ["r.yml:1:1: expected keys with values, found a list"]
    );
    assert_eq!(
        faults("groups: 7\n"),
        ["r.yml:1:9: expected a list, found a text"]
    );
    assert!(faults("groups: [\n")[0].starts_with("r.yml:"));
    assert_eq!(
        faults("groups: []\n---\ngroups: []\n"),
        ["r.yml:2:1: a second document begins here and is ignored: give it its own file"]
    );
    let odd = "groups: [{name: g, interval: 1.5m, rules: []}]";
    assert!(faults(odd)[0].starts_with("r.yml:1:30: `1.5m` means nothing to Prometheus"));
}

proptest! {
    /// Rule files with parts exchanged and broken.
    #[test]
    fn never_panics(parts in proptest::collection::vec(prop_oneof![
        Just("groups:\n"), Just("- name: g\n"), Just("  rules:\n"), Just("  - alert: A\n"),
        Just("    expr: up\n"), Just("    expr: 'pod{namespace=\"a\"}'\n"), Just("    for: 5m\n"),
        Just("    labels: {a: '{{ $value }}'}\n"), Just("    annotations: [\n"), Just("spec: {}\n"),
        Just("  x-lethe: {window: 1m, notify: {}}\n"), Just("  type: vlogs\n"), Just("  limit: -1\n"),
        Just("datasourceSelector: {system: x}\n"), Just("---\n"), Just("  interval: é\n"),
    ], 0..14), noise in "[a-z:{}\\[\\] \n-]{0,20}") {
        let _ = read("r.yml", &(parts.concat() + &noise));
    }
}
