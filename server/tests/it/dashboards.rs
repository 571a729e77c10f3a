//! Dashboard files: order, titles, and faults that cost one dashboard and nothing else.

use serde_json::json;

use crate::support::TestApp;

const NO_DATASOURCES: (&str, &str) = ("etc/datasources.yml", "datasources: []\n");

#[tokio::test]
async fn dashboards_are_answered_as_they_are_written() {
    let app = TestApp::start(&[
        NO_DATASOURCES,
        (
            "etc/dashboards/node.yml",
            "title: Node
rows:
- panels:
  - title: load
    type: time_series
    chartOptions: {yMax: 120}
    targets:
    - expr: node_load1{node=~\"$node\"}
      legend: '{{node}}'
",
        ),
    ])
    .await;
    let (status, body) = app.json("/api/v1/dashboards").await;
    assert_eq!(status, 200);
    assert_eq!(
        body,
        json!([{"title": "Node", "rows": [{"panels": [{
            "title": "load",
            "type": "time_series",
            "chartOptions": {"yMax": 120.0},
            "targets": [{"expr": "node_load1{node=~\"$node\"}", "legend": "{{node}}"}],
        }]}]}])
    );
}

#[tokio::test]
async fn the_order_is_top_level_first_then_folders_by_name() {
    let app = TestApp::start(&[
        NO_DATASOURCES,
        ("etc/dashboards/user/b.yml", "title: user b"),
        ("etc/dashboards/common/z.yaml", "title: common z"),
        ("etc/dashboards/c.yml", "title: c"),
        ("etc/dashboards/b.yaml", "title: b"),
        ("etc/dashboards/readme.md", "no dashboard"),
        (
            "etc/dashboards/..data/b.yml",
            "title: of a mounted ConfigMap",
        ),
        ("etc/dashboards/.hidden.yml", "title: hidden"),
        ("etc/dashboards/common/deeper/x.yml", "title: too deep"),
    ])
    .await;
    let (_, body) = app.json("/api/v1/dashboards").await;
    let titles: Vec<_> = body
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["title"].clone())
        .collect();
    assert_eq!(titles, ["b", "c", "common z", "user b"]);
    let (_, status) = app.json("/api/v1/status/config").await;
    assert_eq!(status["data"]["faults"], json!([]));
}

#[tokio::test]
async fn a_faulty_file_is_listed_with_its_place_and_the_others_load() {
    let app = TestApp::start(&[
        NO_DATASOURCES,
        ("etc/dashboards/a.yml", "title: A\n"),
        (
            "etc/dashboards/b.yml",
            "title: B\nrows:\n- panels:\n  - title: x\n    type: pie\n",
        ),
        ("etc/dashboards/c.yml", "title: C\nrows:\n- panles: []\n"),
        ("etc/dashboards/d.yml", ""),
        ("etc/dashboards/e.yml", "title: A\n"),
    ])
    .await;
    let (_, body) = app.json("/api/v1/dashboards").await;
    assert_eq!(body, json!([{"title": "A"}, {"title": "A (2)"}]));
    let (_, body) = app.json("/api/v1/status/config").await;
    assert_eq!(
        body["data"]["faults"],
        json!([
            {
                "file": "dashboards/b.yml", "line": 5, "column": 11, "severity": "error",
                "message": "unknown panel type `pie`, expected one of `time_series`, `stat`, `piechart`, `table`, `multitable`, `logs`",
                "excerpt": "3 | - panels:\n4 |   - title: x\n5 |     type: pie\n  |           ^",
            },
            {
                "file": "dashboards/c.yml", "line": 3, "column": 3, "severity": "error",
                "message": "unknown key `panles`, did you mean `panels`? Known here: `title`, `panels`",
                "excerpt": "1 | title: C\n2 | rows:\n3 | - panles: []\n  |   ^",
            },
            {"file": "dashboards/d.yml", "line": 1, "column": 1, "severity": "error", "message": "the file is empty"},
            {
                "file": "dashboards/e.yml", "line": 1, "column": 8, "severity": "warning",
                "message": "the title `A` is taken: shown as `A (2)`",
                "excerpt": "1 | title: A\n  |        ^",
            },
        ])
    );
}

#[tokio::test]
async fn no_dashboards_at_all_is_a_fault() {
    let only_others = ("etc/dashboards/readme.md", "");
    for files in [&[NO_DATASOURCES][..], &[NO_DATASOURCES, only_others]] {
        let app = TestApp::start(files).await;
        let (_, body) = app.json("/api/v1/status/config").await;
        let message = "no dashboard file here: add one, such as `host.yml`";
        assert_eq!(
            body["data"]["faults"],
            json!([{"file": "dashboards", "severity": "warning", "message": message}])
        );
    }
}

#[tokio::test]
async fn optional_keys_without_a_value_are_as_good_as_missing() {
    let text = "title: A\nrows:\n- panels:\n  - targets:\n    - expr: up\n      legend:\n      columns:\n- panels:\n";
    let app = TestApp::start(&[NO_DATASOURCES, ("etc/dashboards/a.yml", text)]).await;
    let (_, body) = app.json("/api/v1/status/config").await;
    assert_eq!(body["data"]["faults"], json!([]));
}
