//! Alertmanagers and webhooks over TLS, with certificates of an authority of one's own.

use std::io;
use std::net::SocketAddr;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::*;

/// An authority that no machine knows.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// A receiver whose certificate says a name.
    async fn receiver(&self, name: &str) -> Capture {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = rustls::crypto::ring::default_provider();
        let config = ServerConfig::builder_with_provider(provider.into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", tcp.local_addr().unwrap().port());
        let tls = TlsAcceptor::from(Arc::new(config));
        Capture::over(TlsListener { tcp, tls }, url, [])
    }
}

struct TlsListener {
    tcp: TcpListener,
    tls: TlsAcceptor,
}

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    /// Connections whose handshake fails are nobody's.
    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.tcp.accept().await.unwrap();
            if let Ok(stream) = self.tls.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}

fn config(alertmanager: &Capture, hook: &Capture) -> String {
    alerting(&format!(
        "  alertmanagers:
  - static_configs: [{{targets: ['{}']}}]
    tls_config: {{ca_file: '{{dir}}/ca.pem'}}
  receivers:
  - name: hook
    match: {{alertname: '.+'}}
    group_wait: 10ms
    webhook:
      url: '{}/hook'
      tls_config: {{ca_file: '{{dir}}/ca.pem'}}",
        alertmanager.url, hook.url
    ))
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted() {
    let authority = Authority::new();
    let mut alertmanager = authority.receiver("localhost").await;
    let mut hook = authority.receiver("localhost").await;
    let config = config(&alertmanager, &hook);
    let files = [("etc/alerting.yml", &*config), ("ca.pem", &authority.pem())];
    let sender = Sender::start(&files);
    sender.notify([firing("a")]);
    assert_eq!(alertmanager.next().await.names(), ["a"]);
    assert_eq!(hook.next().await.path, "/hook");
}

#[tokio::test]
async fn a_certificate_of_somebody_else_or_for_another_name_gets_nothing() {
    let authority = Authority::new();
    let mut stranger = Authority::new().receiver("localhost").await;
    let mut misnamed = authority.receiver("elsewhere.example").await;
    let config = config(&stranger, &misnamed);
    let files = [("etc/alerting.yml", &*config), ("ca.pem", &authority.pem())];
    let sender = Sender::start(&files);
    sender.notify([firing("a")]);
    let failed = async |target: &str| {
        while sender
            .metric("venti_notifications_errors_total", target)
            .await
            == "none"
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let both = async {
        failed(&stranger.url).await;
        failed("hook").await;
    };
    tokio::time::timeout(Duration::from_secs(60), both)
        .await
        .unwrap();
    assert_eq!((stranger.rest().len(), misnamed.rest().len()), (0, 0));
}
