//! `venti-server test rules` as it is started, with a real Prometheus and real log files.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::app::write_files;

const RULES: &str = r#"
groups:
- name: recorded
  rules:
  - record: job:up:sum
    expr: sum by (job) (up)
    labels: {source: "a test"}
- name: alerts
  rules:
  - alert: Down
    expr: up == 0
    for: 2m
    labels: {severity: page}
    annotations:
      summary: '{{ $labels.instance }} in {{ $externalLabels.cluster }}: {{ $value }}'
      others: '{{ with query "sum(up)" }}{{ . | first | value }}{{ end }}'
  - alert: JobDown
    expr: job:up:sum == 0
  - alert: Paged
    expr: count(ALERTS{alertstate="firing",alertname="Down"}) > 0
"#;

const TESTS: &str = r#"
rule_files: [rules.yml]
tests:
- name: the second target goes away
  interval: 1m
  external_labels: {cluster: c1}
  input_series:
  - series: up{job="x",instance="a"}
    values: 1x9
  - series: up{job="x",instance="b"}
    values: 1 0x5 _ 1 stale
  alert_rule_test:
  - {eval_time: 2m59s, alertname: Down}
  - eval_time: 3m
    alertname: Down
    exp_alerts:
    - exp_labels: {severity: page, job: x, instance: b}
      exp_annotations: {summary: 'b in c1: 0', others: '1'}
  - eval_time: 3m
    alertname: Paged
    exp_alerts: [{}]
  - {eval_time: 3m, alertname: JobDown}
  promql_expr_test:
  - expr: job:up:sum
    eval_time: 3m
    exp_samples: [{labels: 'job:up:sum{job="x",source="a test"}', value: 1}]
  # Missing is not gone, stale is.
  - expr: up{instance="b"}
    eval_time: 7m
    exp_samples: [{labels: 'up{job="x",instance="b"}', value: 0}]
  - {expr: 'up{instance="b"}', eval_time: 9m}
  - expr: ALERTS
    eval_time: 2m
    exp_samples:
    - labels: ALERTS{alertname="Down",alertstate="pending",severity="page",job="x",instance="b"}
      value: 1
  - {expr: ALERTS, eval_time: 9m}
"#;

/// Runs tests over these files, with nothing but what is given left in `tmp`.
fn command(dir: &Path, arguments: &[&str]) -> Command {
    let tmp = dir.join("tmp");
    fs::create_dir_all(&tmp).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_venti-server"));
    command
        .current_dir(dir)
        .args(["test", "rules"])
        .args(arguments)
        .env("TMPDIR", tmp)
        .stdout(Stdio::piped());
    command
}

fn test(files: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String) {
    let dir = tempfile::tempdir().unwrap();
    write_files(dir.path(), files);
    let output: Output = command(dir.path(), arguments).output().unwrap();
    let left: Vec<_> = fs::read_dir(dir.path().join("tmp")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[test]
fn what_promtool_accepts_is_a_success_here() {
    let files = [("rules.yml", RULES), ("tests.yml", TESTS)];
    let (code, text) = test(&files, &["tests.yml"]);
    assert_eq!(
        (code, &*text),
        (Some(0), "Unit Testing:  tests.yml\n  SUCCESS\n\n")
    );
    // The same files, and the oracle.
    let dir = tempfile::tempdir().unwrap();
    write_files(dir.path(), &files);
    let promtool = Command::new("promtool")
        .args(["test", "rules", "tests.yml"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert!(promtool.status.success(), "{promtool:?}");
}

#[test]
fn what_is_not_as_expected_is_told_with_its_place() {
    let tests = TESTS
        .replace("summary: 'b in c1: 0'", "summary: 'b is away'")
        .replace("alertname: Paged\n    exp_alerts: [{}]", "alertname: Paged")
        .replace("value: 0}]", "value: 1}]");
    let (code, text) = test(
        &[("rules.yml", RULES), ("tests.yml", &tests)],
        &["tests.yml"],
    );
    assert_eq!(code, Some(1));
    insta::assert_snapshot!(text, @r#"
    Unit Testing:  tests.yml
      FAILED: tests.yml:14:5: test `the second target goes away`: alert `Down` at 3m
        of {alertname="Down", instance="b", job="x", severity="page"}
          annotation `summary`: expected "b is away", got "b in c1: 0"
      FAILED: tests.yml:19:5: test `the second target goes away`: alert `Paged` at 3m
        fires, not expected: {alertname="Paged"}
          with annotations {}
      FAILED: tests.yml:27:5: test `the second target goes away`: `up{instance="b"}` at 7m
        up{instance="b", job="x"}: expected 1, got 0
    "#);
}

#[test]
fn lines_raise_alerts() {
    let rules = r#"
groups:
- name: logs
  rules:
  - alert: Payments
    expr: pod{namespace="shop"} |= "payment failed"
    x-lethe: {window: 2m, min_lines: 2, group_by: [pod]}
    annotations: {last: '{{ (index $logs 0).Log }}'}
"#;
    let tests = r#"
rule_files: ['r*.yml']
tests:
- input_logs:
  - stream: pod{namespace="shop",pod="web-1",container="app"}
    lines:
    - {time: 70s, log: payment failed for 1}
    - {time: 80s, log: payment done}
    - {time: 90s, log: payment failed for 2}
  - stream: pod{namespace="shop",pod="web-2",container="app"}
    lines: [{time: 70s, log: payment failed for 3}]
  alert_rule_test:
  - {eval_time: 1m, alertname: Payments}
  - eval_time: 2m
    alertname: Payments
    exp_alerts:
    - exp_labels: {namespace: shop, pod: web-1}
      exp_annotations: {last: payment failed for 2}
  - {eval_time: 4m, alertname: Payments}
  promql_expr_test:
  - expr: sum by (pod) (count_over_time(pod{namespace="shop"} |= "failed" [5m]))
    eval_time: 2m
    exp_samples:
    - {labels: '{pod="web-1"}', value: 2}
    - {labels: '{pod="web-2"}', value: 1}
"#;
    let files = [("rules.yml", rules), ("tests.yml", tests)];
    // No Prometheus is needed for that.
    let (code, text) = test(&files, &["--prometheus", "/nowhere", "tests.yml"]);
    assert_eq!(code, Some(0), "{text}");
    // A line moved over the edge of the window is none of it.
    let moved = tests.replace(
        "time: 70s, log: payment failed for 1",
        "time: 0s, log: payment failed for 1",
    );
    let (code, text) = test(
        &[("rules.yml", rules), ("tests.yml", &moved)],
        &["tests.yml"],
    );
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("tests.yml:14:5: test 1: alert `Payments` at 2m"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_tested_is_no_failure_and_no_success() {
    let files = [("rules.yml", RULES), ("tests.yml", TESTS)];
    let (code, text) = test(&files, &["--prometheus", "/nowhere", "tests.yml"]);
    assert_eq!(code, Some(2));
    assert!(
        text.contains("NOT TESTED: tests.yml: test `the second target goes away`: there is no program `/nowhere`"),
        "{text}"
    );
}

#[test]
fn faults_of_files_are_told_with_their_places() {
    let files = [
        ("a.yml", "rule_files: [rules.yml, none.yml]\n"),
        ("b.yml", "tests:\n- input_serie: []\n"),
        (
            "rules.yml",
            "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up ==\n",
        ),
    ];
    let (code, text) = test(&files, &["a.yml", "b.yml", "c.yml"]);
    assert_eq!(code, Some(1));
    for expected in [
        "a.yml: no file is named `none.yml`",
        "rules.yml:5:11: alert `A`:",
        "b.yml:2:3: unknown key `input_serie`, did you mean `input_series`?",
        "c.yml: cannot be read:",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn a_rule_that_cannot_be_evaluated_fails_its_test() {
    let rules = "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: a / on (x) b\n";
    let tests = r#"
rule_files: [rules.yml]
tests:
- input_series:
  - {series: 'a{x="1"}', values: '1'}
  - {series: 'b{x="1",y="1"}', values: '1'}
  - {series: 'b{x="1",y="2"}', values: '1'}
"#;
    let (code, text) = test(
        &[("rules.yml", rules), ("tests.yml", tests)],
        &["tests.yml"],
    );
    assert_eq!(code, Some(1));
    assert!(
        text.contains("test 1: at 0s: rule `A` of group `g`: ") && text.contains("many-to-many"),
        "{text}"
    );
}

/// Ctrl-C in the middle ends what was started, and leaves nothing behind.
#[test]
fn an_interrupt_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let tests = TESTS.replace("eval_time: 9m", "eval_time: 900000m");
    write_files(dir.path(), &[("rules.yml", RULES), ("tests.yml", &tests)]);
    let mut child = command(dir.path(), &["tests.yml"]).spawn().unwrap();
    let tmp = dir.path().join("tmp");
    let has_data = || {
        let mut entries = fs::read_dir(&tmp).unwrap().flatten();
        entries.any(|it| it.path().join("data/wal").exists())
    };
    while !has_data() {
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(fs::read_dir(&tmp).unwrap().count(), 0);
}

/// The examples that come with the program.
#[test]
fn the_rules_of_etc_pass_their_tests() {
    let etc = concat!(env!("CARGO_MANIFEST_DIR"), "/../etc/tests");
    let (host, logs) = (format!("{etc}/host.yml"), format!("{etc}/logs.yml"));
    let (code, text) = test(&[], &[&host, &logs]);
    assert_eq!(code, Some(0), "{text}");
}
