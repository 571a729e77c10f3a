//! What follows a backslash, inside of classes and outside of them.

use super::reader::Reader;
use super::{RegexError, unicode};

const INVALID_ESCAPE: &str = "invalid escape sequence";
const INVALID_RANGE: &str = "invalid character class range";

/// `\d`, `\p{Greek}` and their like as the inside of a class, or nothing when
/// something else comes next. The reader stands at the backslash.
pub(super) fn class(reader: &mut Reader<'_>) -> Result<Option<String>, RegexError> {
    let start = reader.at();
    let mut ahead = reader.clone();
    ahead.next();
    let found = match ahead.next() {
        Some('d') => "0-9".to_owned(),
        Some('D') => "[^0-9]".to_owned(),
        Some('s') => r"\t\n\x0C\r ".to_owned(),
        Some('S') => r"[^\t\n\x0C\r ]".to_owned(),
        Some('w') => "0-9A-Za-z_".to_owned(),
        Some('W') => "[^0-9A-Za-z_]".to_owned(),
        Some(letter @ ('p' | 'P')) => property(&mut ahead, letter == 'P', start)?,
        _ => return Ok(None),
    };
    *reader = ahead;
    Ok(Some(found))
}

/// The name behind `\p`, in braces or of one letter.
fn property(reader: &mut Reader<'_>, negated: bool, start: usize) -> Result<String, RegexError> {
    let name = if reader.take("{") {
        let Some((name, _)) = reader.rest().split_once('}') else {
            let fragment = reader.pattern().get(start..).unwrap_or_default();
            return Err(RegexError::new(INVALID_RANGE, fragment));
        };
        reader.take(name);
        reader.take("}");
        name.to_owned()
    } else {
        reader.next().map(String::from).unwrap_or_default()
    };
    let (name, negated) = match name.strip_prefix('^') {
        Some(name) => (name, !negated),
        None => (name.as_str(), negated),
    };
    let Some(members) = unicode::members(name) else {
        return Err(RegexError::new(INVALID_RANGE, reader.since(start)));
    };
    Ok(if negated {
        format!("[^{members}]")
    } else {
        format!("[{members}]")
    })
}

/// One character, written as an escape. The reader stands at the backslash.
pub(super) fn character(reader: &mut Reader<'_>) -> Result<char, RegexError> {
    let start = reader.at();
    reader.next();
    let Some(c) = reader.next() else {
        return Err(RegexError::new(
            "trailing backslash at end of expression",
            "",
        ));
    };
    let octal = |c: Option<char>| c.and_then(|c| c.to_digit(8));
    let found = match c {
        // A single digit would be a reference to a group, which RE2 has not.
        '1'..='7' if octal(reader.peek()).is_none() => None,
        '0'..='7' => {
            let mut value = c.to_digit(8).unwrap_or_default();
            for _ in 0..2 {
                let Some(digit) = octal(reader.peek()) else {
                    break;
                };
                reader.next();
                value = value * 8 + digit;
            }
            char::from_u32(value)
        }
        'x' => hexadecimal(reader),
        'a' => Some('\u{7}'),
        'f' => Some('\u{c}'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'v' => Some('\u{b}'),
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(c),
        _ => None,
    };
    found.ok_or_else(|| RegexError::new(INVALID_ESCAPE, reader.since(start)))
}

/// `7F` or `{10FFFF}` behind `\x`.
fn hexadecimal(reader: &mut Reader<'_>) -> Option<char> {
    let digit = |c: char| c.to_digit(16);
    let first = reader.next()?;
    if first != '{' {
        let second = reader.next()?;
        return char::from_u32(digit(first)? * 16 + digit(second)?);
    }
    let mut value = None;
    loop {
        match reader.next()? {
            // A surrogate is a character to Go that no text contains.
            '}' => {
                return value.map(|it| char::from_u32(it).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            c => {
                let next = value.unwrap_or(0) * 16 + digit(c)?;
                if next > u32::from(char::MAX) {
                    return None;
                }
                value = Some(next);
            }
        }
    }
}
