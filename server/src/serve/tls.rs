//! The server's own certificate, read from files.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::config::TlsFiles;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or holds something else.
    #[error("cannot use {file}: {source}")]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        source: pem::Error,
    },
    /// Certificate and key do not go together, or are of an unknown kind.
    #[error("cannot use the certificate in {cert} with its key: {source}")]
    Pair {
        /// The file of the certificate.
        cert: PathBuf,
        /// Why.
        source: rustls::Error,
    },
}

/// Reads certificate chain and key, both PEM.
pub(crate) fn load(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let in_file = |file: &Path| {
        let file = file.to_owned();
        move |source| TlsError::File { file, source }
    };
    let chain = CertificateDer::pem_file_iter(&files.cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(in_file(&files.cert))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(in_file(&files.key))?;
    let in_pair = |source| TlsError::Pair {
        cert: files.cert.clone(),
        source,
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(in_pair)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(in_pair)?;
    Ok(Arc::new(config))
}

/// Agrees on keys with a browser.
pub(super) async fn accept(
    config: Arc<ServerConfig>,
    stream: TcpStream,
) -> io::Result<TlsStream<TcpStream>> {
    TlsAcceptor::from(config).accept(stream).await
}
