//! The HTTP client all datasources share: rustls, no redirects, no proxies of the environment.

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Response, header};
use url::Url;

use super::{Call, Failure};
use crate::config::Credentials;

/// A host that does not answer at all is given up sooner than a slow query.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The client; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client(reqwest::Client);

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// TLS cannot be set up.
    #[error("cannot set up TLS")]
    Tls(#[from] rustls::Error),
    /// Anything else.
    #[error("cannot set up the HTTP client")]
    Http(#[from] reqwest::Error),
}

impl Client {
    /// With `tls`, trusts the certificate authorities of this machine. Without, connections over
    /// TLS fail; reading some hundred certificates that nobody needs would cost memory.
    pub fn new(tls: bool) -> Result<Self, ClientError> {
        let mut roots = rustls::RootCertStore::empty();
        if tls {
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
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("venti/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self(client))
    }

    /// Sends a call and gives back the answer's head, its body still on its way.
    pub(super) async fn send(
        &self,
        base: &Url,
        credentials: Option<&Credentials>,
        call: &Call,
    ) -> Result<Response<Body>, Failure> {
        let mut url = base.clone();
        url.set_path(&format!(
            "{}{}",
            base.path().trim_end_matches('/'),
            call.endpoint.path()
        ));
        let form = call.encoded_parameters();
        let mut request = if call.method == Method::POST {
            self.0
                .post(url)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form)
        } else {
            url.set_query((!form.is_empty()).then_some(form.as_str()));
            self.0.get(url)
        };
        request = request.headers(call.headers());
        if let Some(it) = credentials {
            request = request.basic_auth(&it.user, Some(it.password.expose()));
        }
        let again = request.try_clone();
        let response = match (request.send().await, again) {
            // Nothing was asked yet, so asking once more does nothing twice.
            (Err(error), Some(again)) if error.is_connect() => again.send().await,
            (response, _) => response,
        };
        let response = response.map_err(|error| explain(base, &error))?;
        let response: axum::http::Response<reqwest::Body> = response.into();
        Ok(response.map(Body::new))
    }
}

/// Says where and why, without the URL's path and query.
fn explain(base: &Url, error: &reqwest::Error) -> Failure {
    let reason = last_cause(error);
    if error.is_connect() || error.is_timeout() {
        let at = base.origin().ascii_serialization();
        Failure::Unreachable { at, reason }
    } else {
        Failure::BrokenOff(reason)
    }
}

/// The innermost cause says most: `connection refused`, `invalid peer certificate`.
fn last_cause(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    let mut text = None;
    while let Some(it) = cause {
        text = Some(match it.downcast_ref::<io::Error>() {
            // Without the number of the system's error.
            Some(system) if system.raw_os_error().is_some() => system.kind().to_string(),
            _ => it.to_string(),
        });
        cause = it.source();
    }
    text.unwrap_or_else(|| "the request failed".to_owned())
}
