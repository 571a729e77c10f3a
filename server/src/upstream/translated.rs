//! Asking a log database in its own API, and its answers as Lethe's.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use futures_util::StreamExt;
use url::form_urlencoded;

use super::client::{Client, Question};
use super::dialect::{self, Dialect};
use super::{Call, Failure, answer};

/// Longer parameters are posted.
const MAX_QUERY_BYTES: usize = 2000;

/// Asks all that a call needs. `limit` is what each answer may take, in bytes.
pub(super) async fn send(
    client: &Client,
    dialect: &Dialect,
    call: &Call,
    now: f64,
    limit: u64,
) -> Result<Response<Body>, Failure> {
    let limit = usize::try_from(limit)
        .unwrap_or(usize::MAX)
        .min(dialect::MAX_BYTES);
    let mut answers = Vec::new();
    for question in dialect.questions(call, now)? {
        let form: String = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&question.parameters)
            .finish();
        let is_long = form.len() > MAX_QUERY_BYTES;
        let response = client
            .send(Question {
                method: if is_long { Method::POST } else { Method::GET },
                path: &question.path,
                form,
                // Nothing is unpacked here, so nothing may come packed.
                headers: HeaderMap::new(),
            })
            .await?;
        answer::check_status(&response)?;
        let status = response.status();
        if status.is_client_error() {
            let text = read(response, limit).await?;
            return Ok(json(StatusCode::BAD_REQUEST, dialect::error_body(&text)));
        }
        if !status.is_success() || response.headers().contains_key(header::CONTENT_ENCODING) {
            return Err(answer::unexpected(&response));
        }
        answers.push((question, read(response, limit).await?));
    }
    Ok(json(StatusCode::OK, dialect.answer(&answers)?))
}

fn json(status: StatusCode, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

async fn read(response: Response<Body>, limit: usize) -> Result<Bytes, Failure> {
    let mut chunks = response.into_body().into_data_stream();
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| Failure::BrokenOff(error.to_string()))?;
        if body.len() + chunk.len() > limit {
            return Err(Failure::TooLarge(limit as u64));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}
