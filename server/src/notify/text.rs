//! Hostile text made fit for messages: log lines and labels may hold anything.

use venti_alert::config::Pattern;

/// Longer texts are cut before anything else looks at them.
const MAX_BYTES: usize = 64 << 10;

/// What stands in place of a secret.
const REDACTED: &str = "[redacted]";

/// Without colours of terminals, control characters and characters that turn the direction of
/// text. Line ends stay.
pub(super) fn clean(text: &str) -> String {
    let text = floor(text, MAX_BYTES);
    let mut cleaned = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\u{9b}' => skip_until(&mut chars, is_final),
            '\n' => cleaned.push(c),
            '\t' => cleaned.push(' '),
            _ if c.is_control() || turns_direction(c) => {}
            _ => cleaned.push(c),
        }
    }
    cleaned
}

/// The same on one line.
pub(super) fn clean_line(text: &str) -> String {
    clean(text).replace('\n', " ")
}

fn skip_escape(chars: &mut std::str::Chars<'_>) {
    match chars.next() {
        Some('[') => skip_until(chars, is_final),
        // Titles of windows and links end with BEL or with ESC and a backslash.
        Some(']') => skip_until(chars, |c| c == '\u{7}' || c == '\\'),
        _ => {}
    }
}

fn is_final(c: char) -> bool {
    ('@'..='~').contains(&c)
}

fn skip_until(chars: &mut std::str::Chars<'_>, is_end: impl Fn(char) -> bool) {
    // A sequence that never ends does not take the rest of the line with it.
    let rest = chars.clone();
    if !chars.by_ref().take(256).any(is_end) {
        *chars = rest;
    }
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// At most so many bytes, with `…` where something is missing.
pub(super) fn cut(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let kept = floor(text, bytes.saturating_sub('…'.len_utf8()));
    format!("{kept}…")
}

/// The longest beginning of at most so many bytes.
pub(super) fn floor(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

/// What must not leave: texts that match are blacked out. The engine of expressions takes time
/// in proportion to the text, whatever the expression.
#[derive(Clone, Debug, Default)]
pub(super) struct Redaction(Vec<Pattern>);

impl Redaction {
    pub(super) fn new<'a>(patterns: impl IntoIterator<Item = &'a Pattern>) -> Self {
        Self(patterns.into_iter().cloned().collect())
    }

    pub(super) fn apply(&self, text: &str) -> String {
        let mut text = floor(text, MAX_BYTES).to_owned();
        for pattern in &self.0 {
            if let std::borrow::Cow::Owned(changed) = pattern.0.replace_all(&text, REDACTED) {
                text = floor(&changed, MAX_BYTES).to_owned();
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn colours_go_and_words_stay() {
        let cases = [
            ("\u{1b}[31;1merror\u{1b}[0m: no", "error: no"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("\u{1b}[12;34 \u{1b}", "12;34 "),
            ("a\tb\r\nc\u{0}\u{202e}d", "a b\ncd"),
        ];
        for (text, cleaned) in cases {
            assert_eq!(clean(text), cleaned, "{text:?}");
        }
        assert_eq!(clean_line("a\nb"), "a b");
    }

    #[test]
    fn secrets_are_blacked_out() {
        #[derive(serde::Deserialize)]
        struct File(Vec<Pattern>);
        let File(patterns) = serde_json::from_str(r#"["(?i)password=\\S+"]"#).unwrap();
        let redaction = Redaction::new(&patterns);
        assert_eq!(
            redaction.apply("user=a Password=hunter2 x"),
            "user=a [redacted] x"
        );
    }

    proptest! {
        #[test]
        fn nothing_that_controls_is_left(text in "[\\PC\u{1b}\\[\\]0-9;m\u{7}\n\t\u{202e}]{0,80}") {
            let cleaned = clean(&text);
            prop_assert!(!cleaned.chars().any(|c| c != '\n' && c.is_control()));
            prop_assert_eq!(clean(&cleaned), cleaned.clone());
        }

        #[test]
        fn cuts_fit(text in "\\PC{0,60}", bytes in 3_usize..80) {
            let cut = cut(&text, bytes);
            prop_assert!(cut.len() <= bytes);
            prop_assert!(text.len() > bytes || cut == text);
        }
    }
}
