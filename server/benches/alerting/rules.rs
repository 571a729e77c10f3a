//! The configuration: many rules on one Prometheus, and one more that is watched closely.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Of all groups but one.
pub(crate) const INTERVAL: Duration = Duration::from_secs(10);

/// Of the group of the alert that is made to fire and to end.
pub(crate) const PROBE_INTERVAL: Duration = Duration::from_secs(1);

/// How many rules of each group have a sample.
pub(crate) const ALERTS_PER_GROUP: usize = 20;

const GROUPS: usize = 200;
const RULES_PER_GROUP: usize = 25;

/// Writes `etc/` below `dir`. Everything that is asked or told is below the URL.
pub(crate) fn write(dir: &Path, outside: &str) {
    let etc = dir.join("etc");
    fs::create_dir_all(etc.join("alertrules")).unwrap();
    let write = |name: &str, text: &str| fs::write(etc.join(name), text).unwrap();
    write("venti.yml", "auth: anonymous\n");
    write(
        "datasources.yml",
        &format!("datasources:\n- {{name: p, type: prometheus, url: '{outside}/prometheus'}}\n"),
    );
    write("alerting.yml", &alerting(outside));
    write("alertrules/bench.yml", &rules());
}

fn alerting(outside: &str) -> String {
    format!(
        "alerting:
  evaluation_interval: {}s
  alertmanagers:
  - static_configs: [{{targets: ['{outside}/alertmanager']}}]
  receivers:
  - name: hook
    match: {{alertname: Probe}}
    group_wait: 0s
    group_interval: 0s
    webhook: {{url: '{outside}/hook'}}
",
        INTERVAL.as_secs()
    )
}

fn rules() -> String {
    let mut text = "groups:\n".to_owned();
    let probe = PROBE_INTERVAL.as_secs();
    let _ = writeln!(
        text,
        "- name: probe\n  interval: {probe}s\n  rules:\n  - {{alert: Probe, expr: probe > 0}}"
    );
    for group in 0..GROUPS {
        let _ = writeln!(text, "- name: group-{group}\n  rules:");
        for rule in 0..RULES_PER_GROUP {
            let _ = writeln!(
                text,
                "  - alert: Alert{rule}
    expr: rate(requests_total{{group=\"{group}\"}}[5m]) > {rule}
    labels: {{severity: warning, team: platform}}
    annotations:
      summary: '{{{{ $labels.namespace }}}}/{{{{ $labels.pod }}}} is slow'
      description: 'Pod {{{{ $labels.pod }}}} answers {{{{ $value | humanize }}}} requests a second'"
            );
        }
    }
    text
}
