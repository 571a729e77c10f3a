//! Whether what came back is an answer of the datasource's API, judged by its head alone.

use axum::body::Body;
use axum::http::{HeaderMap, Response, header};
use url::Url;

use super::Endpoint;
use super::failure::{Failure, RedirectTarget};

/// Headers that describe the body, and one that keeps proxies from holding a live tail back. All
/// others stay behind: cookies and the like concern the datasource and the server, not the browser.
const PASSED_ON: [header::HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::HeaderName::from_static("x-accel-buffering"),
];

/// Lets answers of the API through, also its errors, and keeps only the headers of the body.
pub(super) fn check(
    endpoint: &Endpoint,
    response: Response<Body>,
) -> Result<Response<Body>, Failure> {
    check_status(&response)?;
    if !is_expected(endpoint, response.headers()) {
        return Err(unexpected(&response));
    }
    let (parts, body) = response.into_parts();
    let mut kept = Response::new(body);
    *kept.status_mut() = parts.status;
    for name in PASSED_ON {
        if let Some(value) = parts.headers.get(&name) {
            kept.headers_mut().insert(name, value.clone());
        }
    }
    Ok(kept)
}

/// Refuses what concerns the server and not who asks.
pub(super) fn check_status(response: &Response<Body>) -> Result<(), Failure> {
    let status = response.status();
    if status.is_redirection() {
        return Err(Failure::Redirect {
            status: status.as_u16(),
            to: RedirectTarget(redirect_target(response.headers())),
        });
    }
    // These concern the credentials of the server. Passed on, they would ask the viewer to log in.
    if matches!(status.as_u16(), 401 | 403 | 407) {
        return Err(Failure::Refused(status.as_u16()));
    }
    Ok(())
}

/// Says what came in place of an answer.
pub(super) fn unexpected(response: &Response<Body>) -> Failure {
    Failure::NotJson {
        status: response.status().as_u16(),
        content: content_name(response.headers()),
    }
}

fn is_expected(endpoint: &Endpoint, headers: &HeaderMap) -> bool {
    match media_type(headers).as_deref() {
        // Errors are JSON everywhere.
        Some("application/json") => true,
        Some(found) => found == endpoint.media_type(),
        None => *endpoint == Endpoint::Healthy,
    }
}

fn content_name(headers: &HeaderMap) -> String {
    match media_type(headers).as_deref() {
        Some("text/html") => "a web page".to_owned(),
        Some(other) => other.chars().take(80).collect(),
        None => "no content type".to_owned(),
    }
}

/// The content type without parameters, in lower case.
fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next().unwrap_or_default().trim();
    Some(essence.to_ascii_lowercase())
}

/// Where a redirect leads, without what may be secret in it.
fn redirect_target(headers: &HeaderMap) -> Option<String> {
    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    match Url::parse(location) {
        Ok(url) => Some(format!(
            "{}{}",
            url.origin().ascii_serialization(),
            url.path()
        )),
        Err(_) => location.split(['?', '#']).next().map(str::to_owned),
    }
}
