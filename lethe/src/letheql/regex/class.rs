//! Classes in square brackets.

use super::reader::Reader;
use super::{RegexError, escape};

/// Names between `[:` and `:]`; both engines mean the same ASCII sets by them.
const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

/// A whole class. The reader stands at its opening bracket.
pub(super) fn translate(reader: &mut Reader<'_>) -> Result<String, RegexError> {
    let start = reader.at();
    let unclosed = |reader: &Reader<'_>| {
        RegexError::new(
            "missing closing ]",
            reader.pattern().get(start..).unwrap_or_default(),
        )
    };
    reader.next();
    let mut class = String::from(if reader.take("^") { "[^" } else { "[" });
    let mut is_first = true;
    loop {
        match reader.peek() {
            None => return Err(unclosed(reader)),
            Some(']') if !is_first => {
                reader.next();
                class.push(']');
                return Ok(class);
            }
            Some('[') if reader.rest().starts_with("[:") => match posix(reader)? {
                Some(set) => class.push_str(&set),
                None => range(reader, &mut class, start)?,
            },
            Some('\\') => match escape::class(reader)? {
                Some(set) => class.push_str(&set),
                None => range(reader, &mut class, start)?,
            },
            Some(_) => range(reader, &mut class, start)?,
        }
        is_first = false;
    }
}

/// `[:alpha:]`, or nothing when no `:]` follows and it is plain text.
fn posix(reader: &mut Reader<'_>) -> Result<Option<String>, RegexError> {
    let rest = reader.rest();
    let Some(len) = rest.get(2..).and_then(|it| it.find(":]")) else {
        return Ok(None);
    };
    let whole = rest.get(..len + 4).unwrap_or_default();
    let name = rest.get(2..len + 2).unwrap_or_default();
    if !POSIX.contains(&name.strip_prefix('^').unwrap_or(name)) {
        return Err(RegexError::new("invalid character class range", whole));
    }
    reader.take(whole);
    Ok(Some(whole.to_owned()))
}

/// One character, or two with a `-` between them.
fn range(reader: &mut Reader<'_>, class: &mut String, open: usize) -> Result<(), RegexError> {
    let start = reader.at();
    let low = member(reader, open)?;
    let mut high = low;
    let is_range = reader.rest().starts_with('-') && !reader.rest().starts_with("-]");
    if is_range && reader.rest().len() > 1 {
        reader.next();
        high = member(reader, open)?;
        if high < low {
            return Err(RegexError::new(
                "invalid character class range",
                reader.since(start),
            ));
        }
    }
    push_code(class, low);
    if high != low {
        class.push('-');
        push_code(class, high);
    }
    Ok(())
}

fn member(reader: &mut Reader<'_>, open: usize) -> Result<char, RegexError> {
    match reader.peek() {
        Some('\\') => escape::character(reader),
        Some(c) => {
            reader.next();
            Ok(c)
        }
        None => {
            let rest = reader.pattern().get(open..).unwrap_or_default();
            Err(RegexError::new("missing closing ]", rest))
        }
    }
}

/// A character by its number, which no syntax can take for anything else.
fn push_code(class: &mut String, c: char) {
    if c.is_ascii_alphanumeric() {
        class.push(c);
    } else {
        class.push_str(&format!(r"\x{{{:X}}}", u32::from(c)));
    }
}
