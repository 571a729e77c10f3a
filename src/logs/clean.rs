//! Messages without characters that act instead of being seen.
//!
//! A terminal obeys escape sequences and a browser obeys marks of writing direction, so a line
//! could make itself look like another one. Both are shown as signs.

use std::borrow::Cow;
use std::fmt::Write;

/// The text with a visible sign in place of each control character. A tab stays.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            // As terminals and pagers write them: `^[` for escape.
            '\0'..='\x1f' | '\x7f' if acts(c) => {
                cleaned.push('^');
                cleaned.push(char::from(c as u8 ^ 0x40));
            }
            c if acts(c) => {
                // Writing into a string cannot fail.
                let _ = write!(cleaned, "⟨U+{:04X}⟩", u32::from(c));
            }
            c => cleaned.push(c),
        }
    }
    Cow::Owned(cleaned)
}

/// Control characters, and what turns the direction of writing.
fn acts(c: char) -> bool {
    let turns = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    (c.is_control() && c != '\t') || turns
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_acts_is_seen() {
        assert_eq!(clean("\x1b[31mred\x1b[0m"), "^[[31mred^[[0m");
        assert_eq!(clean("a\tb"), "a\tb");
        assert_eq!(clean("user \u{202e}txt.exe"), "user ⟨U+202E⟩txt.exe");
        assert_eq!(clean("\u{9b}1m\x7f"), "⟨U+009B⟩1m^?");
        assert_eq!(clean("한국어 ünï <b>"), "한국어 ünï <b>");
    }

    proptest! {
        #[test]
        fn nothing_that_acts_is_left(text in any::<String>()) {
            prop_assert!(!clean(&text).contains(acts));
        }
    }
}
