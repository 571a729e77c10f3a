//! Asking a datasource: over HTTP, or a Lethe inside the server.
//!
//! Both ways take the same [`Call`] and give the same streamed answer, under one deadline that
//! covers everything from connecting to the last byte; of a live tail, to the first one. Nothing
//! here follows a redirect or reaches an address that is not configured, and dropping the answer
//! ends the request upstream. [`Upstream::share`] lets equal calls have one answer: `shared`
//! finds them, a `flight` is read by several at once, `reuse` says which answers hold for a
//! moment, and `kept` holds them.

mod answer;
mod client;
mod dialect;
mod endpoint;
mod failure;
mod flight;
mod gzip;
mod kept;
mod reuse;
mod shared;
mod stream;
mod tls;
mod translated;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Response, header};
use tokio::time::{Instant, timeout_at};
use tower::ServiceExt;
use url::form_urlencoded;

use crate::app::{Clock, unix_seconds};
use crate::config::{Connection, Limits};

pub(crate) use dialect::{Api, Dialect};
pub use endpoint::{Endpoint, LabelName, LabelNameError};
pub use failure::{Failure, UpstreamError};
pub use shared::Origin;

pub(crate) use client::Client;
use client::Question;
use shared::Shared;
use stream::Bounds;

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

    fn question<'a>(&self, path: &'a str) -> Question<'a> {
        Question {
            method: self.method.clone(),
            path,
            form: self.encoded_parameters(),
            headers: self.headers(),
        }
    }

    fn headers(&self) -> HeaderMap {
        let accept_encoding = self.accept_encoding.clone();
        accept_encoding
            .map(|it| (header::ACCEPT_ENCODING, it))
            .into_iter()
            .collect()
    }
}

/// How one datasource is asked; clones share connections and answers.
#[derive(Clone, Debug)]
pub struct Upstream(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: Arc<str>,
    limits: Limits,
    transport: Transport,
    shared: Shared,
}

#[derive(Debug)]
enum Transport {
    Http(Client),
    /// A log database with an API of its own.
    Translated {
        client: Client,
        dialect: Dialect,
        clock: Clock,
    },
    InProcess(Router),
}

impl Upstream {
    /// A datasource at a URL; a path in it stays in front of every request's path.
    pub fn http(name: &str, limits: Limits, connection: Connection) -> Self {
        Self::new(name, limits, Transport::Http(Client::new(connection)))
    }

    /// A log database with an API of its own at a URL, asked and answered like a Lethe.
    pub(crate) fn translated(
        name: &str,
        limits: Limits,
        connection: Connection,
        dialect: Dialect,
        clock: Clock,
    ) -> Self {
        let client = Client::new(connection);
        let transport = Transport::Translated {
            client,
            dialect,
            clock,
        };
        Self::new(name, limits, transport)
    }

    /// A datasource inside the server that answers the same paths.
    pub fn in_process(name: &str, limits: Limits, router: Router) -> Self {
        Self::new(name, limits, Transport::InProcess(router))
    }

    fn new(name: &str, limits: Limits, transport: Transport) -> Self {
        Self(Arc::new(Inner {
            name: name.into(),
            limits,
            transport,
            shared: Shared::default(),
        }))
    }

    /// Asks. The answer has the datasource's own status, content type and body, whose first
    /// bytes have arrived.
    pub async fn send(&self, call: &Call) -> Result<Response<Body>, UpstreamError> {
        let timeout = self.0.limits.timeout;
        let deadline = Instant::now() + timeout;
        timeout_at(deadline, self.exchange(call, deadline))
            .await
            .unwrap_or(Err(Failure::Timeout(timeout)))
            .map_err(|failure| UpstreamError {
                datasource: self.0.name.to_string(),
                failure,
            })
    }

    /// Gives the answer of an equal call that is under way or was answered a moment ago, and
    /// else asks. `now` is in unix seconds.
    pub async fn share(
        &self,
        call: Call,
        now: f64,
    ) -> (Origin, Result<Response<Body>, UpstreamError>) {
        self.0.shared.answer(self, call, now).await
    }

    async fn exchange(&self, call: &Call, deadline: Instant) -> Result<Response<Body>, Failure> {
        let Inner { name, limits, .. } = &*self.0;
        let response = match &self.0.transport {
            Transport::Http(client) => client.send(call.question(&call.endpoint.path())).await?,
            Transport::Translated {
                client,
                dialect,
                clock,
            } => {
                if call.endpoint.is_endless() {
                    let tail = translated::Tail {
                        client: client.clone(),
                        dialect: dialect.clone(),
                        call: call.clone(),
                        clock: *clock,
                        limits: *limits,
                    };
                    return tail.start().await;
                }
                let now = unix_seconds(*clock);
                let limit = limits.max_response_bytes;
                // A whole answer, and checked.
                return translated::send(client, dialect, call, now, limit).await;
            }
            Transport::InProcess(router) => send_in_process(router, call).await?,
        };
        let response = answer::check(&call.endpoint, response)?;
        let is_bounded = !call.endpoint.is_endless();
        let bounds = Bounds {
            deadline: is_bounded.then_some((deadline, limits.timeout)),
            bytes: is_bounded.then_some(limits.max_response_bytes),
        };
        stream::begin(name, response, bounds).await
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
