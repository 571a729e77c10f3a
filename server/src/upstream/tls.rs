//! TLS towards one datasource, from files that may change while the server runs.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::config::Tls;

/// Why TLS cannot be set up. Names keys of the configuration, not paths.
#[derive(Debug, thiserror::Error)]
pub(super) enum TlsError {
    #[error("`{key}` cannot be read: {reason}")]
    Unreadable { key: &'static str, reason: String },
    #[error("`{0}` holds no certificate")]
    NoCertificate(&'static str),
    #[error(transparent)]
    Refused(#[from] rustls::Error),
}

/// When and how long the files were that a client was built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp(Vec<Option<(SystemTime, u64)>>);

impl Stamp {
    pub(super) fn of(tls: &Tls) -> Self {
        let identity = tls.identity.iter();
        let files = identity.flat_map(|it| [&it.cert_file, &it.key_file]);
        Self(files.chain(&tls.ca_file).map(stamp).collect())
    }
}

fn stamp(path: &PathBuf) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// What is said in a handshake.
pub(super) fn client_config(tls: &Tls, is_https: bool) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()?;
    let config = if tls.insecure_skip_verify {
        let anybody = Arc::new(Anybody(provider));
        config.dangerous().with_custom_certificate_verifier(anybody)
    } else {
        config.with_root_certificates(match &tls.ca_file {
            Some(file) => Arc::new(roots(file)?),
            // Some hundred certificates that nobody needs would cost memory.
            None if !is_https => Arc::new(RootCertStore::empty()),
            None => machine_roots(),
        })
    };
    Ok(match &tls.identity {
        None => config.with_no_client_auth(),
        Some(it) => {
            let chain = certificates("tls.certFile", &it.cert_file)?;
            let key = PrivateKeyDer::from_pem_file(&it.key_file)
                .map_err(|error| unreadable("tls.keyFile", &error))?;
            config.with_client_auth_cert(chain, key)?
        }
    })
}

fn roots(file: &Path) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates("tls.caFile", file)? {
        roots.add(certificate)?;
    }
    Ok(roots)
}

fn certificates(key: &'static str, file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, pem::Error> =
        CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    let found = found.map_err(|error| unreadable(key, &error))?;
    if found.is_empty() {
        return Err(TlsError::NoCertificate(key));
    }
    Ok(found)
}

fn unreadable(key: &'static str, error: &pem::Error) -> TlsError {
    let reason = match error {
        pem::Error::Io(error) => error.kind().to_string(),
        pem::Error::NoItemsFound => "there is nothing of the kind in it".to_owned(),
        other => other.to_string(),
    };
    TlsError::Unreadable { key, reason }
}

/// The authorities of this machine, read once.
fn machine_roots() -> Arc<RootCertStore> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    ROOTS.get_or_init(|| Arc::new(read_machine_roots())).clone()
}

fn read_machine_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate authority of this machine cannot be read");
    }
    let (usable, _) = roots.add_parsable_certificates(found.certs);
    if usable == 0 {
        tracing::warn!(
            "this machine lists no certificate authority: https datasources cannot be verified (on Debian: apt install ca-certificates)"
        );
    }
    roots
}

/// Believes every certificate, for `insecureSkipVerify`.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
