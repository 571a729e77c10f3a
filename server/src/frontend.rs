//! The built frontend: files with the right types and cache times, and one page for every URL
//! that is not a file.
//!
//! Files whose name holds a hash of their content are kept for a year; the page and everything
//! else is asked for again each time. Files are served compressed where `name.br` or `name.gz`
//! stands beside them.

mod page;
mod policy;

use std::path::PathBuf;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::services::ServeDir;

use crate::config::BasePath;

/// A year, the most that caches are asked for.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The folder that `trunk build` made, or would make.
#[derive(Clone, Debug)]
pub(crate) struct Frontend {
    dist: PathBuf,
    files: ServeDir,
}

impl Frontend {
    pub(crate) fn new(dist: PathBuf) -> Self {
        let files = ServeDir::new(&dist)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip();
        Self { dist, files }
    }

    /// Answers `GET` and `HEAD` of any path, which browsers find below `base`; `now` in unix
    /// seconds.
    pub(crate) async fn answer(&self, request: Request, base: &BasePath, now: f64) -> Response {
        let name = request
            .uri()
            .path()
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        if name.is_empty() || name == page::FILE {
            return page::answer(&self.dist, base, now).await;
        }
        let wants_page = wants_page(&request, &name);
        let mut response = match self.files.clone().oneshot(request).await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        };
        if response.status() != StatusCode::NOT_FOUND {
            let cache = if is_hashed(&name) { FOREVER } else { ASK_AGAIN };
            response.headers_mut().insert(header::CACHE_CONTROL, cache);
            response
        } else if wants_page {
            page::answer(&self.dist, base, now).await
        } else {
            (StatusCode::NOT_FOUND, "there is no such file\n").into_response()
        }
    }
}

/// Whether a missing file is a deep link. A script or style of an older build is none: answered
/// with the page, it would fail with a message that nobody understands.
fn wants_page(request: &Request, name: &str) -> bool {
    let accept = request.headers().get(header::ACCEPT);
    let asks_for_html = accept
        .and_then(|it| it.to_str().ok())
        .is_some_and(|it| it.contains("text/html"));
    let extension = name.rsplit_once('.').map_or("", |(_, it)| it);
    asks_for_html
        || !matches!(
            extension,
            "js" | "wasm"
                | "css"
                | "map"
                | "json"
                | "ico"
                | "png"
                | "svg"
                | "woff2"
                | "txt"
                | "xml"
        )
}

/// Whether the name is `name-<hex digits>.ext` or `name-<hex digits>_bg.wasm`, as Trunk writes
/// names that change with the content: a number of 64 bits, without zeros in front.
fn is_hashed(name: &str) -> bool {
    let Some((stem, _)) = name.rsplit_once('.') else {
        return false;
    };
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        (12..=16).contains(&hash.len()) && hash.bytes().all(|it| it.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_hashed_names() {
        for name in [
            "venti-0123456789abcdef.js",
            "venti-0123456789abcdef_bg.wasm",
            "a-b-0123456789abcdef.css",
            "shell-669e4fba478edab.css",
        ] {
            assert!(is_hashed(name), "{name}");
        }
        for name in [
            "venti.js",
            "venti-0123.js",
            "venti-0123456789abcdeg.js",
            "0123456789abcdef",
            "logo.svg",
        ] {
            assert!(!is_hashed(name), "{name}");
        }
    }
}
