//! Clients that send half a request and then nothing.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::TestApp;

#[tokio::test]
async fn a_thousand_half_requests_do_no_harm() {
    venti_server::limits::raise_open_files();
    let app = TestApp::start(&[]).await;
    let mut halves = Vec::new();
    for _ in 0..1000 {
        let mut connection = TcpStream::connect(app.address).await.unwrap();
        connection
            .write_all(b"GET /-/healthy HTTP/1.1\r\nhost: x\r\nx-half: ")
            .await
            .unwrap();
        halves.push(connection);
    }
    for _ in 0..10 {
        assert_eq!(app.get("/-/healthy").await.status(), 200);
    }
    let metrics = app.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("venti_http_connections 100"), "{metrics}");
    drop(halves);
}
