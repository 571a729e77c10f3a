//! JSON text, escaped the way Go's encoder escapes it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A JSON answer.
pub(super) fn response(status: StatusCode, body: Vec<u8>) -> Response {
    let content_type = HeaderValue::from_static("application/json; charset=utf-8");
    (status, [(header::CONTENT_TYPE, content_type)], body).into_response()
}

/// Adds a string in quotes. Each byte that is not UTF-8 becomes one U+FFFD.
pub(super) fn push_string(body: &mut Vec<u8>, text: &[u8]) {
    body.push(b'"');
    for chunk in text.utf8_chunks() {
        push_escaped(body, chunk.valid());
        for _ in chunk.invalid() {
            body.extend_from_slice(br"\ufffd");
        }
    }
    body.push(b'"');
}

/// Adds strings in brackets.
pub(super) fn push_strings<T: AsRef<[u8]>>(body: &mut Vec<u8>, texts: &[T]) {
    body.push(b'[');
    for (number, text) in texts.iter().enumerate() {
        if number > 0 {
            body.push(b',');
        }
        push_string(body, text.as_ref());
    }
    body.push(b']');
}

/// Ends a successful answer behind its `data`, with warnings if there are any.
pub(super) fn push_success(body: &mut Vec<u8>, warnings: &[String]) {
    body.extend_from_slice(br#","status":"success""#);
    if !warnings.is_empty() {
        body.extend_from_slice(br#","warnings":"#);
        push_strings(body, warnings);
    }
    body.push(b'}');
}

fn push_escaped(body: &mut Vec<u8>, text: &str) {
    for c in text.chars() {
        match c {
            '"' => body.extend_from_slice(br#"\""#),
            '\\' => body.extend_from_slice(br"\\"),
            '\u{8}' => body.extend_from_slice(br"\b"),
            '\u{c}' => body.extend_from_slice(br"\f"),
            '\n' => body.extend_from_slice(br"\n"),
            '\r' => body.extend_from_slice(br"\r"),
            '\t' => body.extend_from_slice(br"\t"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                body.extend_from_slice(format!("\\u{:04x}", u32::from(c)).as_bytes());
            }
            c => body.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn json(text: &[u8]) -> String {
        let mut body = Vec::new();
        push_string(&mut body, text);
        String::from_utf8(body).unwrap()
    }

    #[test]
    fn escapes_are_those_of_go() {
        assert_eq!(
            json(b"<a>&\"\\\t\x1b\xe2\x80\xa8\xff"),
            r#""\u003ca\u003e\u0026\"\\\t\u001b\u2028\ufffd""#
        );
        assert_eq!(
            json(b"\x7f/\xed\x95\x9c\x08\x0c\n\r\0"),
            "\"\u{7f}/한\\b\\f\\n\\r\\u0000\""
        );
        assert_eq!(json(b"\xe2\x82!"), r#""\ufffd\ufffd!""#);
    }

    proptest! {
        #[test]
        fn text_reads_back(text in any::<String>()) {
            let read: String = serde_json::from_str(&json(text.as_bytes())).unwrap();
            prop_assert_eq!(read, text);
        }

        #[test]
        fn any_bytes_are_json(text in any::<Vec<u8>>()) {
            prop_assert!(serde_json::from_str::<String>(&json(&text)).is_ok());
        }
    }
}
