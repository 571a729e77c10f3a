//! What a database tells about itself.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use lethe::http;
use tower::ServiceExt;

use super::fixture;
use super::support::{open, url};

/// Sends requests to one database, one after the other, and returns the last body.
fn ask(lethe: lethe::Lethe, paths: &[String]) -> String {
    ask_shared(&Arc::new(lethe), paths)
}

fn ask_shared(lethe: &Arc<lethe::Lethe>, paths: &[String]) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let router = http::router(Arc::clone(lethe));
    let mut last = String::new();
    for path in paths {
        let request = Request::get(path).body(Body::empty()).unwrap();
        last = runtime.block_on(async {
            let response = router.clone().oneshot(request).await.unwrap();
            let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            String::from_utf8(body.to_vec()).unwrap()
        });
    }
    last
}

#[test]
fn queries_and_files_are_counted() {
    let root = tempfile::tempdir().unwrap();
    fixture::write(root.path());
    let range = [
        ("start", "2009-11-10T22:00:00Z"),
        ("end", "2009-11-10T23:00:00Z"),
    ];
    let lines = url(
        "/api/v1/query_range",
        &[
            ("query", "pod{namespace=\"namespace02\"}"),
            range[0],
            range[1],
        ],
    );
    let bad = url(
        "/api/v1/query_range",
        &[("query", "pod{"), range[0], range[1]],
    );
    let told = ask(
        open(root.path()),
        &[
            lines,
            bad,
            "/no/such/path".to_owned(),
            "/metrics".to_owned(),
        ],
    );
    for line in [
        r#"lethe_http_requests_total{endpoint="/api/v1/query_range",status="200"} 1"#,
        r#"lethe_http_requests_total{endpoint="/api/v1/query_range",status="400"} 1"#,
        r#"lethe_http_requests_total{endpoint="other",status="404"} 1"#,
        r#"lethe_http_request_duration_seconds_count{endpoint="/api/v1/query_range"} 2"#,
        "lethe_rows_total 12",
        "lethe_scanned_bytes_total 1125",
        r#"lethe_storage_files{type="pod",form="plain"} 5"#,
        r#"lethe_storage_files{type="pod",form="packed"} 0"#,
        "lethe_query_slots_in_use 0",
        "lethe_queries_waiting 0",
        "lethe_rotation_deleted_files_total 0",
        &format!(
            "lethe_build_info{{version=\"{}\"}} 1",
            env!("CARGO_PKG_VERSION")
        ),
    ] {
        assert!(told.lines().any(|it| it == line), "{line} in\n{told}");
    }
    assert!(told.contains("process_resident_memory_bytes"));
}

#[test]
fn maintenance_is_counted() {
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("pod/ns");
    std::fs::create_dir_all(&target).unwrap();
    let line = "2009-11-10T20:00:00Z[ns|p|c] some words\n";
    std::fs::write(target.join("2009-11-10_20.log"), line.repeat(1_000)).unwrap();
    std::fs::write(target.join("2009-11-01_00.log"), line).unwrap();
    let lethe = Arc::new(open(root.path()));
    let maintenance = lethe::Maintenance {
        retention: lethe::rotate::Retention {
            time: Duration::from_secs(86_400),
            size: 0,
        },
        compress_after: Duration::from_secs(3_600),
        pause: Duration::from_millis(1),
    };
    let told = maintained(
        &lethe,
        maintenance,
        &[
            "lethe_rotation_deleted_files_total 1",
            "lethe_compression_packed_files_total 1",
            // What lies on disk is counted after the work.
            "lethe_storage_files{type=\"pod\",form=\"packed\"} 1",
        ],
    );
    assert!(
        told.contains("lethe_rotation_deleted_bytes_total 40\n"),
        "{told}"
    );
    assert!(
        told.contains("lethe_compression_plain_bytes_total 40000\n"),
        "{told}"
    );
}

#[test]
fn times_of_the_last_day_are_known_before_anybody_asks() {
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("pod/ns");
    std::fs::create_dir_all(&target).unwrap();
    for hour in ["2009-11-10_22", "2009-11-10_21", "2009-11-08_21"] {
        let (date, hour_of_day) = hour.split_once('_').unwrap();
        let line = format!("{date}T{hour_of_day}:00:00Z[ns|p|c] some more words\n");
        assert_eq!(line.len(), 45);
        std::fs::write(target.join(format!("{hour}.log")), line.repeat(4_000)).unwrap();
    }
    let lethe = Arc::new(open(root.path()));
    let maintenance = lethe::Maintenance {
        retention: lethe::rotate::Retention::default(),
        compress_after: Duration::ZERO,
        pause: Duration::from_millis(1),
    };
    // Two of the files: the third is of another day.
    let learned = "lethe_index_read_bytes_total 360000\n";
    maintained(&lethe, maintenance, &[learned]);
    let newest = url(
        "/api/v1/query_range",
        &[
            ("query", "pod{namespace=\"ns\"}"),
            ("start", "2009-11-10T20:00:00Z"),
            ("limit", "1"),
        ],
    );
    let told = ask_shared(&lethe, &[newest, "/metrics".to_owned()]);
    assert!(told.contains(learned), "{told}");
    assert!(told.contains("lethe_rows_total 1\n"), "{told}");
}

/// Lets a database be maintained until it tells of all these, and returns what
/// it told.
fn maintained(
    lethe: &Arc<lethe::Lethe>,
    maintenance: lethe::Maintenance,
    wanted: &[&str],
) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let router = http::router(Arc::clone(lethe));
    let ask = async {
        loop {
            let request = Request::get("/metrics").body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            let told = String::from_utf8(body.to_vec()).unwrap();
            if wanted.iter().all(|it| told.contains(it)) {
                return told;
            }
        }
    };
    runtime.block_on(async {
        tokio::select! {
            told = ask => told,
            () = lethe.maintain(maintenance) => unreachable!("it never ends"),
        }
    })
}
