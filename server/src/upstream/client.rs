//! The HTTP client of one datasource or receiver: rustls, no redirects, no proxies of the
//! environment.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Response, header};
use reqwest::RequestBuilder;
use url::Url;

use super::Failure;
use super::tls::{self, Stamp};
use crate::cause::last_cause;
use crate::config::{Connection, Credentials, Secret, SecretSource};

/// A host that does not answer at all is given up sooner than a slow query.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A request, below the datasource's URL.
#[derive(Debug)]
pub(super) struct Question<'a> {
    /// `POST` sends the form as a body, anything else as a query string.
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) form: String,
    pub(super) headers: HeaderMap,
}

/// The client; clones share its connections.
#[derive(Clone, Debug)]
pub(crate) struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    connection: Connection,
    /// Built when it is first needed, and anew when a file of its TLS changed.
    built: Mutex<Option<(Stamp, reqwest::Client)>>,
}

impl Client {
    pub(crate) fn new(connection: Connection) -> Self {
        Self(Arc::new(Inner {
            connection,
            built: Mutex::new(None),
        }))
    }

    /// Asks, and gives back the answer's head, its body still on its way.
    pub(super) async fn send(&self, question: Question<'_>) -> Result<Response<Body>, Failure> {
        let Question {
            method,
            path,
            form,
            headers,
        } = question;
        let base = &self.0.connection.url;
        let mut url = base.clone();
        url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
        let client = self.current()?;
        let request = if method == Method::POST {
            client
                .post(url)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form)
        } else {
            url.set_query((!form.is_empty()).then_some(form.as_str()));
            client.get(url)
        };
        let request = self.authorized(request.headers(headers)).await?;
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

    /// Sends a request to a URL of the same host, and gives back the answer's head. Whoever
    /// sends bounds the time, and decides whether it is done again.
    pub(crate) async fn request(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<reqwest::Response, Failure> {
        let base = &self.0.connection.url;
        let request = self.current()?.request(method, url);
        let request = request.headers(headers).body(body);
        let response = self.authorized(request).await?.send().await;
        response.map_err(|error| explain(base, &error))
    }

    fn current(&self) -> Result<reqwest::Client, Failure> {
        let Connection {
            url, tls, proxy, ..
        } = &self.0.connection;
        let stamp = Stamp::of(tls);
        let mut built = self.0.built.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, client)) = &*built
            && *of == stamp
        {
            return Ok(client.clone());
        }
        let tls = tls::client_config(tls, url.scheme() == "https")
            .map_err(|error| Failure::Unusable(error.to_string()))?;
        let unusable = |error: reqwest::Error| Failure::Unusable(error.to_string());
        let mut client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("venti/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = proxy {
            client = client.proxy(reqwest::Proxy::all(proxy.clone()).map_err(unusable)?);
        }
        let client = client.build().map_err(unusable)?;
        *built = Some((stamp, client.clone()));
        Ok(client)
    }

    /// Says who asks, and what else the configuration wants to be said.
    async fn authorized(&self, mut request: RequestBuilder) -> Result<RequestBuilder, Failure> {
        for (name, value) in &self.0.connection.headers {
            let value = read(value).await?;
            request = request.header(name, sensitive(&value)?);
        }
        Ok(match &self.0.connection.credentials {
            Credentials::None => request,
            Credentials::Basic { user, password } => {
                let password = read(password).await?;
                request.basic_auth(user, Some(password.expose()))
            }
            Credentials::Bearer(token) => {
                let token = read(token).await?;
                let value = Secret::from(format!("Bearer {}", token.expose()).as_str());
                request.header(header::AUTHORIZATION, sensitive(&value)?)
            }
        })
    }
}

/// A header that no log shows.
fn sensitive(value: &Secret) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(value.expose())
        .map_err(|_| Failure::Unusable("a secret holds what no header may have".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The secret as it is now. A newline at the end of its file is not part of it.
async fn read(source: &SecretSource) -> Result<Secret, Failure> {
    match source {
        SecretSource::Text(secret) => Ok(secret.clone()),
        SecretSource::File { key, path } => match tokio::fs::read_to_string(path).await {
            Ok(text) => Ok(Secret::from(text.trim_end_matches(['\r', '\n']))),
            Err(error) => {
                let reason = error.kind();
                Err(Failure::Unusable(format!(
                    "`{key}` cannot be read: {reason}"
                )))
            }
        },
    }
}

/// Says where and why, without the URL's path and query.
fn explain(base: &Url, error: &reqwest::Error) -> Failure {
    let reason = last_cause(error).unwrap_or_else(|| "the request failed".to_owned());
    if error.is_connect() || error.is_timeout() {
        let at = base.origin().ascii_serialization();
        Failure::Unreachable { at, reason }
    } else {
        Failure::BrokenOff(reason)
    }
}
