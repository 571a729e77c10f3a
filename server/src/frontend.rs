//! The built frontend: files with the right types and cache times, and one page for every URL
//! that is not a file.
//!
//! Files whose name holds a hash of their content are kept for a year; the page and everything
//! else is asked for again each time. Files are served compressed where `name.br` or `name.gz`
//! stands beside them.

#[cfg(feature = "embed")]
mod embedded;
mod folder;
mod page;
mod policy;

use std::io;
use std::path::PathBuf;

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use self::folder::Folder;
use crate::config::BasePath;

/// A year, the most that caches are asked for.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Where the built frontend is.
#[derive(Clone, Debug)]
pub(crate) enum Frontend {
    /// In a folder.
    Folder(Folder),
    /// In the program.
    #[cfg(feature = "embed")]
    Embedded,
}

impl Frontend {
    /// The one in a folder, else the one in the program, else the folder `dist`.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        match folder {
            Some(folder) => Self::Folder(Folder::new(folder)),
            #[cfg(feature = "embed")]
            None => Self::Embedded,
            #[cfg(not(feature = "embed"))]
            None => Self::Folder(Folder::new("dist".into())),
        }
    }

    /// Answers `GET` and `HEAD` of any path, which browsers find below `base`; `now` in unix
    /// seconds.
    pub(crate) async fn answer(&self, request: Request, base: &BasePath, now: f64) -> Response {
        let name = request.uri().path().rsplit('/').next();
        let name = name.unwrap_or_default().to_owned();
        if name.is_empty() || name == page::FILE {
            return page::answer(self.page().await, base, now);
        }
        let wants_page = wants_page(&request, &name);
        let mut response = self.file(request).await;
        if response.status() != StatusCode::NOT_FOUND {
            let cache = if is_hashed(&name) { FOREVER } else { ASK_AGAIN };
            response.headers_mut().insert(header::CACHE_CONTROL, cache);
            response
        } else if wants_page {
            page::answer(self.page().await, base, now)
        } else {
            (StatusCode::NOT_FOUND, "there is no such file\n").into_response()
        }
    }

    async fn page(&self) -> io::Result<Option<String>> {
        match self {
            Self::Folder(folder) => folder.page().await,
            #[cfg(feature = "embed")]
            Self::Embedded => Ok(embedded::page()),
        }
    }

    async fn file(&self, request: Request) -> Response {
        match self {
            Self::Folder(folder) => folder.file(request).await,
            #[cfg(feature = "embed")]
            Self::Embedded => embedded::file(&request),
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
