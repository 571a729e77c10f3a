//! The body of an answer on its way through, with the deadline of its request.

use std::io;
use std::sync::Arc;

use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::http::Response;
use futures_util::{Stream, StreamExt, stream};
use tokio::time::{Instant, timeout_at};

use super::Failure;

/// Waits for the first bytes, so that a connection that breaks before them is still answered
/// with a proper error; the rest follows as it comes, until `deadline` if there is one.
pub(super) async fn begin(
    datasource: &Arc<str>,
    response: Response<Body>,
    deadline: Option<Instant>,
) -> Result<Response<Body>, Failure> {
    let (parts, body) = response.into_parts();
    let mut rest = body.into_data_stream();
    let first = match rest.next().await {
        Some(Ok(bytes)) => bytes,
        Some(Err(error)) => return Err(Failure::BrokenOff(innermost(&error))),
        None => return Ok(Response::from_parts(parts, Body::empty())),
    };
    let first = stream::iter([Ok(first)]);
    // Fused, since compression reads on after the end.
    let body = Body::from_stream(
        first
            .chain(until(datasource.clone(), deadline, rest))
            .fuse(),
    );
    Ok(Response::from_parts(parts, body))
}

/// Passes the stream on until the deadline. Its error makes the connection to the browser break
/// off too, which is how HTTP tells that an answer is not whole.
fn until<S>(
    datasource: Arc<str>,
    deadline: Option<Instant>,
    stream: S,
) -> impl Stream<Item = Result<Bytes, BoxError>>
where
    S: Stream<Item = Result<Bytes, axum::Error>> + Send + Unpin,
{
    stream::unfold(
        (datasource, Some(stream)),
        move |(datasource, stream)| async move {
            let mut stream = stream?;
            let next = match deadline {
                Some(deadline) => timeout_at(deadline, stream.next()).await,
                None => Ok(stream.next().await),
            };
            let error = match next {
                Ok(None) => return None,
                Ok(Some(Ok(bytes))) => return Some((Ok(bytes), (datasource, Some(stream)))),
                Ok(Some(Err(error))) => BoxError::from(error),
                Err(_) => io::Error::from(io::ErrorKind::TimedOut).into(),
            };
            tracing::warn!(%datasource, reason = innermost(&*error), "an answer broke off");
            Some((Err(error), (datasource, None)))
        },
    )
}

fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(cause) = error.source() {
        error = cause;
    }
    error.to_string()
}
