//! The engine's own work in one round of 5 000 rules in 200 groups, with 20 alerts for each group
//! and with 20 for each rule: `cargo bench -p venti-alert`.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::time::{Duration, Instant};

use venti_alert::Timestamp;
use venti_alert::engine::{Context, Outcome, Resend, RuleState, Sample};
use venti_alert::message::postable;
use venti_alert::rule::{OnError, RuleFile};
use venti_alert::rulefile;
use venti_model::labels::Labels;
use venti_template::Queries;

const GROUPS: usize = 200;
const RULES_PER_GROUP: usize = 25;
const ROUNDS: i64 = 20;

fn main() {
    let begin = Instant::now();
    let file = rulefile::read("bench.yml", &yaml());
    let alerts = file.groups.iter().flat_map(|it| it.alerts()).count();
    println!("{alerts} rules read in {:?}", begin.elapsed());
    run("20 alerts per group", &file, |rule| usize::from(rule < 20));
    run("20 alerts per rule", &file, |_| 20);
}

fn yaml() -> String {
    let mut text = "groups:\n".to_owned();
    for group in 0..GROUPS {
        text += &format!("- name: group-{group}\n  interval: 15s\n  rules:\n");
        for rule in 0..RULES_PER_GROUP {
            text += &format!(
                "  - alert: Alert{rule}\n    expr: rate(requests_total{{group=\"{group}\"}}[5m]) > {rule}\n    for: 5m\n    labels: {{severity: warning, team: platform}}\n    annotations:\n      summary: '{{{{ $labels.namespace }}}}/{{{{ $labels.pod }}}} is slow'\n      description: 'Pod {{{{ $labels.pod }}}} answers {{{{ $value | humanize }}}} requests a second'\n"
            );
        }
    }
    text
}

fn samples(group: usize, rule: usize, count: usize, round: i64) -> Vec<Sample> {
    let sample = |index: usize| Sample {
        labels: Labels::from_iter([
            ("__name__", "requests_total".to_owned()),
            ("cluster", "production".to_owned()),
            ("container", "application".to_owned()),
            ("group", group.to_string()),
            ("instance", format!("10.0.{group}.{index}:8080")),
            ("job", "kubernetes-pods".to_owned()),
            ("namespace", format!("namespace-{rule}")),
            ("pod", format!("application-6bd9c7f8d5-{index:05}")),
        ]),
        value: index as f64 + round as f64 / 10.0,
        histogram: None,
        lines: None,
    };
    (0..count).map(sample).collect()
}

fn run(name: &str, file: &RuleFile, alerts_of: fn(usize) -> usize) {
    let (external, queries) = (Labels::default(), Queries::default());
    let context = Context {
        datasource: "main",
        labels_datasource: false,
        external_labels: &external,
        external_url: "http://venti.example",
        queries: &queries,
        limit: 0,
    };
    let resend = Resend {
        delay: Duration::from_secs(60),
        interval: Duration::from_secs(15),
        on_error: OnError::Hold,
        hold_max: Duration::from_secs(3600),
    };
    let rules = || {
        let groups = file.groups.iter().enumerate();
        groups.flat_map(|(group, it)| {
            let rules = it.alerts().enumerate();
            rules.map(move |(nth, rule)| (group, nth, rule))
        })
    };
    let before = resident();
    let mut states: Vec<RuleState> = rules().map(|_| RuleState::default()).collect();
    let (mut ticks, mut sends) = (Vec::new(), Vec::new());
    let mut sent = 0;
    for round in 0..ROUNDS {
        let at = Timestamp::from_seconds((1_700_000_000 + 15 * round * 5) as f64);
        let (mut ticking, mut sending) = (Duration::ZERO, Duration::ZERO);
        for ((group, nth, rule), state) in rules().zip(&mut states) {
            let samples = samples(group, nth, alerts_of(nth), round);
            let begin = Instant::now();
            let ticked = state.tick(rule, &context, at, Outcome::Samples(&samples));
            let due = state.take_due(at, &resend);
            ticking += begin.elapsed();
            assert!(ticked.is_ok());
            let begin = Instant::now();
            let alerts = due.iter().filter_map(|it| state.get(*it));
            sent += alerts
                .filter_map(|it| postable(rule, &context, it, &[]).ok()?)
                .count();
            sending += begin.elapsed();
        }
        ticks.push(ticking);
        sends.push(sending);
    }
    let after = resident();
    let alerts: usize = states.iter().map(|it| it.alerts().count()).sum();
    println!("{name}, {alerts} alerts:");
    println!("  states and what is due: {:?}", median(&mut ticks));
    println!(
        "  messages when all are due: {:?}, {sent} in all",
        median(&mut sends)
    );
    println!("  memory: {} MiB", (after.saturating_sub(before)) >> 20);
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Resident memory in bytes, where the system tells.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text
        .split(' ')
        .nth(1)
        .and_then(|it| it.parse::<usize>().ok());
    pages.unwrap_or(0) * 4096
}
