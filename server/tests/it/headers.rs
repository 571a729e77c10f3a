//! Headers that every answer has.

use crate::support::TestApp;
use crate::support::app::NOW;

#[tokio::test]
async fn every_answer_of_the_api_tells_the_servers_time_and_is_not_kept() {
    let app = TestApp::with_prometheus("http://127.0.0.1:1").await;
    for path in [
        "/api/v1/dashboards",
        "/remote/query?dsType=prometheus",
        "/api/v1/nope",
    ] {
        let response = app.get(path).await;
        assert_eq!(response.headers()["x-venti-time"], NOW, "{path}");
        assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
        assert_eq!(
            response.headers()["x-content-type-options"],
            "nosniff",
            "{path}"
        );
        let policy = &response.headers()["content-security-policy"];
        assert_eq!(
            policy, "default-src 'none'; frame-ancestors 'none'",
            "{path}"
        );
    }
}
