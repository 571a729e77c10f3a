//! Log rules: lines in, alerts out.

use std::time::Duration;

use venti_alert::Timestamp;
use venti_alert::engine::{AlertState, Outcome, RuleState};
use venti_alert::lines::{MAX_LINES, SentLines, Window, default_window, samples};
use venti_alert::rule::AlertRule;
use venti_model::answer::LogRow;

use crate::support::{at, context, labels, rule};

fn log_rule(extension: &str) -> AlertRule {
    rule(&format!(
        "  - alert: Errors\n    expr: 'pod{{namespace=\"shop\",pod=~\"web.*\"}} |= \"error\"'\n    annotations: {{s: '{{{{ $labels.pod }}}}: {{{{ $labels.log }}}} ({{{{ $value }}}}){{{{ range $logs }}}} {{{{ .Log }}}}{{{{ end }}}}'}}\n    x-lethe: {{{extension}}}\n"
    ))
}

fn row(seconds: i64, pod: &str, log: &str) -> LogRow {
    LogRow {
        time: at(seconds).to_rfc3339(),
        namespace: Some("shop".into()),
        pod: Some(pod.into()),
        container: Some("app".into()),
        log: log.into(),
        ..LogRow::default()
    }
}

fn window(rule: &AlertRule) -> Window {
    Window::of(rule, Duration::from_secs(15), at(100))
}

#[test]
fn the_window_slides_and_holds_its_end_only() {
    let rule = log_rule("window: 1m");
    let window = window(&rule);
    assert_eq!((window.start, window.end), (at(40), at(100)));
    let count = |seconds| samples(&rule, window, &[row(seconds, "web-1", "x")]).len();
    assert_eq!([40, 41, 100, 101].map(count), [0, 1, 1, 0]);
    assert_eq!(
        default_window(Duration::from_secs(15)),
        Duration::from_secs(60)
    );
    assert_eq!(
        default_window(Duration::from_secs(45)),
        Duration::from_secs(90)
    );
    let unreadable = LogRow {
        time: "yesterday".into(),
        ..row(50, "web-1", "x")
    };
    assert_eq!(samples(&rule, window, &[unreadable]), []);
}

#[test]
fn identity_is_what_the_selector_and_group_by_say() {
    let rule = log_rule("min_lines: 2, group_by: [pod]");
    let rows = [
        row(80, "web-1", "a"),
        row(90, "web-1", "b"),
        row(95, "web-2", "c"),
        row(70, "web-1", "0"),
    ];
    let found = samples(&rule, window(&rule), &rows);
    assert_eq!(found.len(), 1, "web-2 has one line only");
    assert_eq!(
        found[0].labels,
        labels(&[("namespace", "shop"), ("pod", "web-1")])
    );
    assert_eq!(found[0].value, 3.0);
    let lines = found[0].lines.as_ref().unwrap();
    let texts: Vec<_> = lines.rows.iter().map(|it| it.log.as_str()).collect();
    assert_eq!(texts, ["b", "a", "0"], "the newest first");
}

#[test]
fn new_lines_are_the_same_alert_and_its_words_show_them() {
    let rule = log_rule("");
    let mut state = RuleState::default();
    for rows in [
        vec![row(90, "web-1", "old")],
        vec![row(90, "web-1", "old"), row(99, "web-2", "new")],
    ] {
        let samples = samples(&rule, window(&rule), &rows);
        state
            .tick(&rule, &context(), at(100), Outcome::Samples(&samples))
            .unwrap();
    }
    let alerts: Vec<_> = state.alerts().collect();
    assert_eq!(alerts.len(), 1);
    let alert = alerts[0].1;
    assert_eq!(alert.state, AlertState::Firing);
    assert_eq!(
        alert.labels,
        labels(&[("alertname", "Errors"), ("namespace", "shop")])
    );
    let words = context().annotations(&rule, alert).unwrap();
    assert_eq!(words.get("s"), Some("web-2: new (2) new old"));
}

#[test]
fn a_count_that_was_cut_says_so() {
    let rule = log_rule("");
    let rows = vec![row(90, "web-1", "x"); MAX_LINES + 1];
    let samples = samples(&rule, window(&rule), &rows);
    assert_eq!(samples[0].value, 1000.0);
    assert_eq!(samples[0].lines.as_ref().unwrap().rows.len(), 50);
    let mut state = RuleState::default();
    state
        .tick(&rule, &context(), at(100), Outcome::Samples(&samples))
        .unwrap();
    assert_eq!(state.alerts().next().unwrap().1.value_text(), ">= 1000");
}

#[test]
fn told_lines_are_not_told_again() {
    let mut sent = SentLines::default();
    let first = [row(90, "web-1", "b"), row(80, "web-1", "a")];
    assert_eq!(sent.unsent(&first).len(), 2);
    sent.record(&first);
    let late = [
        row(95, "web-1", "c"),
        row(90, "web-1", "b"),
        row(85, "web-1", "late"),
        row(90, "web-2", "b"),
    ];
    let sent: SentLines = serde_json::from_str(&serde_json::to_string(&sent).unwrap()).unwrap();
    let new: Vec<_> = sent
        .unsent(&late)
        .into_iter()
        .map(|it| it.log.as_str())
        .collect();
    assert_eq!(new, ["c", "late", "b"]);
}

#[test]
fn times_are_compared_as_moments() {
    let rule = log_rule("window: 1m");
    let zoned = LogRow {
        time: "1970-01-01T09:01:00+09:00".into(),
        ..row(0, "web-1", "x")
    };
    assert_eq!(samples(&rule, window(&rule), &[zoned]).len(), 1);
    assert_eq!(Timestamp::from_seconds(60.0), at(60));
}
