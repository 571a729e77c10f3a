//! Whether a request may come from a page of another site, which the browser would send with the
//! user's cookie.
//!
//! Our cookie is `SameSite=Strict`, so browsers do not send it with requests of other sites. This
//! is the second lock, and it also holds where there is no cookie: with a proxy that knows the user,
//! and at the login itself. It looks at what page scripts cannot forge: `Sec-Fetch-Site`, which
//! browsers send over HTTPS and on loopback, else `Origin`. A program that sends neither has no pages
//! and is nobody's victim.

use axum::http::{HeaderMap, Method, header};

/// Whether the request is harmless, or comes from a page of this server, or from no page at all.
pub(crate) fn is_acceptable(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return true;
    }
    let text = |name: &str| headers.get(name).map(|it| it.to_str().unwrap_or_default());
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == text(header::HOST.as_str())
        }
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_acceptable(method: Method, headers: &[(&str, &str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        super::is_acceptable(&method, &headers)
    }

    #[test]
    fn pages_of_other_sites_may_only_look() {
        let foreign = [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "http://a"),
                ("host", "a"),
            ],
            &[("origin", "http://evil"), ("host", "venti")],
            &[("origin", "null"), ("host", "null")],
            &[("origin", "http://venti")],
            &[("origin", "http://venti:81"), ("host", "venti")],
        ];
        for headers in foreign {
            assert!(!is_acceptable(Method::POST, headers), "{headers:?}");
            assert!(!is_acceptable(Method::DELETE, headers), "{headers:?}");
            assert!(is_acceptable(Method::GET, headers), "{headers:?}");
        }
    }

    #[test]
    fn our_own_pages_and_programs_may_act() {
        for headers in [
            &[][..],
            &[("host", "venti")],
            &[("sec-fetch-site", "same-origin")],
            // Behind a proxy that changes the host, the browser knows better than we do.
            &[
                ("sec-fetch-site", "same-origin"),
                ("origin", "http://a"),
                ("host", "b"),
            ],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://venti:3030"), ("host", "venti:3030")],
            &[("origin", "https://venti"), ("host", "venti")],
        ] {
            assert!(is_acceptable(Method::POST, headers), "{headers:?}");
        }
    }
}
