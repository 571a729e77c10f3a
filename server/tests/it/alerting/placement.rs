//! Which datasources rules ask, and what is said of those that ask none.

use serde_json::json;

use super::support::{Evaluation, FakePrometheus, prometheus, rules};

const UP: &str = "  - alert: Up\n    expr: up\n";

#[tokio::test]
async fn a_rule_without_a_datasource_says_why() {
    let source = FakePrometheus::start().await;
    let named = "  - alert: Named\n    expr: up\n    x-lethe: {datasource: elsewhere}\n";
    let logs = rules("  - alert: Logs\n    expr: pod{namespace=\"shop\"}\n");
    let logs = logs.replace("- name: g\n", "- name: g\n  type: lethe\n");
    let selected = UP.replace("Up", "Selected");
    let selected = format!("datasourceSelector: {{name: nobody}}\n{}", rules(&selected));
    let it = Evaluation::start(&[
        ("etc/datasources.yml", &prometheus(&source.url)),
        ("etc/alertrules/a.yml", &rules(&format!("{UP}{named}"))),
        ("etc/alertrules/b.yml", &selected),
        ("etc/alertrules/c.yml", &logs),
    ])
    .await;
    it.tick().await;
    assert_eq!(it.rule("Up").await["health"], "ok");
    let (_, body) = it.app.json("/api/v1/status/config").await;
    let faults = body["data"]["faults"].as_array().unwrap();
    for (rule, file, reason) in [
        (
            "Named",
            "a",
            "there is no datasource `elsewhere` of the type `prometheus`",
        ),
        (
            "Selected",
            "b",
            "`datasourceSelector` selects no datasource of the type `prometheus`",
        ),
        ("Logs", "c", "there is no datasource of the type `lethe`"),
    ] {
        let reason = format!("{reason}: the rule is not evaluated");
        let listed = it.rule(rule).await;
        assert_eq!(
            (&listed["health"], &listed["lastError"]),
            (&json!("unknown"), &json!(reason))
        );
        let file = format!("alertrules/{file}.yml");
        let fault = faults
            .iter()
            .find(|it| it["file"] == file.as_str())
            .unwrap();
        assert_eq!(fault["message"], format!("1 of its rules: {reason}"));
        assert_eq!(fault["severity"], "warning");
    }
}
