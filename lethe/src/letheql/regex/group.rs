//! What stands behind `(?`: names and flags.

use super::RegexError;
use super::reader::Reader;

/// How a parenthesis begins.
pub(super) enum Opening {
    /// `(`, `(?:`, `(?P<name>`, `(?i:`: a group, begun with this text.
    Group(String),
    /// `(?i)`: flags for the rest of the surrounding group.
    Flags(String),
}

/// Reads up to where the content of a group begins. The reader stands at the
/// parenthesis. What a group matches is kept if `captures` says so.
pub(super) fn opening(
    reader: &mut Reader<'_>,
    names: &mut Vec<String>,
    captures: bool,
) -> Result<Opening, RegexError> {
    let start = reader.at();
    reader.next();
    let is_named = if reader.take("?") {
        if !reader.take("P<") && !reader.take("<") {
            return flags(reader, start);
        }
        name(reader, start, names)?;
        true
    } else {
        false
    };
    Ok(Opening::Group(match names.last() {
        _ if !captures => "(?:".to_owned(),
        Some(name) if is_named => format!("(?P<{name}>"),
        _ => "(".to_owned(),
    }))
}

fn name(reader: &mut Reader<'_>, start: usize, names: &mut Vec<String>) -> Result<(), RegexError> {
    const INVALID: &str = "invalid named capture";
    let Some((name, _)) = reader.rest().split_once('>') else {
        return Err(RegexError::new(
            INVALID,
            reader.pattern().get(start..).unwrap_or_default(),
        ));
    };
    reader.take(name);
    reader.take(">");
    let is_word = |c: char| c == '_' || c.is_ascii_alphanumeric();
    if name.is_empty() || !name.chars().all(is_word) {
        return Err(RegexError::new(INVALID, reader.since(start)));
    }
    if names.iter().any(|it| it == name) {
        return Err(RegexError::new("duplicate capture group name", name));
    }
    names.push(name.to_owned());
    Ok(())
}

fn flags(reader: &mut Reader<'_>, start: usize) -> Result<Opening, RegexError> {
    let mut text = String::from("(?");
    let mut is_negative = false;
    let mut saw_flag = false;
    while let Some(c) = reader.next() {
        match c {
            'i' | 'm' | 's' | 'U' => {
                saw_flag = true;
                text.push(c);
            }
            '-' if !is_negative => {
                is_negative = true;
                saw_flag = false;
                text.push(c);
            }
            ':' | ')' if !is_negative || saw_flag => {
                text.push(c);
                return Ok(match (c, text.as_str()) {
                    (':', _) => Opening::Group(text),
                    // The other engine knows no empty list of flags.
                    (_, "(?)") => Opening::Flags(String::new()),
                    _ => Opening::Flags(text),
                });
            }
            _ => break,
        }
    }
    Err(RegexError::new(
        "invalid or unsupported Perl syntax",
        reader.since(start),
    ))
}
