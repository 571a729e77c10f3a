//! Text in messages, quoted the way Go's `%q` and `%#U` do, which is how every
//! client of the original knows these messages.

use std::fmt::Write;

/// `'x'`, with escapes for what cannot be printed.
pub fn quoted_char(c: char) -> String {
    let mut text = String::from("'");
    push_escaped(&mut text, c, '\'');
    text.push('\'');
    text
}

/// `"text"`, with escapes for what cannot be printed.
pub fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    for c in value.chars() {
        push_escaped(&mut text, c, '"');
    }
    text.push('"');
    text
}

/// `U+0064 'd'`, without the character itself when it cannot be printed.
pub fn unicode(c: char) -> String {
    let code = format!("U+{:04X}", u32::from(c));
    if is_printable(c) {
        format!("{code} '{c}'")
    } else {
        code
    }
}

fn push_escaped(text: &mut String, c: char, quote: char) {
    let short = match c {
        '\u{7}' => Some('a'),
        '\u{8}' => Some('b'),
        '\u{c}' => Some('f'),
        '\n' => Some('n'),
        '\r' => Some('r'),
        '\t' => Some('t'),
        '\u{b}' => Some('v'),
        '\\' => Some('\\'),
        c if c == quote => Some(c),
        _ => None,
    };
    let code = u32::from(c);
    // Writing into a string cannot fail.
    let _ = match short {
        Some(short) => write!(text, "\\{short}"),
        None if is_printable(c) => write!(text, "{c}"),
        None if code < 0x80 => write!(text, "\\x{code:02x}"),
        None if code < 0x1_0000 => write!(text, "\\u{code:04x}"),
        None => write!(text, "\\U{code:08x}"),
    };
}

/// Rust's notion of a printable character; it agrees with Go's on all that
/// people type.
fn is_printable(c: char) -> bool {
    matches!(c, '\'' | '"' | '\\') || !matches!(c.escape_debug().next(), Some('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_go_does() {
        assert_eq!(quoted_char('~'), "'~'");
        assert_eq!(quoted_char('\''), r"'\''");
        assert_eq!(quoted_char('\u{b}'), r"'\v'");
        assert_eq!(quoted_char('\u{feff}'), r"'\ufeff'");
        assert_eq!(quoted_char('안'), "'안'");
        assert_eq!(quoted_char('\0'), r"'\x00'");
        assert_eq!(quoted("\"default\""), r#""\"default\"""#);
        assert_eq!(unicode('d'), "U+0064 'd'");
        assert_eq!(unicode('"'), "U+0022 '\"'");
        assert_eq!(unicode('\0'), "U+0000");
    }
}
