//! Numbers against a reference that looks at every line for every instant, and
//! answers in the shape of Prometheus.

use std::collections::BTreeMap;
use std::path::Path;

use lethe::store::{LogWriter, Record};
use lethe::{Lethe, Options};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixture;
use super::support::{get, open, url};

/// 2009-11-10T21:00:00Z
const BASE: i64 = 1_257_886_800;

fn matrix(root: &Path, query: &str, start: i64, end: i64, step: i64) -> Value {
    let (start, end) = (start.to_string(), end.to_string());
    let step = step.to_string();
    let params = [
        ("query", query),
        ("start", &start),
        ("end", &end),
        ("step", &step),
    ];
    let lethe = Lethe::open(Options::new(root));
    get(lethe, &url("/api/v1/query_range", &params)).json()
}

/// Seconds since [`BASE`], pod, container.
type Line = (i64, u8, u8);

/// Which lines are in the window, by the labels that stay.
fn counts(
    lines: &[Line],
    at: i64,
    window: i64,
    keep: impl Fn(&Line) -> Value,
) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::new();
    for line in lines {
        if at - window < line.0 && line.0 <= at {
            *counts.entry(keep(line).to_string()).or_insert(0.0) += 1.0;
        }
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn windows_slide_as_the_reference_does(
        lines in prop::collection::vec((0i64..7_200, 0u8..3, 0u8..2), 0..60),
        start in -300i64..7_500,
        length in -100i64..4_000,
        step in 1i64..900,
        window in 1i64..1_200,
    ) {
        let root = tempfile::tempdir().unwrap();
        let writer = LogWriter::open(root.path()).unwrap();
        for (second, pod, container) in &lines {
            let (pod, container) = (format!("p{pod}"), format!("c{container}"));
            let record = Record::Pod { namespace: "ns", pod: &pod, container: &container };
            let time = chrono::DateTime::from_timestamp(BASE + second, 0).unwrap();
            writer.append(&record, time, "x").unwrap();
        }
        let count = format!(r#"count_over_time(pod{{namespace="ns"}} |= "x" [{window}s])"#);
        let instants: Vec<i64> = (start..=start + length).step_by(step as usize).collect();
        let all = |it: &Line| json!({
            "container": format!("c{}", it.2), "namespace": "ns", "pod": format!("p{}", it.1),
        });
        let pod = |it: &Line| json!({ "pod": format!("p{}", it.1) });
        let none = |_: &Line| json!({});
        type Reference<'r> = Box<dyn Fn(i64) -> BTreeMap<String, f64> + 'r>;
        let cases: Vec<(String, Reference)> = vec![
            (count.clone(), Box::new(|at| counts(&lines, at, window, all))),
            (format!("sum by (pod) ({count})"), Box::new(|at| counts(&lines, at, window, pod))),
            (format!("sum({count}) > 2"), Box::new(|at| {
                let mut counts = counts(&lines, at, window, none);
                counts.retain(|_, it| *it > 2.0);
                counts
            })),
            (format!("2 * sum without (container, namespace) ({count})"), Box::new(|at| {
                let mut counts = counts(&lines, at, window, pod);
                counts.values_mut().for_each(|it| *it *= 2.0);
                counts
            })),
            (format!("count({count})"), Box::new(|at| {
                let count = counts(&lines, at, window, all).len();
                (count > 0).then(|| ("{}".to_owned(), count as f64)).into_iter().collect()
            })),
            (format!("max({count})"), Box::new(|at| {
                let max = counts(&lines, at, window, all).into_values().fold(0.0, f64::max);
                (max > 0.0).then(|| ("{}".to_owned(), max)).into_iter().collect()
            })),
        ];
        for (query, reference) in cases {
            let mut expected: BTreeMap<String, Vec<Value>> = BTreeMap::new();
            for at in &instants {
                for (labels, value) in reference(*at) {
                    let point = json!([BASE + at, value.to_string()]);
                    expected.entry(labels).or_default().push(point);
                }
            }
            let expected: Vec<Value> = expected
                .into_iter()
                .map(|(labels, values)| {
                    let metric: Value = serde_json::from_str(&labels).unwrap();
                    json!({ "metric": metric, "values": values })
                })
                .collect();
            let found = matrix(root.path(), &query, BASE + start, BASE + start + length, step);
            prop_assert_eq!(&found["data"]["result"], &Value::Array(expected), "{}", query);
        }
    }
}

fn ask(root: &Path, path: &str, params: &[(&str, &str)]) -> String {
    get(open(root), &url(path, params)).body
}

#[test]
fn answers_have_the_shape_of_prometheus() {
    let root = tempfile::tempdir().unwrap();
    fixture::write(root.path());
    let pods = r#"pod{namespace="namespace01"}"#;
    // Of the ten lines in the last two minutes none lies at 22:58 any more.
    let query = format!("sum by (container) (count_over_time({pods}[2m])) >= 1");
    assert_eq!(
        ask(root.path(), "/api/v1/query", &[("query", &query)]),
        concat!(
            r#"{"data":{"result":[{"metric":{"container":"nginx"},"value":[1257894000,"2"]}],"#,
            r#""resultType":"vector"},"status":"success"}"#,
        )
    );
    let query = format!("sum(rate({pods}[4m]))");
    let params = [
        ("query", query.as_str()),
        ("start", "1257893820.5"),
        ("end", "1257894000"),
        ("step", "1m"),
    ];
    assert_eq!(
        ask(root.path(), "/api/v1/query_range", &params),
        concat!(
            r#"{"data":{"result":[{"metric":{},"values":[[1257893820.5,"0.025"],"#,
            r#"[1257893880.5,"0.0375"],[1257893940.5,"0.04583333333333333"]]}],"#,
            r#""resultType":"matrix"},"status":"success"}"#,
        )
    );
    let query = format!("topk(1, sum by (container) (count_over_time({pods}[1h]))) / 0 == bool 1");
    assert_eq!(
        ask(root.path(), "/api/v1/query", &[("query", &query)]),
        concat!(
            r#"{"data":{"result":[{"metric":{"container":"httpd"},"value":[1257894000,"0"]}],"#,
            r#""resultType":"vector"},"status":"success"}"#,
        )
    );
}

#[test]
fn fields_group_counts() {
    let root = tempfile::tempdir().unwrap();
    let writer = LogWriter::open(root.path()).unwrap();
    let record = Record::Node {
        node: "n",
        process: "p",
    };
    for (second, message) in [
        r#"{"level":"error","status":503}"#,
        r#"{"level":"info","status":200}"#,
        r#"{"level":"info","status":200}"#,
        r#"{"level":"info"}"#,
        "ERROR no JSON",
    ]
    .into_iter()
    .enumerate()
    {
        let time = chrono::DateTime::from_timestamp(BASE + second as i64, 0).unwrap();
        writer.append(&record, time, message).unwrap();
    }
    for (query, expected) in [
        (
            r#"sum by (status) (count_over_time(node{node="n"} | json [1m]))"#,
            json!([[{}, "2"], [{"status": "200"}, "2"], [{"status": "503"}, "1"]]),
        ),
        (
            r#"sum by (level) (count_over_time(node{node="n"}[1m]))"#,
            json!([[{"level": "error"}, "2"], [{"level": "info"}, "3"]]),
        ),
        (
            r#"max by (status) (count_over_time(node{node="n"} | json | status > 0 [1m])) > 1"#,
            json!([[{"status": "200"}, "2"]]),
        ),
        (
            r#"count_over_time(node{node="n"} | json | level = "info" [1m])"#,
            json!([[{"node": "n", "process": "p"}, "3"]]),
        ),
    ] {
        let params = [("query", query), ("time", "1257886830")];
        let answer = get(open(root.path()), &url("/api/v1/query", &params)).json();
        let series = answer["data"]["result"].as_array().unwrap();
        let found: Vec<Value> = series
            .iter()
            .map(|it| json!([it["metric"], it["value"][1]]))
            .collect();
        assert_eq!(Value::Array(found), expected, "{query}");
    }
}

#[test]
fn what_is_too_much_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let writer = LogWriter::open(root.path()).unwrap();
    let time = chrono::DateTime::from_timestamp(BASE, 0).unwrap();
    for number in 0..100 {
        let process = number.to_string();
        let record = Record::Node {
            node: "n",
            process: &process,
        };
        writer.append(&record, time, "x").unwrap();
    }
    let count = r#"count_over_time(node{node="n"}[1h])"#;
    let error = |query: &str, step: &str| {
        let params = [
            ("query", query),
            ("start", "1257886800"),
            ("end", "1257897000"),
            ("step", step),
        ];
        let reply = get(open(root.path()), &url("/api/v1/query_range", &params));
        (reply.status, reply.error())
    };
    let (status, text) = error(count, "0.5");
    assert_eq!(
        (status, text.as_str()),
        (
            400,
            "more than 11000 points: use a longer step or a shorter range"
        )
    );
    let (status, text) = error(count, "1");
    assert_eq!(
        (status, text.as_str()),
        (
            400,
            "more than 1000000 points in all series: sum by fewer labels or use a longer step"
        )
    );
    assert_eq!(error(&format!("sum({count})"), "1").0, 200);
    for step in ["0", "-1", "x", "NaN"] {
        assert_eq!(error(count, step).0, 400, "{step}");
    }
}
