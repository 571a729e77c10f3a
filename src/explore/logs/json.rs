//! JSON in messages, set in order for reading.

use serde::de::IgnoredAny;

/// The text with a line for each value, when it is an object or array of JSON. Names keep their
/// order and numbers their spelling, since nothing is read that would be written anew.
pub(super) fn pretty(text: &str) -> Option<String> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) || serde_json::from_str::<IgnoredAny>(text).is_err() {
        return None;
    }
    let mut pretty = String::with_capacity(text.len() * 2);
    let mut depth = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                pretty.push(c);
                while let Some(c) = chars.next() {
                    pretty.push(c);
                    match c {
                        '"' => break,
                        '\\' => pretty.extend(chars.next()),
                        _ => {}
                    }
                }
            }
            '{' | '[' => {
                pretty.push(c);
                while chars.next_if(|it| it.is_ascii_whitespace()).is_some() {}
                if let Some(close) = chars.next_if(|it| matches!(it, '}' | ']')) {
                    pretty.push(close);
                } else {
                    depth += 1;
                    new_line(&mut pretty, depth);
                }
            }
            '}' | ']' => {
                depth -= 1;
                new_line(&mut pretty, depth);
                pretty.push(c);
            }
            ',' => {
                pretty.push(c);
                new_line(&mut pretty, depth);
            }
            ':' => pretty.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => pretty.push(c),
        }
    }
    Some(pretty)
}

fn new_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn each_value_has_its_line() {
        assert_eq!(
            pretty(r#" {"b": 1.50,"a":[true , {}],"c":"x, {\"y\"}"} "#).unwrap(),
            "{\n  \"b\": 1.50,\n  \"a\": [\n    true,\n    {}\n  ],\n  \"c\": \"x, {\\\"y\\\"}\"\n}"
        );
        assert_eq!(pretty("[ ]").as_deref(), Some("[]"));
        assert_eq!(pretty("12"), None);
        assert_eq!(pretty("{\"a\":"), None);
        assert_eq!(pretty("{} and more"), None);
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 30, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::btree_map(any::<String>(), inner, 0..5)
                    .prop_map(|it| Value::Object(it.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_says_the_same(value in json()) {
            let text = value.to_string();
            if let Some(pretty) = pretty(&text) {
                prop_assert_eq!(serde_json::from_str::<Value>(&pretty).unwrap(), value);
            }
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = pretty(&text);
        }
    }
}
