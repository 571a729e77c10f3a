//! A name for each request, so that its lines in several logs can be put together.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Longer ones are not taken over.
const MAX_LENGTH: usize = 64;

/// Takes the id that a proxy gave, or makes one; the answer tells it, and all that is logged
/// meanwhile.
pub(super) async fn name(request: Request, next: Next) -> Response {
    let id = given(&request).unwrap_or_else(fresh);
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().insert(HEADER, id);
    response
}

/// What another program sent is taken only when it can stand in a log as it is.
fn given(request: &Request) -> Option<HeaderValue> {
    let value = request.headers().get(HEADER)?;
    let sane = |it: &u8| it.is_ascii_alphanumeric() || b"-_.".contains(it);
    let bytes = value.as_bytes();
    let fits = (1..=MAX_LENGTH).contains(&bytes.len()) && bytes.iter().all(sane);
    fits.then(|| value.clone())
}

/// 16 hexadecimal digits. The keys of the standard library's hasher are random for each
/// process, which is all the randomness that ids need.
fn fresh() -> HeaderValue {
    static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let id = KEYS.hash_one(COUNT.fetch_add(1, Ordering::Relaxed));
    // Digits are always a header.
    HeaderValue::try_from(format!("{id:016x}")).unwrap_or(HeaderValue::from_static("0"))
}
