//! Alerts as series for `/metrics`: `ALERTS` and `ALERTS_FOR_STATE` as Prometheus stores them, so
//! that rules which ask for those work wherever this server is scraped with `honor_labels`.

use std::fmt::Write;

use venti_alert::engine::{ActiveAlert, AlertState};

use super::Alerting;

/// How often states of alerts could not be written to disk.
const STORE_FAILURES: &str = "venti_alert_store_failures_total";

/// More alerts are not exposed: whoever scrapes must not choke on them.
const MAX_ALERTS: usize = 10_000;

impl Alerting {
    /// The series in Prometheus' text format.
    pub(crate) fn expose(&self) -> String {
        let (mut alerts, mut since, mut rounds) = (String::new(), String::new(), String::new());
        let mut count = 0;
        for group in self.groups.all() {
            let running = group.look();
            let name = format!(
                "{};{}",
                running.definition.file, running.definition.group.name
            );
            for (metric, value) in [
                ("venti_rule_evaluations_total", running.evaluations),
                ("venti_rule_evaluation_failures_total", running.failures),
                ("venti_rule_group_iterations_missed_total", running.missed),
            ] {
                line(
                    &mut rounds,
                    metric,
                    [("rule_group", name.as_str())],
                    value as f64,
                );
            }
            let states = running.instances.iter().flat_map(|it| it.state.alerts());
            for (_, alert) in states.filter(|(_, it)| it.state != AlertState::Inactive) {
                count += 1;
                if count > MAX_ALERTS {
                    break;
                }
                let state = match alert.state {
                    AlertState::Pending => "pending",
                    _ => "firing",
                };
                let of_state = [("alertstate", state)].into_iter();
                line(&mut alerts, "ALERTS", labels(alert).chain(of_state), 1.0);
                let at = (alert.active_at.seconds()).floor();
                line(&mut since, "ALERTS_FOR_STATE", labels(alert), at);
            }
        }
        let mut text = String::new();
        if let Some(store) = self.store() {
            let failures = store.failures();
            let _ = writeln!(
                text,
                "# TYPE {STORE_FAILURES} counter\n{STORE_FAILURES} {failures}"
            );
        }
        for (name, kind, lines) in [
            ("ALERTS", "gauge", alerts),
            ("ALERTS_FOR_STATE", "gauge", since),
        ] {
            if !lines.is_empty() {
                let _ = write!(text, "# TYPE {name} {kind}\n{lines}");
            }
        }
        text + &rounds
    }
}

fn labels(alert: &ActiveAlert) -> impl Iterator<Item = (&str, &str)> {
    alert.labels.iter()
}

fn line<'a>(
    text: &mut String,
    name: &str,
    labels: impl IntoIterator<Item = (&'a str, &'a str)>,
    value: f64,
) {
    text.push_str(name);
    let mut before = '{';
    for (name, value) in labels {
        let value = value
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n");
        // Writing to a text does not fail.
        let _ = write!(text, "{before}{name}=\"{value}\"");
        before = ',';
    }
    let _ = writeln!(text, "}} {value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_labels_are_escaped() {
        let mut text = String::new();
        line(&mut text, "A", [("a", "x\"\n\\y"), ("b", "")], 2.5);
        assert_eq!(text, "A{a=\"x\\\"\\n\\\\y\",b=\"\"} 2.5\n");
    }
}
