//! The server's own certificate: served, and exchanged while it runs.

use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::{Client, Response};

use crate::support::TestApp;

/// A certificate for `localhost` that only it itself vouches for, and its key.
fn certificate() -> (String, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    (cert.pem(), signing_key.serialize_pem())
}

/// Asks over TLS, trusting this certificate alone, on a new connection.
async fn ask(app: &TestApp, certificate: &str) -> reqwest::Result<Response> {
    let mut roots = rustls::RootCertStore::empty();
    let pem = rustls::pki_types::pem::PemObject::from_pem_slice(certificate.as_bytes());
    roots.add(pem.unwrap()).unwrap();
    let tls = rustls::ClientConfig::builder_with_provider(
        rustls::crypto::ring::default_provider().into(),
    )
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_root_certificates(roots)
    .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .build()
        .unwrap();
    let url = format!("https://localhost:{}/-/healthy", app.address.port());
    client.get(url).send().await
}

#[tokio::test]
async fn https_is_served_and_a_renewed_certificate_used() {
    let (cert, key) = certificate();
    let settings = "tls: {cert: '{dir}/cert.pem', key: '{dir}/key.pem'}\n";
    let app = TestApp::start(&[
        ("etc/venti.yml", settings),
        ("cert.pem", &cert),
        ("key.pem", &key),
    ])
    .await;
    let answer = ask(&app, &cert).await.unwrap();
    assert_eq!(answer.status(), 200);
    let stay = &answer.headers()["strict-transport-security"];
    assert_eq!(stay, "max-age=31536000");
    let (renewed, key) = certificate();
    let _watch = app.watch();
    // Half of the pair is no use: the one before goes on.
    crate::support::app::write_files(app.dir(), &[("cert.pem", &renewed)]);
    app.until(async || app.app.live().config.has_errors()).await;
    assert_eq!(ask(&app, &cert).await.unwrap().status(), 200);
    crate::support::app::write_files(app.dir(), &[("key.pem", &key)]);
    app.until(async || ask(&app, &renewed).await.is_ok()).await;
    assert!(ask(&app, &cert).await.is_err());
}
