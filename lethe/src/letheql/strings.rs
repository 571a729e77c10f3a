//! String literals: where one ends, and what it says.

use super::quote::unicode;

/// Length in bytes of the literal at the start of `text`, quotes included, or
/// why it is none. The first character is the quote.
pub fn scan(text: &str) -> Result<usize, String> {
    let mut chars = text.char_indices();
    let Some((_, quote)) = chars.next() else {
        return Err("unterminated quoted string".to_owned());
    };
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => return Ok(at + c.len_utf8()),
            char::REPLACEMENT_CHARACTER => return Err("invalid UTF-8 rune".to_owned()),
            _ if quote == '`' => {}
            '\n' => return Err("unterminated quoted string".to_owned()),
            '\\' => {
                let escape = text.get(at + 1..).unwrap_or_default();
                let (_, len) = unescape(escape, quote)?;
                for _ in escape.get(..len).unwrap_or_default().chars() {
                    chars.next();
                }
            }
            _ => {}
        }
    }
    let kind = if quote == '`' { "raw" } else { "quoted" };
    Err(format!("unterminated {kind} string"))
}

/// The bytes that a scanned literal stands for.
pub fn value(literal: &str) -> Vec<u8> {
    let mut chars = literal.chars();
    let quote = chars.next().unwrap_or('"');
    let mut rest = chars.as_str().strip_suffix(quote).unwrap_or(chars.as_str());
    if quote == '`' {
        return rest.as_bytes().to_vec();
    }
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some(c) = rest.chars().next() {
        let tail = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match (c, unescape(tail, quote)) {
            ('\\', Ok((unescaped, len))) => {
                unescaped.push_to(&mut bytes);
                tail.get(len..).unwrap_or_default()
            }
            _ => {
                Unescaped::Char(c).push_to(&mut bytes);
                tail
            }
        };
    }
    bytes
}

enum Unescaped {
    Char(char),
    Byte(u8),
}

impl Unescaped {
    fn push_to(&self, bytes: &mut Vec<u8>) {
        match self {
            Unescaped::Char(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Unescaped::Byte(byte) => bytes.push(*byte),
        }
    }
}

/// What the escape behind a backslash stands for, and its length in bytes.
fn unescape(text: &str, quote: char) -> Result<(Unescaped, usize), String> {
    let Some(c) = text.chars().next() else {
        return Err("escape sequence not terminated".to_owned());
    };
    let (from, digits, base) = match c {
        'a' => return Ok((Unescaped::Byte(7), 1)),
        'b' => return Ok((Unescaped::Byte(8), 1)),
        'f' => return Ok((Unescaped::Byte(12), 1)),
        'n' => return Ok((Unescaped::Byte(b'\n'), 1)),
        'r' => return Ok((Unescaped::Byte(b'\r'), 1)),
        't' => return Ok((Unescaped::Byte(b'\t'), 1)),
        'v' => return Ok((Unescaped::Byte(11), 1)),
        '\\' => return Ok((Unescaped::Byte(b'\\'), 1)),
        c if c == quote => return Ok((Unescaped::Char(c), c.len_utf8())),
        '0'..='7' => (0, 3, 8),
        'x' => (1, 2, 16),
        'u' => (1, 4, 16),
        'U' => (1, 8, 16),
        c => return Err(format!("unknown escape sequence {}", unicode(c))),
    };
    let mut value = 0u32;
    let mut chars = text.get(from..).unwrap_or_default().chars();
    for _ in 0..digits {
        let Some(c) = chars.next() else {
            return Err("escape sequence not terminated".to_owned());
        };
        let Some(digit) = c.to_digit(base) else {
            return Err(format!(
                "illegal character {} in escape sequence",
                unicode(c)
            ));
        };
        value = value.saturating_mul(base).saturating_add(digit);
    }
    let unescaped = match digits {
        2 | 3 => u8::try_from(value).ok().map(Unescaped::Byte),
        _ => char::from_u32(value).map(Unescaped::Char),
    };
    match unescaped {
        Some(unescaped) => Ok((unescaped, from + digits)),
        None => Err("escape sequence is an invalid Unicode code point".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(literal: &str, expected: Result<&[u8], &str>) {
        let found = scan(literal).map(|len| value(&literal[..len]));
        assert_eq!(
            found,
            expected.map(<[u8]>::to_vec).map_err(str::to_owned),
            "{literal}"
        );
    }

    #[test]
    fn literals() {
        check(r#""a\n\t\\\"b" tail"#, Ok(b"a\n\t\\\"b"));
        check(r"'it\'s'", Ok(b"it's"));
        check(r"`\d+`", Ok(br"\d+"));
        check("`a\nb`", Ok(b"a\nb"));
        check(
            r#""\xff\101\u00e9\U0001F600""#,
            Ok(b"\xffA\xc3\xa9\xf0\x9f\x98\x80"),
        );
        check(r#""""#, Ok(b""));
        check(r#""\d""#, Err("unknown escape sequence U+0064 'd'"));
        check(r#"'\"'"#, Err("unknown escape sequence U+0022 '\"'"));
        check(
            r#""\x4""#,
            Err("illegal character U+0022 '\"' in escape sequence"),
        );
        check(
            r#""\777""#,
            Err("escape sequence is an invalid Unicode code point"),
        );
        check(
            r#""\ud800""#,
            Err("escape sequence is an invalid Unicode code point"),
        );
        check("\"a\nb\"", Err("unterminated quoted string"));
        check("\"abc", Err("unterminated quoted string"));
        check("`abc", Err("unterminated raw string"));
        check("\"\u{fffd}\"", Err("invalid UTF-8 rune"));
    }
}
