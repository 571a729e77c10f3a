//! How long templates take, on one core: `cargo bench -p venti-template`.
//!
//! The budget behind it: the annotations of 5,000 rules with 20 alerts each
//! are rendered anew in every round of evaluation.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports, and may fail"
)]

use std::hint::black_box;
use std::time::Instant;

use venti_model::labels::Labels;
use venti_template::{Data, Queries, Template};

const ROUNDS: u32 = 200_000;

fn main() {
    let labels = Labels::from_iter([
        ("__name__", "kube_pod_container_status_waiting_reason"),
        ("container", "app"),
        ("instance", "10.0.0.1:8080"),
        ("job", "kube-state-metrics"),
        ("namespace", "default"),
        ("pod", "web-7d4b9c7f6d-x0017"),
        ("reason", "CrashLoopBackOff"),
    ]);
    let data = Data {
        labels: &labels,
        external_labels: &Labels::default(),
        external_url: "https://venti.example",
        value: 1_234.567,
        histogram: None,
        datasource: "main",
        active_at: Default::default(),
        logs: &[],
        now: Default::default(),
    };
    println!("{:<44}{:>10}", "", "µs");
    for (name, text) in [
        (
            "text only",
            "Alertmanager instances have different configurations.",
        ),
        (
            "two labels",
            "Pod {{ $labels.namespace }}/{{ $labels.pod }} has been in a non-ready state for longer than 15 minutes.",
        ),
        (
            "two labels and a humanized value",
            "Pod {{ $labels.namespace }}/{{ $labels.pod }} restarts {{ $value | humanize }} times.",
        ),
        (
            "printf",
            "CPU of {{ $labels.instance }} is at {{ printf \"%.2f\" $value }}%.",
        ),
        (
            "all labels",
            "VALUE = {{ $value }}\n  LABELS = {{ $labels }}",
        ),
        (
            "if, else if, else",
            "{{ if gt $value 100.0 }}big{{ else if lt $value 1.0 }}small{{ else }}mid{{ end }}",
        ),
    ] {
        let template = Template::parse("T", text).unwrap();
        let queries = Queries::default();
        println!(
            "{:<44}{:>10.2}",
            format!("render: {name}"),
            microseconds(|| template.render(black_box(&data), &queries))
        );
        println!(
            "{:<44}{:>10.2}",
            format!("parse: {name}"),
            microseconds(|| Template::parse("T", black_box(text)))
        );
    }
}

/// The best of five, each the mean of many.
fn microseconds<T>(mut run: impl FnMut() -> T) -> f64 {
    (0..5)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..ROUNDS {
                black_box(run());
            }
            start.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS)
        })
        .fold(f64::INFINITY, f64::min)
}
