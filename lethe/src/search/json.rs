//! Fields of JSON messages, by the names that Loki gives them.

use std::borrow::Cow;

use serde_json::Value;

/// The field of that name. A field within an object has the name of the object
/// and `_` before its own; all but letters and digits in a name is `_`. Lists
/// and nulls are no fields.
pub(super) fn field<'v>(value: &'v Value, name: &str) -> Option<Cow<'v, [u8]>> {
    // As deep as the parser of JSON reads, so this ends.
    value.as_object()?.iter().find_map(|(key, value)| {
        let rest = behind(name, key)?;
        match value {
            Value::Object(_) => field(value, rest.strip_prefix('_')?),
            _ if rest.is_empty() => text(value),
            _ => None,
        }
    })
}

/// What is left of `name` behind `key`, if it begins with it.
fn behind<'n>(name: &'n str, key: &str) -> Option<&'n str> {
    let mut rest = name;
    for c in key.chars() {
        let c = if c.is_ascii_alphanumeric() { c } else { '_' };
        rest = rest.strip_prefix(c)?;
    }
    Some(rest)
}

fn text(value: &Value) -> Option<Cow<'_, [u8]>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text.as_bytes())),
        Value::Number(number) => Some(Cow::Owned(number.to_string().into_bytes())),
        Value::Bool(is_true) => Some(Cow::Owned(is_true.to_string().into_bytes())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_the_names_of_all_objects_around_them() {
        let value = serde_json::json!({
            "level": "info", "status": 503, "ratio": 0.5, "ok": true, "none": null, "list": [1],
            "request": { "http.method": "GET", "from": { "ip": "::1" } },
            "request_id": "r1",
        });
        for (name, expected) in [
            ("level", Some("info")),
            ("status", Some("503")),
            ("ratio", Some("0.5")),
            ("ok", Some("true")),
            ("request_http_method", Some("GET")),
            ("request_from_ip", Some("::1")),
            ("request_id", Some("r1")),
            ("request", None),
            ("request_from", None),
            ("none", None),
            ("list", None),
            ("leve", None),
            ("levels", None),
            ("", None),
        ] {
            let found = field(&value, name);
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{name}");
        }
        assert_eq!(field(&serde_json::json!([{ "a": 1 }]), "a"), None);
    }
}
