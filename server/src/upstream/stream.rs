//! The body of an answer on its way through, within the time and size it may take.

use std::sync::Arc;
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::http::{HeaderValue, Response, header};
use futures_util::{Stream, StreamExt, stream};
use tokio::time::{Instant, timeout_at};

use super::Failure;

/// How far a body may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// The time at which it must be over, and how long that is from the request on. Live tails
    /// have none.
    pub(super) deadline: Option<(Instant, Duration)>,
    /// Its length. Live tails have none.
    pub(super) bytes: Option<u64>,
}

/// Waits for the first bytes, so that a connection that breaks before them is still answered
/// with a proper error; the rest follows as it comes.
pub(super) async fn begin(
    datasource: &Arc<str>,
    response: Response<Body>,
    bounds: Bounds,
) -> Result<Response<Body>, Failure> {
    let (mut parts, body) = response.into_parts();
    // The stream that follows does not know it.
    if let Some(length) = body.size_hint().exact() {
        let length = HeaderValue::from(length);
        parts.headers.insert(header::CONTENT_LENGTH, length);
    }
    if let Some(limit) = bounds.bytes
        && body.size_hint().lower() > limit
    {
        return Err(Failure::TooLarge(limit));
    }
    let mut bounded = Bounded {
        datasource: datasource.clone(),
        rest: Some(body.into_data_stream()),
        read: 0,
        bounds,
    };
    let first = match bounded.next().await {
        Some(Ok(bytes)) => bytes,
        Some(Err(failure)) => return Err(failure),
        None => return Ok(Response::from_parts(parts, Body::empty())),
    };
    let first = stream::iter([Ok(first)]);
    // Fused, since compression reads on after the end.
    let body = Body::from_stream(first.chain(bounded.rest()).fuse());
    Ok(Response::from_parts(parts, body))
}

struct Bounded {
    datasource: Arc<str>,
    /// Nothing behind its end or a failure.
    rest: Option<BodyDataStream>,
    read: u64,
    bounds: Bounds,
}

impl Bounded {
    async fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        let next = match self.next_within_time().await {
            Some(Ok(bytes)) => self.within_size(bytes),
            Some(Err(failure)) => Err(failure),
            None => {
                self.rest = None;
                return None;
            }
        };
        if next.is_err() {
            self.rest = None;
        }
        Some(next)
    }

    async fn next_within_time(&mut self) -> Option<Result<Bytes, Failure>> {
        let data = self.rest.as_mut()?;
        let next = match self.bounds.deadline {
            Some((deadline, timeout)) => match timeout_at(deadline, data.next()).await {
                Ok(next) => next,
                Err(_) => return Some(Err(Failure::Timeout(timeout))),
            },
            None => data.next().await,
        };
        next.map(|it| it.map_err(|error| Failure::BrokenOff(innermost(&error))))
    }

    fn within_size(&mut self, bytes: Bytes) -> Result<Bytes, Failure> {
        self.read = self.read.saturating_add(bytes.len() as u64);
        match self.bounds.bytes {
            Some(limit) if self.read > limit => Err(Failure::TooLarge(limit)),
            _ => Ok(bytes),
        }
    }

    /// What follows. An error makes the connection to the browser break off too, which is how
    /// HTTP tells that an answer is not whole.
    fn rest(self) -> impl Stream<Item = Result<Bytes, BoxError>> {
        stream::unfold(self, async |mut it| {
            let next = it.next().await?;
            if let Err(failure) = &next {
                tracing::warn!(datasource = %it.datasource, reason = %failure, "an answer broke off");
            }
            Some((next.map_err(BoxError::from), it))
        })
    }
}

fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(cause) = error.source() {
        error = cause;
    }
    error.to_string()
}
