//! `index.html`, for every URL that the frontend understands.

use std::io;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::{ASK_AGAIN, policy};
use crate::config::BasePath;
use crate::error::ApiError;
use crate::middleware::header_of_time;

pub(super) const FILE: &str = "index.html";

const NOT_BUILT: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Venti</title>
<h1>The frontend is not built yet</h1>
<p>The server runs, but the directory given with <code>--frontend</code> holds no index.html.
<p>Build it with <code>trunk build --release</code> in the root of the repository, then reload.
";

/// The page with its policy and the server's time, or how to build it.
pub(super) fn answer(html: io::Result<Option<String>>, base: &BasePath, now: f64) -> Response {
    let html = match html {
        Ok(Some(html)) => html,
        Ok(None) => return (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response(),
        Err(error) => {
            return ApiError::internal(format!("cannot read {FILE}: {error}")).into_response();
        }
    };
    let html = below(&html, base);
    let policy = HeaderValue::try_from(policy::of_page(&html));
    // Hashes in base64 are always a header.
    let policy = policy.unwrap_or(HeaderValue::from_static("default-src 'self'"));
    let headers = [
        (header::CACHE_CONTROL, ASK_AGAIN),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (headers, [header_of_time(now)], Html(html)).into_response()
}

/// The page for a server below `base`: all its URLs are relative to its `base` element.
fn below(html: &str, base: &BasePath) -> String {
    let Some((before, rest)) = html.split_once("<base ") else {
        return html.to_owned();
    };
    let Some((_, after)) = rest.split_once('>') else {
        return html.to_owned();
    };
    format!("{before}<base href=\"{base}\">{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_element_is_replaced_however_it_is_written() {
        let base: BasePath = "/venti/".parse().unwrap();
        for element in ["<base href=\"/\" />", "<base href=/>", "<base href=\"/\">"] {
            let html = format!("<head>{element}<title>");
            assert_eq!(below(&html, &base), "<head><base href=\"/venti/\"><title>");
        }
        assert_eq!(below("<title>", &base), "<title>");
    }
}
