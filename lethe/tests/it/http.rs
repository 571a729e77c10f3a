//! The bodies that clients depend on byte for byte, and the edges of the API.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use lethe::{Lethe, Options};

use super::fixture;
use super::support::{get, open, request, test_clock, url};

fn with_fixture(check: impl Fn(&Path)) {
    let root = tempfile::tempdir().unwrap();
    fixture::write(root.path());
    check(root.path());
}

#[test]
fn rows_keep_the_order_of_their_keys() {
    with_fixture(|root| {
        let reply = get(
            open(root),
            &url(
                "/api/v1/query",
                &[("query", r#"pod{namespace="namespace01"}"#)],
            ),
        );
        assert_eq!(reply.content_type, "application/json; charset=utf-8");
        assert_eq!(
            reply.body,
            concat!(
                r#"{"data":{"result":[{"time":"2009-11-10T22:59:00.000000Z","#,
                r#""namespace":"namespace01","pod":"nginx-deployment-75675f5897-7ci7o","#,
                r#""container":"nginx","log":"lorem ipsum"},{"time":"2009-11-10T22:59:00.000000Z","#,
                r#""namespace":"namespace01","pod":"nginx-deployment-75675f5897-7ci7o","#,
                r#""container":"nginx","log":"hello world"}],"resultType":"logs"},"#,
                r#""status":"success"}"#,
            )
        );
        let query = r#"node{node="node01",process!="kubelet"} |= "hello" != "sidecar""#;
        assert_eq!(
            get(open(root), &url("/api/v1/query", &[("query", query)])).body,
            concat!(
                r#"{"data":{"result":[{"time":"2009-11-10T23:00:00.000000Z","node":"node01","#,
                r#""process":"containerd","log":"hello world"}],"resultType":"logs"},"#,
                r#""status":"success"}"#,
            )
        );
    });
}

#[test]
fn errors_have_the_shape_of_prometheus() {
    with_fixture(|root| {
        let reply = get(open(root), &url("/api/v1/query", &[("query", r#"|= "a""#)]));
        assert_eq!(reply.status, 400);
        assert_eq!(
            reply.body,
            concat!(
                r#"{"error":"1:1: parse error: unexpected \u003cop:|=\u003e","#,
                r#""errorType":"bad_data","status":"error"}"#,
            )
        );
        let query = r#"pod{namespace="namespace01"}"#;
        for (name, value) in [
            ("start", "foo"),
            ("end", "now"),
            ("limit", "0"),
            ("limit", "-1"),
        ] {
            let reply = get(
                open(root),
                &url("/api/v1/query_range", &[("query", query), (name, value)]),
            );
            assert_eq!(reply.status, 400, "{name}={value}");
            let expected = format!("invalid parameter \"{name}\": cannot parse \"{value}\" to ");
            assert!(reply.error().starts_with(&expected), "{}", reply.error());
        }
    });
}

#[test]
fn the_newest_rows_are_kept_and_the_cut_is_told() {
    with_fixture(|root| {
        let ask = |limit: &str| {
            let params = [
                ("query", r#"pod{namespace="namespace01"}"#),
                ("start", "1257879600"),
                ("end", "1257894000"),
                ("limit", limit),
            ];
            get(open(root), &url("/api/v1/query_range", &params))
        };
        let rows = |reply: &super::support::Reply| -> Vec<String> {
            reply
                .rows()
                .iter()
                .map(|it| it[11..19].to_owned())
                .collect()
        };
        let three = ask("3");
        assert_eq!(rows(&three), ["22:58:00", "22:59:00", "22:59:00"]);
        assert_eq!(
            three.warnings(),
            ["more than 3 rows match, these are the newest 3"]
        );
        let all = ask("14");
        assert_eq!(all.rows().len(), 14);
        assert_eq!(all.warnings(), [] as [&str; 0]);

        let options = Options {
            limit: 2,
            ..Options::new(root)
        };
        let lethe = Lethe::open(options).with_clock(Arc::new(test_clock));
        let reply = get(
            lethe,
            &url(
                "/api/v1/query_range",
                &[("query", r#"pod{namespace="namespace01"}"#)],
            ),
        );
        assert_eq!(rows(&reply), ["22:59:00", "22:59:00"]);
    });
}

#[test]
fn what_changes_nothing_and_what_is_broken_is_told() {
    with_fixture(|root| {
        let warnings =
            |query: &str| get(open(root), &url("/api/v1/query", &[("query", query)])).warnings();
        assert_eq!(
            warnings(r#"pod{namespace="namespace01",nosuch="x"} offset 1h"#),
            [
                "pod logs have no label nosuch",
                "offset and @ change nothing: ask for another time range instead"
            ]
        );
        assert_eq!(
            warnings(r#"pod{namespace="namespace01",pod="a",pod="b"}"#),
            ["label pod is given twice, only its first condition counts"]
        );
        let path = root.join("pod/namespace02/2009-11-10_22.log");
        let text = fs::read_to_string(&path).unwrap() + "torn\n2009-11-10T22:59:00Z[a|b] x\n";
        fs::write(&path, text).unwrap();
        assert_eq!(
            warnings(r#"pod{namespace="namespace02"}"#),
            [
                "2 malformed lines were skipped, the first in pod/namespace02/2009-11-10_22.log at \
              byte 1125: no time separator"
            ]
        );
    });
}

#[test]
fn time_of_a_query_is_obeyed() {
    with_fixture(|root| {
        let params = [
            ("query", r#"pod{namespace="namespace01"}"#),
            ("time", "2009-11-10T22:57:00Z"),
        ];
        let reply = get(open(root), &url("/api/v1/query", &params));
        assert_eq!(reply.rows().len(), 6);
    });
}

#[test]
fn a_query_without_time_left_is_ended() {
    with_fixture(|root| {
        let options = Options {
            timeout: Duration::ZERO,
            ..Options::new(root)
        };
        let reply = get(
            Lethe::open(options),
            &url("/api/v1/query", &[("query", r#"pod{namespace="x"}"#)]),
        );
        assert_eq!(reply.status, 503);
        assert_eq!(
            reply.body,
            r#"{"error":"query timed out in expression evaluation","errorType":"timeout","status":"error"}"#
        );
    });
}

#[test]
fn targets_are_listed_with_their_last_times() {
    with_fixture(|root| {
        fs::create_dir_all(root.join("other/thing")).unwrap();
        assert_eq!(
            get(open(root), "/api/v1/metadata").body,
            concat!(
                r#"{"data":{"targets":["node{node=\"node01\"}","node{node=\"node02\"}","#,
                r#""pod{namespace=\"namespace01\"}","pod{namespace=\"namespace02\"}"]},"#,
                r#""status":"success"}"#,
            )
        );
        let target = |label: &str, name: &str, job: &str, time: &str| {
            format!(
                r#"{{"discoveredLabels":{{"__meta_kubernetes_{label}":"{name}","job":"{job}"}},"health":"up","lastScrape":"{time}"}}"#
            )
        };
        let targets = [
            target("node_name", "node01", "node", "2009-11-10T23:02:00Z"),
            target("node_name", "node02", "node", "2009-11-10T21:58:00Z"),
            target("namespace", "namespace01", "pod", "2009-11-10T23:02:00Z"),
            target("namespace", "namespace02", "pod", "2009-11-10T22:58:00Z"),
        ];
        assert_eq!(
            get(open(root), "/api/v1/targets").body,
            format!(
                r#"{{"data":{{"activeTargets":[{}]}},"status":"success"}}"#,
                targets.join(",")
            )
        );
    });
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(
        get(open(empty.path()), "/api/v1/metadata").body,
        r#"{"data":{"targets":[]},"status":"success"}"#
    );
    assert_eq!(
        get(open(empty.path()), "/api/v1/targets").body,
        r#"{"data":{"activeTargets":[]},"status":"success"}"#
    );
}

#[test]
fn a_histogram_counts_lines_by_level() {
    with_fixture(|root| {
        let ask = |step: &str| {
            let params = [
                ("query", r#"node{node="node01"}"#),
                ("start", "2009-11-10T22:56:30Z"),
                ("end", "2009-11-10T22:59:00Z"),
                ("step", step),
            ];
            get(open(root), &url("/api/v1/histogram", &params))
        };
        // The lines of this range are in the file of the hour before.
        assert_eq!(
            ask("60").body,
            r#"{"data":{"result":[],"resultType":"matrix"},"status":"success"}"#
        );
        let params = [
            ("query", r#"node{node="node01"}"#),
            ("start", "2009-11-10T21:59:59Z"),
            ("end", "2009-11-10T23:02:00Z"),
            ("step", "1800"),
        ];
        // 22:00 to 22:30 is empty, and so is the bucket before.
        assert_eq!(
            get(open(root), &url("/api/v1/histogram", &params)).body,
            concat!(
                r#"{"data":{"result":[{"metric":{"level":"info"},"values":[[1257888600,"0"],"#,
                r#"[1257890400,"0"],[1257892200,"6"],[1257894000,"0"]]},"#,
                r#"{"metric":{"level":"unknown"},"values":[[1257888600,"0"],[1257890400,"0"],"#,
                r#"[1257892200,"5"],[1257894000,"3"]]}],"resultType":"matrix"},"status":"success"}"#,
            )
        );
        assert_eq!(ask("0").status, 400);
        let params = [
            ("query", r#"node{node="x"}"#),
            ("start", "0"),
            ("step", "1"),
        ];
        let reply = get(open(root), &url("/api/v1/histogram", &params));
        assert_eq!(
            reply.error(),
            "more than 11000 points: use a longer step or a shorter range"
        );
    });
}

#[test]
fn labels_have_the_values_of_a_range() {
    with_fixture(|root| {
        let ask = |label: &str, params: &[(&str, &str)]| {
            get(
                open(root),
                &url(&format!("/api/v1/label/{label}/values"), params),
            )
        };
        let range = [
            ("start", "2009-11-10T22:00:00Z"),
            ("end", "2009-11-10T22:59:59Z"),
        ];
        let with = |query| [range[0], range[1], ("match[]", query)];
        assert_eq!(
            ask("namespace", &range).body,
            r#"{"data":["namespace01","namespace02"],"status":"success"}"#
        );
        assert_eq!(
            ask("node", &range).body,
            r#"{"data":["node01"],"status":"success"}"#
        );
        assert_eq!(
            ask(
                "container",
                &with(r#"pod{namespace="namespace01",pod=~"nginx-.*"}"#)
            )
            .body,
            r#"{"data":["nginx","sidecar"],"status":"success"}"#
        );
        assert_eq!(ask("pod", &range).status, 400);
        assert_eq!(
            ask("process", &with(r#"pod{namespace="namespace01"}"#)).error(),
            "pod logs have no label process"
        );
    });
}

#[test]
fn a_target_whose_newest_file_is_empty_keeps_its_last_time() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("pod/ns");
    fs::create_dir_all(&directory).unwrap();
    fs::write(
        directory.join("2009-11-10_22.log"),
        "2009-11-10T22:00:05+00:00[a|b|c] x\n",
    )
    .unwrap();
    fs::write(directory.join("2009-11-10_23.log"), "").unwrap();
    let reply = get(open(root.path()), "/api/v1/targets");
    let expected = "2009-11-10T22:00:05Z";
    assert_eq!(
        reply.json()["data"]["activeTargets"][0]["lastScrape"],
        expected
    );
}

#[test]
fn probes_say_what_clients_look_for() {
    with_fixture(|root| {
        let healthy = get(open(root), "/-/healthy");
        assert_eq!(
            (healthy.status, healthy.body.as_str()),
            (200, "Venti is Healthy.\n")
        );
        assert_eq!(healthy.content_type, "text/plain; charset=utf-8");
        let ready = get(open(root), "/-/ready");
        assert_eq!(
            (ready.status, ready.body.as_str()),
            (200, "Venti is Ready.\n")
        );
        // A data directory that is a file can be neither read nor created.
        let file = root.join("node/node01/2009-11-10_22.log");
        assert_eq!(get(open(&file), "/-/ready").status, 503);
    });
}

#[test]
fn nothing_else_exists() {
    with_fixture(|root| {
        for path in [
            "/",
            "/api/v1",
            "/api/v1/series",
            "/-/HEALTHY",
            "/api/v1/./metadata",
            "/%ED%95%9C",
        ] {
            let reply = get(open(root), path);
            assert_eq!(
                (reply.status, reply.body.as_str()),
                (404, "404 page not found"),
                "{path}"
            );
            assert_eq!(reply.content_type, "text/plain");
        }
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "FOO"] {
            let built = Request::builder()
                .method(method)
                .uri("/-/healthy")
                .body(Body::empty())
                .unwrap();
            assert_eq!(request(open(root), built).status, 404, "{method}");
        }
        let reply = get(open(root), "/api/v1/query_range/?start=1&query=x");
        assert_eq!(reply.status, 301);
        assert_eq!(
            reply.location.as_deref(),
            Some("/api/v1/query_range?start=1&query=x")
        );
    });
}
