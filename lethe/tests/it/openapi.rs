//! The description of the API against what it does.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use lethe::http;
use serde_json::Value;
use tower::ServiceExt;

use super::support::{get, open, url};

const CURSOR: &str = "1257894000.000000000:0:pod/ns/2009-11-10_22.log";

/// What an endpoint answers, without reading the body: tails have no end.
fn status(path: &str, params: &[(&str, &str)]) -> u16 {
    let root = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let request = Request::get(url(path, params)).body(Body::empty()).unwrap();
    let response = runtime.block_on(http::router(Arc::new(open(root.path()))).oneshot(request));
    response.unwrap().status().as_u16()
}

/// A parameter, wherever it is described.
fn resolved<'v>(description: &'v Value, parameter: &'v Value) -> &'v Value {
    match parameter["$ref"].as_str() {
        Some(place) => description.pointer(place.trim_start_matches('#')).unwrap(),
        None => parameter,
    }
}

#[test]
fn every_described_parameter_is_read_and_no_other() {
    let root = tempfile::tempdir().unwrap();
    let reply = get(open(root.path()), "/api/v1/openapi.json");
    assert_eq!(reply.status, 200);
    let description = reply.json();
    let paths = description["paths"].as_object().unwrap();
    let of = |path: &str| -> BTreeSet<&str> {
        let parameters = paths[path]["get"]["parameters"].as_array();
        let parameters = parameters.into_iter().flatten();
        let parameters = parameters.map(|it| resolved(&description, it));
        let in_query = parameters.filter(|it| it["in"] == "query");
        in_query.map(|it| it["name"].as_str().unwrap()).collect()
    };
    let names: BTreeSet<&str> = paths.keys().flat_map(|it| of(it)).collect();
    assert_eq!(names.len(), 10);
    for path in paths.keys() {
        let described = of(path);
        let place = path.replace("{name}", "namespace");
        for name in &names {
            // Some are read for lines alone, others for numbers alone.
            let queries = ["pod{namespace=\"ns\"}", "rate(pod{namespace=\"ns\"}[5m])"];
            let is_read = queries.iter().any(|query| {
                let good = [("query", *query), ("cursor", CURSOR)];
                let good = good.into_iter().filter(|(it, _)| described.contains(it));
                let bad = good
                    .clone()
                    .filter(|(it, _)| it != name)
                    .chain([(*name, "!")]);
                let (good, bad): (Vec<_>, Vec<_>) = (good.collect(), bad.collect());
                status(&place, &good) == 200 && status(&place, &bad) == 400
            });
            assert_eq!(is_read, described.contains(name), "{name} of {path}");
        }
    }
}
