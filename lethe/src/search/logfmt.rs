//! Fields of messages in logfmt: `level=info msg="two words" ok`.

use std::borrow::Cow;

/// The first field of that name. A name without a value has an empty one.
pub(super) fn field<'m>(message: &'m [u8], name: &[u8]) -> Option<Cow<'m, [u8]>> {
    let mut rest = message;
    loop {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            return None;
        }
        let end = rest
            .iter()
            .position(|it| *it == b'=' || it.is_ascii_whitespace());
        let (key, tail) = rest.split_at(end.unwrap_or(rest.len()));
        let (value, tail) = match tail.split_first() {
            Some((b'=', tail)) => value(tail),
            _ => (Cow::Borrowed(&[][..]), tail),
        };
        if key == name {
            return Some(value);
        }
        rest = tail;
    }
}

/// The value at the start of `text`, and what stands behind it.
fn value(text: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    let Some((b'"', quoted)) = text.split_first() else {
        let end = text.iter().position(u8::is_ascii_whitespace);
        let (value, tail) = text.split_at(end.unwrap_or(text.len()));
        return (Cow::Borrowed(value), tail);
    };
    let mut value = Vec::new();
    let mut bytes = quoted.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => {
                let tail = quoted.get(at + 1..).unwrap_or_default();
                return (Cow::Owned(value), tail);
            }
            b'\\' => value.extend(bytes.next().map(|(_, it)| match it {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                it => *it,
            })),
            byte => value.push(*byte),
        }
    }
    // The quote was never closed: all of the rest.
    (Cow::Owned(value), &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_may_be_quoted_or_missing() {
        let message = br#"level=info msg="two \"words\"\n" ok empty= q="" url=/a?b=c level=warn"#;
        for (name, expected) in [
            ("level", Some("info")),
            ("msg", Some("two \"words\"\n")),
            ("ok", Some("")),
            ("empty", Some("")),
            ("q", Some("")),
            ("url", Some("/a?b=c")),
            ("b", None),
            ("words", None),
        ] {
            let found = field(message, name.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{name}");
        }
        assert_eq!(field(b"a=\"open", b"a").as_deref(), Some(&b"open"[..]));
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_found(value in "[^\\n\\r\\t]*", other in "[a-z]{2,9}") {
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
            let message = format!("{other}=x \"stray\" a=\"{escaped}\" a=1");
            let found = field(message.as_bytes(), b"a");
            prop_assert_eq!(found.as_deref(), Some(value.as_bytes()));
        }

        #[test]
        fn no_bytes_panic(message in any::<Vec<u8>>(), name in any::<Vec<u8>>()) {
            let _ = field(&message, &name);
        }
    }
}
