//! What a request brings along to prove who asks, and the cookie that browsers keep for it.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};

/// Over HTTPS: browsers take a cookie of this prefix from this very host alone, and only over
/// HTTPS.
const SECURE_COOKIE: &str = "__Host-venti-session";
const PLAIN_COOKIE: &str = "venti-session";

/// Browsers keep the cookie of an expired session for a day longer, so that the user can be told
/// that it has ended.
const REMEMBERED: Duration = Duration::from_hours(24);

/// What proves who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credentials<'a> {
    /// Nothing.
    None,
    /// A script's token, or its session.
    Bearer(&'a str),
    /// A browser's session.
    Cookie(&'a str),
}

impl<'a> Credentials<'a> {
    /// Reads the headers. A bearer wins, since it was written on purpose.
    pub(crate) fn of(headers: &'a HeaderMap, is_secure: bool) -> Self {
        if let Some(token) = bearer(headers) {
            return Self::Bearer(token);
        }
        let cookies = headers.get_all(header::COOKIE).into_iter();
        let session = cookies
            .filter_map(|it| it.to_str().ok())
            .flat_map(|it| it.split(';'))
            .filter_map(|it| it.trim().split_once('='))
            .find(|(name, _)| *name == cookie_name(is_secure));
        session.map_or(Self::None, |(_, value)| Self::Cookie(value))
    }

    /// The session or token itself.
    pub(crate) fn text(self) -> Option<&'a str> {
        match self {
            Self::None => None,
            Self::Bearer(text) | Self::Cookie(text) => Some(text),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure {
        SECURE_COOKIE
    } else {
        PLAIN_COOKIE
    }
}

/// The header that makes a browser keep a session which lasts this long.
pub(crate) fn keep(session: &str, lasting: Duration, is_secure: bool) -> Option<HeaderValue> {
    cookie(session, (lasting + REMEMBERED).as_secs(), is_secure)
}

/// The header that makes it forget the session.
pub(crate) fn forget(is_secure: bool) -> Option<HeaderValue> {
    cookie("", 0, is_secure)
}

fn cookie(value: &str, seconds: u64, is_secure: bool) -> Option<HeaderValue> {
    let name = cookie_name(is_secure);
    let secure = if is_secure { "; Secure" } else { "" };
    let text =
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(headers: &[(&str, &str)]) -> HeaderMap {
        let headers = headers.iter();
        headers
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let headers = headers(&[
            ("cookie", "a=1; venti-session=abc.d; b"),
            ("cookie", "__Host-venti-session=xyz"),
        ]);
        assert_eq!(
            Credentials::of(&headers, false),
            Credentials::Cookie("abc.d")
        );
        assert_eq!(Credentials::of(&headers, true), Credentials::Cookie("xyz"));
    }

    /// A page of a neighbouring host could set the plain one.
    #[test]
    fn over_https_a_plain_cookie_does_not_count() {
        let headers = headers(&[("cookie", "venti-session=abc")]);
        assert_eq!(Credentials::of(&headers, true), Credentials::None);
    }

    #[test]
    fn a_bearer_wins_over_the_cookie() {
        let headers = headers(&[
            ("cookie", "venti-session=abc"),
            ("authorization", "bearer t"),
        ]);
        assert_eq!(Credentials::of(&headers, false), Credentials::Bearer("t"));
    }

    #[test]
    fn other_authorization_is_none() {
        for value in ["", "Bearer", "Basic abc", "Bearerabc"] {
            let headers = headers(&[("authorization", value)]);
            assert_eq!(
                Credentials::of(&headers, false),
                Credentials::None,
                "{value}"
            );
        }
    }

    #[test]
    fn scripts_and_other_sites_do_not_get_the_cookie() {
        let kept = keep("abc", Duration::from_hours(1), true).unwrap();
        assert_eq!(
            kept,
            "__Host-venti-session=abc; Path=/; Max-Age=90000; HttpOnly; SameSite=Strict; Secure"
        );
        let forgotten = forget(false).unwrap();
        assert_eq!(
            forgotten,
            "venti-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
        );
        assert_eq!(keep("a\r\nb", Duration::ZERO, false), None);
    }
}
