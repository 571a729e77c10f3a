//! Asking a datasource: over HTTP, or a Lethe inside the server.
//!
//! Both ways take the same [`Call`] and give the same streamed answer, under one deadline that
//! covers everything from connecting to the last byte; of a live tail, to the first one. Nothing
//! here buffers an answer, follows a redirect, or reaches an address that is not configured.
//! Dropping the answer ends the request upstream.

mod answer;
mod client;
mod endpoint;
mod failure;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Response, header};
use tokio::time::{Instant, timeout_at};
use tower::ServiceExt;
use url::Url;
use url::form_urlencoded;

use crate::config::Credentials;

pub use client::{Client, ClientError};
pub use endpoint::{Endpoint, LabelName, LabelNameError};
pub use failure::{Failure, UpstreamError};

/// One request to a datasource.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is asked.
    pub endpoint: Endpoint,
    /// `POST` sends the parameters as a form, anything else as a query string.
    pub method: Method,
    /// In order, each name once but those that end in `[]`.
    pub parameters: Vec<(String, String)>,
    /// Which compressions the asker can read; the answer then passes through as it is.
    pub accept_encoding: Option<header::HeaderValue>,
}

impl Call {
    fn encoded_parameters(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.parameters)
            .finish()
    }

    fn headers(&self) -> HeaderMap {
        let accept_encoding = self.accept_encoding.clone();
        accept_encoding
            .map(|it| (header::ACCEPT_ENCODING, it))
            .into_iter()
            .collect()
    }
}

/// How one datasource is asked.
#[derive(Clone, Debug)]
pub struct Upstream {
    name: Arc<str>,
    timeout: Duration,
    transport: Transport,
}

#[derive(Clone, Debug)]
enum Transport {
    Http {
        client: Client,
        url: Url,
        credentials: Option<Credentials>,
    },
    InProcess(Router),
}

impl Upstream {
    /// A datasource at a URL; a path in it stays in front of every request's path.
    pub fn http(
        name: &str,
        timeout: Duration,
        client: Client,
        url: Url,
        credentials: Option<Credentials>,
    ) -> Self {
        Self {
            name: name.into(),
            timeout,
            transport: Transport::Http {
                client,
                url,
                credentials,
            },
        }
    }

    /// A datasource inside the server that answers the same paths.
    pub fn in_process(name: &str, timeout: Duration, router: Router) -> Self {
        Self {
            name: name.into(),
            timeout,
            transport: Transport::InProcess(router),
        }
    }

    /// Asks. The answer has the datasource's own status, content type and body, whose first
    /// bytes have arrived.
    pub async fn send(&self, call: &Call) -> Result<Response<Body>, UpstreamError> {
        let deadline = Instant::now() + self.timeout;
        timeout_at(deadline, self.exchange(call, deadline))
            .await
            .unwrap_or(Err(Failure::Timeout(self.timeout)))
            .map_err(|failure| UpstreamError {
                datasource: self.name.to_string(),
                failure,
            })
    }

    async fn exchange(&self, call: &Call, deadline: Instant) -> Result<Response<Body>, Failure> {
        let response = match &self.transport {
            Transport::Http {
                client,
                url,
                credentials,
            } => client.send(url, credentials.as_ref(), call).await?,
            Transport::InProcess(router) => send_in_process(router, call).await?,
        };
        let response = answer::check(&call.endpoint, response)?;
        let deadline = (!call.endpoint.is_endless()).then_some(deadline);
        stream::begin(&self.name, response, deadline).await
    }
}

async fn send_in_process(router: &Router, call: &Call) -> Result<Response<Body>, Failure> {
    let uri = format!("{}?{}", call.endpoint.path(), call.encoded_parameters());
    let mut request = Request::new(Body::empty());
    // Only the length of a query can make an encoded one unusable.
    *request.uri_mut() = uri.parse().map_err(|_| Failure::TooLong)?;
    *request.headers_mut() = call.headers();
    match router.clone().oneshot(request).await {
        Ok(response) => Ok(response),
        Err(never) => match never {},
    }
}
