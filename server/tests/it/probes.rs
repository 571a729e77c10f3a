//! What those see who watch the server.

use crate::support::{FakeUpstream, TestApp};

#[tokio::test]
async fn health_and_readiness_are_the_originals_sentences() {
    let app = TestApp::with_prometheus("http://127.0.0.1:1").await;
    assert_eq!(
        app.get("/-/healthy").await.text().await.unwrap(),
        "Venti is Healthy.\n"
    );
    assert_eq!(
        app.get("/-/ready").await.text().await.unwrap(),
        "Venti is Ready.\n"
    );
}

#[tokio::test]
async fn metrics_count_by_route_and_datasource_and_never_by_what_was_typed() {
    let upstream = FakeUpstream::start().await;
    let app = TestApp::with_prometheus(&upstream.url).await;
    app.get("/remote/query?dsType=prometheus&query=typed_by_hand")
        .await;
    app.get("/remote/query?dsType=prometheus&query=html").await;
    app.get("/typed/by/hand").await;
    let text = app.get("/metrics").await.text().await.unwrap();
    for line in [
        r#"venti_http_requests_total{route="/remote/query",status="200"} 1"#,
        r#"venti_http_requests_total{route="/remote/query",status="502"} 1"#,
        r#"venti_http_requests_total{route="other",status="503"} 1"#,
        r#"venti_http_request_duration_seconds_count{route="/remote/query"} 2"#,
        r#"venti_upstream_request_duration_seconds_count{datasource="prometheus"} 2"#,
        r#"venti_upstream_failures_total{datasource="prometheus"} 1"#,
        concat!(
            r#"venti_build_info{version=""#,
            env!("CARGO_PKG_VERSION"),
            r#""} 1"#
        ),
        "# TYPE process_resident_memory_bytes gauge",
        "# TYPE process_cpu_seconds_total counter",
        "# TYPE process_start_time_seconds gauge",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert!(!text.contains("hand"), "{text}");
}
