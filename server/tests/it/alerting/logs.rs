//! Rules over lines, in the Lethe inside the server.

use super::support::{Evaluation, rules};
use crate::log_databases::{FakeDatabase, VICTORIALOGS};

const LINES: &str = "2023-11-14T22:13:12.000000Z[shop|web-1|app] payment failed\n2023-11-14T22:13:13.000000Z[shop|web-1|app] all is well\n2023-11-14T22:13:15.000000Z[shop|web-2|app] payment failed again\n";

/// What reads as PromQL too is LetheQL when its group says so.
fn rules_of_lethe(text: &str) -> String {
    rules(text).replace("- name: g\n", "- name: g\n  type: lethe\n")
}

#[tokio::test]
async fn lines_of_a_window_fire_and_are_evidence() {
    let it = Evaluation::start(&[
        ("etc/datasources.yml", "datasources:\n- {name: logs, type: lethe, path: '{dir}/log'}\n"),
        ("log/pod/shop/2023-11-14_22.log", LINES),
        (
            "etc/alertrules/r.yml",
            &rules_of_lethe("  - alert: Failed\n    expr: pod{namespace=\"shop\"} |= \"failed\"\n    annotations: {summary: '{{ $labels.pod }}: {{ $labels.log }}'}\n  - alert: Many\n    expr: sum(count_over_time(pod{namespace=\"shop\"}[1m])) > 2\n"),
        ),
    ])
    .await;
    it.tick().await;
    it.tick().await;
    assert_eq!(it.states("Failed").await, ["firing 2e+00"]);
    let many = it.rule("Many").await;
    assert_eq!(many["health"], "ok", "{many}");
    assert_eq!(it.states("Many").await, ["firing 3e+00"]);
    let notices = it.notices();
    let failed = notices.iter().find(|it| it.rule.name == "Failed").unwrap();
    assert_eq!(
        failed.message.annotations.get("summary"),
        Some("web-2: payment failed again")
    );
    let lines = &failed.lines.as_ref().unwrap().rows;
    assert_eq!((lines.len(), lines[1].log.as_str()), (2, "payment failed"));
    // They leave the window after a minute.
    for _ in 0..7 {
        it.tick().await;
    }
    assert_eq!(it.states("Failed").await, [""; 0]);
}

#[tokio::test]
async fn a_rule_over_lines_is_tested_against_the_past() {
    let failed = "  - alert: Failed\n    expr: pod{namespace=\"shop\"} |= \"failed\"\n";
    let it = Evaluation::start(&[
        (
            "etc/datasources.yml",
            "datasources:\n- {name: logs, type: lethe, path: '{dir}/log'}\n",
        ),
        ("log/pod/shop/2023-11-14_22.log", LINES),
        ("etc/alertrules/r.yml", &rules_of_lethe(failed)),
    ])
    .await;
    // Lines of 22:13:12 and :15, and a window of a minute.
    let range = "start=1699999980&end=1700000100";
    let path = format!("/api/v1/rules/backtest?rule_name[]=Failed&{range}");
    let (status, body) = it.app.json(&path).await;
    assert_eq!(status, 200, "{body}");
    let datasource = &body["data"]["datasources"][0];
    assert_eq!(datasource["error"], serde_json::Value::Null, "{body}");
    let alert = &datasource["alerts"][0];
    assert_eq!(alert["labels"]["alertname"], "Failed");
    let firing = serde_json::json!([
        {"state": "firing", "from": 1_700_000_000.0, "to": 1_700_000_050.0}
    ]);
    assert_eq!(alert["stretches"], firing);
}

#[tokio::test]
async fn numbers_of_victorialogs_fire_as_samples_do() {
    let database = FakeDatabase::start(VICTORIALOGS).await;
    let datasources = format!(
        "datasources:\n- {{name: logs, type: victorialogs, url: '{}/prefix'}}\n",
        database.url
    );
    let query = "error | stats by (a) count() n | filter n:>2";
    let rules = rules(&format!(
        "  - alert: Errors\n    expr: '{query}'\n    annotations: {{summary: '{{{{ $value }}}} errors of {{{{ $labels.a }}}}'}}\n"
    ));
    let it = Evaluation::start(&[
        ("etc/datasources.yml", &datasources),
        (
            "etc/alertrules/r.yml",
            &rules.replace("- name: g\n", "- name: g\n  type: vlogs\n"),
        ),
    ])
    .await;
    it.tick().await;
    assert_eq!(it.states("Errors").await, ["firing 3e+00"]);
    let asked = format!("/select/logsql/stats_query query={query}&time=1700000010000000000");
    assert!(database.asked().contains(&asked));
    let notices = it.notices();
    let annotations = &notices[0].message.annotations;
    assert_eq!(annotations.get("summary"), Some("3 errors of b"));
    assert_eq!(notices[0].datasource, "logs");
}
