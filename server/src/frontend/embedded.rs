//! The frontend inside the program, compressed when it was built.

use std::borrow::Cow;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use rust_embed::RustEmbed;

/// What `make frontend` made.
#[derive(RustEmbed)]
#[folder = "../dist"]
struct Files;

/// Compressions in the order of preference, as browsers and as file names call them.
const COMPRESSIONS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// The text of the page.
pub(super) fn page() -> Option<String> {
    let file = Files::get(super::page::FILE)?;
    String::from_utf8(file.data.into_owned()).ok()
}

/// A file, compressed where the browser reads that, or an answer that it is not there.
pub(super) fn file(request: &Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let path = percent_decode_str(path).decode_utf8_lossy();
    let Some(plain) = Files::get(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = HeaderValue::try_from(plain.metadata.mimetype());
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let compressed = COMPRESSIONS.iter().find_map(|(name, extension)| {
        let file = accepts(request.headers(), name)
            .then(|| Files::get(&format!("{path}{extension}")))
            .flatten()?;
        Some((*name, file))
    });
    let (encoding, data) = match compressed {
        Some((name, file)) => (Some(HeaderValue::from_static(name)), file.data),
        None => (None, plain.data),
    };
    let mut response = Response::new(Body::from(bytes(data)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, encoding);
    }
    response
}

/// What is inside the program is not copied.
fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

/// Whether the browser reads a compression: it names it, and not with a weight of zero.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let listed = headers.get_all(header::ACCEPT_ENCODING).iter();
    let listed = listed.filter_map(|it| it.to_str().ok());
    listed.flat_map(|it| it.split(',')).any(|it| {
        let (name, weight) = it.split_once(';').unwrap_or((it, ""));
        let weight = weight.trim().strip_prefix("q=");
        let refused = weight.is_some_and(|it| it.parse::<f32>().is_ok_and(|it| it <= 0.0));
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compression_is_used_when_it_is_named_and_not_refused() {
        for (text, expected) in [
            ("gzip, deflate, br, zstd", true),
            ("gzip,BR;q=0.5", true),
            ("br;q=0, gzip", false),
            ("gzip", false),
            ("brotli", false),
        ] {
            let value = HeaderValue::from_static(text);
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, value)]);
            assert_eq!(accepts(&headers, "br"), expected, "{text}");
        }
    }
}
