//! The content security policy of the page: scripts and styles of this server, WebAssembly, and
//! those inline pieces that stand in `index.html` itself, by their hash.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The policy under which this page runs and nothing foreign does.
pub(super) fn of_page(html: &str) -> String {
    let scripts = hashes(&inline_elements(html, "script"));
    let styles = hashes(&inline_elements(html, "style"));
    [
        "default-src 'none'",
        &format!("script-src 'self' 'wasm-unsafe-eval'{scripts}"),
        &format!("style-src 'self'{styles}"),
        // Colors of series are set through the style object, which this allows; style attributes
        // in markup stay forbidden.
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
    .join("; ")
}

fn hashes(texts: &[&str]) -> String {
    let source = |text: &&str| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    texts.iter().map(source).collect()
}

/// What stands between the tags of each such element that has content. The page is our own
/// build, so tags are taken as they are written there: lower case, closed.
fn inline_elements<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once(&open) {
        let Some((text, tail)) = after
            .split_once('>')
            .and_then(|(_, it)| it.split_once(&close))
        else {
            break;
        };
        if !text.is_empty() {
            found.push(text);
        }
        rest = tail;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn allows_exactly_the_inline_pieces() {
        let html =
            "<script src=\"a.js\"></script><script type=\"module\">go()</script><style>a{}</style>";
        assert_eq!(inline_elements(html, "script"), ["go()"]);
        assert_eq!(inline_elements(html, "style"), ["a{}"]);
        // `printf 'go()' | openssl dgst -sha256 -binary | base64`
        let policy = of_page(html);
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-"),
            "{policy}"
        );
        let scripts = policy
            .split("; ")
            .find(|it| it.starts_with("script-src "))
            .unwrap();
        assert!(!scripts.contains("unsafe-inline"), "{policy}");
    }

    proptest! {
        #[test]
        fn never_panics(html in "(<script>?|</script>|a|>|é){0,20}") {
            let _ = of_page(&html);
        }
    }
}
