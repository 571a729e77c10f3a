//! Headers of every answer: what browsers must not do with it, and the server's time.

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use venti_model::api::TIME_HEADER;

use crate::App;

/// Pages bring their own policy; whatever else is opened as a document may do nothing at all.
const NO_CONTENT_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Adds what is missing.
pub(super) async fn add(State(app): State<App>, request: Request, next: Next) -> Response {
    let api = is_api(request.uri().path());
    let live = app.live();
    let peer = live.gate.peer(request.extensions(), request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    // No other site may show or include what is ours, nor keep a handle on our window.
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    if peer.is_secure {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(NO_CONTENT_POLICY));
    if api {
        // Answers depend on the moment and, with sessions, on who asks.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let (name, value) = header_of_time(app.now());
        headers.insert(name, value);
    }
    response
}

/// Whether the path is one of the API's.
fn is_api(path: &str) -> bool {
    let prefixes = ["/api/", "/remote/", "/auth/", "/-/"];
    prefixes.iter().any(|it| path.starts_with(it))
}

/// The server's time for browsers whose clocks are wrong.
pub(crate) fn header_of_time(now: f64) -> (HeaderName, HeaderValue) {
    let value = HeaderValue::try_from(format!("{now:.3}"));
    // Digits and a point are always a header.
    let value = value.unwrap_or(HeaderValue::from_static("0"));
    (HeaderName::from_static(TIME_HEADER), value)
}
