//! How the server says who it is, and whom it believes.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::support::raw::{RawUpstream, read_head};
use crate::support::{FakeUpstream, TestApp};

const QUERY: &str = "/remote/query?dsType=prometheus&query=up";

/// A server whose one Prometheus has these keys besides.
async fn with_keys(url: &str, keys: &str, files: &[(&str, &str)]) -> TestApp {
    let datasources = format!("{}{keys}", crate::support::one_prometheus(url));
    let mut all = vec![("etc/datasources.yml", datasources.as_str())];
    all.extend(files);
    TestApp::start(&all).await
}

/// What the datasource was told the last time.
fn last(upstream: &FakeUpstream, name: &str) -> String {
    let seen = upstream.seen();
    seen.last().unwrap().headers[name]
        .to_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn tokens_and_headers_are_sent_with_the_environment_put_in() {
    let upstream = FakeUpstream::start().await;
    // Cargo sets this for each test.
    let keys = "  bearerToken: 't-${CARGO_PKG_NAME}'\n  headers:\n    X-Scope-OrgID: tenant\n    X-Dollar: '$${A} $1'\n";
    let app = with_keys(&upstream.url, keys, &[]).await;
    assert_eq!(app.get(QUERY).await.status(), 200);
    assert_eq!(last(&upstream, "authorization"), "Bearer t-venti-server");
    assert_eq!(last(&upstream, "x-scope-orgid"), "tenant");
    assert_eq!(last(&upstream, "x-dollar"), "${A} $1");
}

#[tokio::test]
async fn secrets_in_files_may_change() {
    let upstream = FakeUpstream::start().await;
    let keys = "  bearerTokenFile: '{dir}/token'\n";
    let app = with_keys(&upstream.url, keys, &[("token", "one\n")]).await;
    app.get(QUERY).await;
    assert_eq!(last(&upstream, "authorization"), "Bearer one");
    fs::write(app.dir().join("token"), "two").unwrap();
    app.get(QUERY).await;
    assert_eq!(last(&upstream, "authorization"), "Bearer two");
    fs::remove_file(app.dir().join("token")).unwrap();
    let (status, _, text) = app.error(QUERY).await;
    assert_eq!(status, 502);
    assert_eq!(
        text,
        "datasource `prometheus` cannot be asked: `bearerTokenFile` cannot be read: entity not found"
    );
}

#[tokio::test]
async fn a_password_may_be_in_a_file() {
    let upstream = FakeUpstream::start().await;
    let keys =
        "  basicAuth: true\n  basicAuthUser: me\n  basicAuthPasswordFile: '{dir}/password'\n";
    let app = with_keys(&upstream.url, keys, &[("password", "hunter2\n")]).await;
    app.get(QUERY).await;
    // `printf me:hunter2 | base64`
    assert_eq!(last(&upstream, "authorization"), "Basic bWU6aHVudGVyMg==");
}

/// An authority and what it signed, as PEM.
struct Pki {
    ca: String,
    chain: String,
    key: String,
}

fn pki() -> Pki {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    let ca = params.self_signed(&ca_key).unwrap();
    let issuer = Issuer::new(params, ca_key);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    Pki {
        ca: ca.pem(),
        chain: certificate.pem(),
        key: key.serialize_pem(),
    }
}

fn authorities(pem: &str) -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
        .unwrap();
    Arc::new(roots)
}

/// A datasource over TLS; with `clients`, it wants a certificate of that authority.
async fn tls_upstream(pki: &Pki, clients: Option<&Pki>) -> RawUpstream {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = match clients {
        Some(clients) => config.with_client_cert_verifier(
            WebPkiClientVerifier::builder_with_provider(authorities(&clients.ca), provider)
                .build()
                .unwrap(),
        ),
        None => config.with_no_client_auth(),
    };
    let chain = vec![CertificateDer::from_pem_slice(pki.chain.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(pki.key.as_bytes()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()));
    RawUpstream::start(move |connection| {
        let acceptor = acceptor.clone();
        async move {
            // Who does not believe us ends the handshake.
            let Ok(mut connection) = acceptor.accept(connection).await else {
                return;
            };
            read_head(&mut connection).await;
            let answer =
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            let _ = connection.write_all(answer.as_bytes()).await;
            let _ = connection.shutdown().await;
        }
    })
    .await
}

fn https(upstream: &RawUpstream) -> String {
    format!("https://{}", upstream.address)
}

#[tokio::test]
async fn a_certificate_is_verified_unless_the_file_says_otherwise() {
    let pki = pki();
    let upstream = tls_upstream(&pki, None).await;
    let app = with_keys(&https(&upstream), "", &[]).await;
    let (status, _, text) = app.error(QUERY).await;
    assert_eq!(status, 502);
    assert!(text.contains("invalid peer certificate"), "{text}");

    let keys = "  tls: {caFile: '{dir}/ca.pem'}\n";
    let app = with_keys(&https(&upstream), keys, &[("ca.pem", &pki.ca)]).await;
    assert_eq!(app.get(QUERY).await.status(), 200);

    let keys = "  tls: {insecureSkipVerify: true}\n";
    let app = with_keys(&https(&upstream), keys, &[]).await;
    assert_eq!(app.get(QUERY).await.status(), 200);
}

/// Nothing was asked before the handshake, so asking again does nothing twice.
#[tokio::test]
async fn a_connection_that_fails_is_tried_once_more() {
    let pki = pki();
    let upstream = tls_upstream(&pki, None).await;
    let behind = upstream.address;
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    let door = RawUpstream::start(move |mut connection| {
        let is_open = count.fetch_add(1, Ordering::Relaxed) == 1;
        async move {
            if is_open {
                let mut upstream = TcpStream::connect(behind).await.unwrap();
                let _ = copy_bidirectional(&mut connection, &mut upstream).await;
            }
        }
    })
    .await;
    let keys = "  tls: {caFile: '{dir}/ca.pem'}\n";
    let app = with_keys(&https(&door), keys, &[("ca.pem", &pki.ca)]).await;
    assert_eq!(app.get(QUERY).await.status(), 200);
    assert_eq!(connections.load(Ordering::Relaxed), 2);
    assert_eq!(app.error(QUERY).await.0, 502);
    assert_eq!(connections.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn an_authority_that_is_replaced_is_read_again() {
    let (good, other) = (pki(), pki());
    let upstream = tls_upstream(&good, None).await;
    let keys = "  tls: {caFile: '{dir}/ca.pem'}\n";
    let app = with_keys(&https(&upstream), keys, &[("ca.pem", &other.ca)]).await;
    assert_eq!(app.error(QUERY).await.0, 502);
    // Another length, since the time of a file may be as coarse as this test is quick.
    fs::write(app.dir().join("ca.pem"), format!("# new\n{}", good.ca)).unwrap();
    assert_eq!(app.get(QUERY).await.status(), 200);
    fs::write(app.dir().join("ca.pem"), "nothing").unwrap();
    let (_, _, text) = app.error(QUERY).await;
    assert_eq!(
        text,
        "datasource `prometheus` cannot be asked: `tls.caFile` holds no certificate"
    );
}

#[tokio::test]
async fn a_certificate_of_its_own_is_shown_to_who_asks_for_it() {
    let (servers, clients) = (pki(), pki());
    let upstream = tls_upstream(&servers, Some(&clients)).await;
    let keys = "  tls: {caFile: '{dir}/ca.pem'}\n";
    let app = with_keys(&https(&upstream), keys, &[("ca.pem", &servers.ca)]).await;
    assert_eq!(app.error(QUERY).await.0, 502);
    let keys =
        "  tls: {caFile: '{dir}/ca.pem', certFile: '{dir}/me.pem', keyFile: '{dir}/me.key'}\n";
    let files = [
        ("ca.pem", servers.ca.as_str()),
        ("me.pem", &clients.chain),
        ("me.key", &clients.key),
    ];
    let app = with_keys(&https(&upstream), keys, &files).await;
    assert_eq!(app.get(QUERY).await.status(), 200);
}

#[test]
fn what_cannot_be_meant_is_a_fault_at_its_place() {
    let fault = |keys: &str| {
        let dir = tempfile::tempdir().unwrap();
        let text = format!("datasources:\n- name: a\n  type: prometheus\n  url: https://a\n{keys}");
        fs::write(dir.path().join("datasources.yml"), text).unwrap();
        let error = venti_server::config::load(dir.path(), Path::new("data")).unwrap_err();
        let text = error.to_string();
        assert!(!text.contains("hunter2"), "{text}");
        text.lines().next().unwrap().to_owned()
    };
    let faults = [
        "  bearerToken: hunter2\n  bearerTokenFile: f\n",
        "  basicAuth: true\n  basicAuthUser: me\n  bearerToken: hunter2\n",
        "  bearerToken: 'hunter2${VENTI_NONE}'\n",
        "  headers:\n    Host: hunter2\n",
        "  headers:\n    a b: hunter2\n",
        "  headers:\n    x: \"hunter2\\n\"\n",
        "  bearerToken: hunter2\n  headers:\n    authorization: hunter2\n",
        "  tls: {certFile: f}\n",
        "  tls: {caFile: f, insecureSkipVerify: true}\n",
        "  tls: {verify: false}\n",
        "  maxResponseBytes: 0\n",
    ]
    .map(fault);
    insta::assert_snapshot!(faults.join("\n"), @r"
    datasources.yml:6:20: `bearerTokenFile` stands beside the secret itself: leave one of them out
    datasources.yml:2:9: a datasource has either `basicAuth` or a bearer token, not both
    datasources.yml:5:16: the environment has no `VENTI_NONE`
    datasources.yml:6:11: the header `Host` is the server's to say
    datasources.yml:6:10: `a b` is no name of a header
    datasources.yml:6:8: the value of `x` holds characters that no header may have
    datasources.yml:7:20: `authorization` stands beside other credentials: leave one of them out
    datasources.yml:5:8: `certFile` and `keyFile` belong together
    datasources.yml:5:8: `insecureSkipVerify` makes `caFile` useless: leave one of them out
    datasources.yml:5:9: unknown key `verify`, expected one of `caFile`, `certFile`, `keyFile`, `insecureSkipVerify`
    datasources.yml:5:21: `maxResponseBytes` is a number of bytes above 0
    ");
}
