//! Values inside queries: a label that stands in a quoted string of LetheQL,
//! LogsQL or PromQL must not be able to end it.

/// Where in a query the text written so far has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Outside,
    /// Within a string that this character ends; whether a backslash has just
    /// been written.
    Quoted(char, bool),
    /// Within `` ` ` ``, where nothing can be escaped.
    Raw,
    /// Behind `#`.
    Comment,
}

/// Follows the template's own text, and makes values fit where they stand.
#[derive(Debug)]
pub(crate) struct Quotes {
    place: Place,
}

/// Why a value cannot stand where it does.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EscapeError {
    /// It could change the query.
    #[error("the value {0:?} would change the query: put double quotes around the placeholder")]
    Unquoted(String),
    /// Nothing can be escaped there.
    #[error("the value {0:?} would end the raw string: use double quotes instead of backquotes")]
    Raw(String),
}

impl Quotes {
    pub(crate) fn new() -> Quotes {
        Quotes {
            place: Place::Outside,
        }
    }

    /// Goes on behind text that the author of the template wrote.
    pub(crate) fn follow(&mut self, text: &str) {
        for c in text.chars() {
            self.place = match (self.place, c) {
                (Place::Outside, '"' | '\'') => Place::Quoted(c, false),
                (Place::Outside, '`') => Place::Raw,
                (Place::Outside, '#') => Place::Comment,
                (Place::Quoted(quote, true), _) => Place::Quoted(quote, false),
                (Place::Quoted(quote, false), '\\') => Place::Quoted(quote, true),
                (Place::Quoted(quote, false), c) if c == quote => Place::Outside,
                (Place::Raw, '`') | (Place::Comment, '\n') => Place::Outside,
                (place, _) => place,
            };
        }
    }

    /// Writes a value so that it stays one. In quotes it is escaped. Outside
    /// of them only what cannot be taken for syntax may stand: names, numbers,
    /// durations, and text that is a quoted string already.
    pub(crate) fn push(&self, query: &mut String, value: &str) -> Result<(), EscapeError> {
        match self.place {
            // A value behind a lone backslash would be its escape.
            Place::Quoted(_, true) => Err(EscapeError::Unquoted(value.to_owned())),
            Place::Quoted(quote, false) => {
                push_escaped(query, value, quote);
                Ok(())
            }
            Place::Raw if value.contains('`') => Err(EscapeError::Raw(value.to_owned())),
            Place::Outside if !is_harmless(value) && !is_quoted(value) => {
                Err(EscapeError::Unquoted(value.to_owned()))
            }
            Place::Comment if value.contains(['\n', '\r']) => {
                Err(EscapeError::Unquoted(value.to_owned()))
            }
            Place::Raw | Place::Outside | Place::Comment => {
                query.push_str(value);
                Ok(())
            }
        }
    }
}

fn push_escaped(query: &mut String, value: &str, quote: char) {
    for c in value.chars() {
        match c {
            '\n' => query.push_str("\\n"),
            '\r' => query.push_str("\\r"),
            '\\' => query.push_str("\\\\"),
            c if c == quote => query.extend(['\\', c]),
            c => query.push(c),
        }
    }
}

fn is_harmless(value: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '.' | '+' | '-');
    value.chars().all(is_plain)
}

fn is_quoted(value: &str) -> bool {
    let mut quotes = Quotes::new();
    let inside = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    inside.is_some_and(|inside| {
        quotes.follow("\"");
        inside.chars().all(|c| {
            quotes.follow(c.encode_utf8(&mut [0; 4]));
            c != '\n' && quotes.place != Place::Outside
        }) && quotes.place == Place::Quoted('"', false)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(before: &str, value: &str) -> Result<String, EscapeError> {
        let mut quotes = Quotes::new();
        quotes.follow(before);
        let mut query = String::new();
        quotes.push(&mut query, value).map(|()| query)
    }

    #[test]
    fn values_are_escaped_where_they_stand() {
        for (before, value, expected) in [
            ("pod{a=\"", r#"x"} |= "y\"#, r#"x\"} |= \"y\\"#),
            ("pod{a=\"", "line\nbreak", "line\\nbreak"),
            ("pod{a='", r#"it's "x""#, r#"it\'s "x""#),
            ("pod{a=\"b\\\"", "\"", "\\\""),
            ("x # it's", "\"", "\""),
            ("pod{a=`", r"C:\", r"C:\"),
            ("rate(x[", "5m", "5m"),
            ("x > ", "-1.5e+06", "-1.5e+06"),
            ("x{a=", r#""b\"c""#, r#""b\"c""#),
        ] {
            assert_eq!(insert(before, value), Ok(expected.to_owned()), "{before}");
        }
    }

    #[test]
    fn values_that_would_change_the_query_are_refused() {
        for (before, value) in [
            ("x{a=", r#""b","c""#),
            ("x{a=", "\"b\\\""),
            ("x{a=", "\""),
            ("x ", "or vector(1)"),
            ("x{a=\"b\\", "n"),
            ("x # comment ", "a\nb"),
        ] {
            let refused = Err(EscapeError::Unquoted(value.to_owned()));
            assert_eq!(insert(before, value), refused, "{before}");
        }
        assert_eq!(
            insert("x{a=`", "`}"),
            Err(EscapeError::Raw("`}".to_owned()))
        );
    }
}
