//! The lines around a fault, as compilers show them, without the secrets among them.

use std::fmt::Write;

/// How many lines stand above the faulty one.
const LINES_BEFORE: usize = 2;

/// Longer lines are cut, so that a minified file does not fill the log.
const MAX_WIDTH: usize = 160;

/// Shows line `line` (from 1) with what stands above it, and a mark under `column` (from 1,
/// in characters). `None` when the text has no such line.
pub(crate) fn excerpt(text: &str, line: usize, column: usize) -> Option<String> {
    let lines: Vec<String> = hide_secrets(text);
    lines.get(line.checked_sub(1)?)?;
    let first = line.saturating_sub(LINES_BEFORE).max(1);
    let width = line.to_string().len();
    let mut shown = String::new();
    for (number, text) in (1..).zip(&lines).skip(first - 1).take(line + 1 - first) {
        let text: String = text.chars().take(MAX_WIDTH).collect();
        let _ = writeln!(shown, "{}", format!("{number:>width$} | {text}").trim_end());
    }
    if (1..=MAX_WIDTH).contains(&column) {
        let _ = writeln!(shown, "{:width$} | {:>column$}", "", "^");
    }
    Some(shown.trim_end_matches('\n').to_owned())
}

/// The lines of a YAML file with the values of secret-looking keys masked, also where they go
/// on over deeper indented lines, and without user and password in URLs.
fn hide_secrets(text: &str) -> Vec<String> {
    let mut secret_indent: Option<usize> = None;
    text.lines()
        .map(|line| {
            let indent = line.len() - line.trim_start().len();
            if line.trim().is_empty() {
                return String::new();
            }
            if secret_indent.is_some_and(|it| indent > it) {
                return format!("{}<hidden>", &line[..indent]);
            }
            secret_indent = None;
            match secret_value_start(line) {
                Some(start) => {
                    secret_indent = Some(indent);
                    format!("{} <hidden>", &line[..start])
                }
                None => hide_userinfo(line),
            }
        })
        .collect()
}

/// Where the value of a secret-looking key begins, right after its colon.
fn secret_value_start(line: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let word = [
        "password",
        "secret",
        "token",
        "credential",
        "hash",
        "headers",
    ]
    .iter()
    .filter_map(|word| lower.find(word))
    .min()?;
    let colon = word + lower.get(word..)?.find(':')?;
    Some(colon + 1)
}

/// Replaces `user:password@` of a URL in the line.
fn hide_userinfo(line: &str) -> String {
    let Some(start) = line.find("://").map(|it| it + 3) else {
        return line.to_owned();
    };
    let rest = &line[start..];
    let authority = &rest[..rest.find(['/', ' ', '"', '\'']).unwrap_or(rest.len())];
    match authority.rfind('@') {
        Some(at) => format!("{}<hidden>{}", &line[..start], &rest[at..]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_the_column() {
        let shown = excerpt("a: 1\nb: 2\nc: 3\nd: 4\n", 3, 4).unwrap();
        assert_eq!(shown, "1 | a: 1\n2 | b: 2\n3 | c: 3\n  |    ^");
    }

    #[test]
    fn hides_passwords_and_what_follows_them() {
        let text =
            "url: http://me:hunter2@host/x\nbasicAuthPassword: |\n  hunter2\n\n  hunter3\nnext: 1";
        let shown = hide_secrets(text).join("\n");
        assert!(!shown.contains("hunter"), "{shown}");
        assert!(shown.contains("url: http://<hidden>@host/x"), "{shown}");
        assert!(shown.contains("next: 1"), "{shown}");
    }

    #[test]
    fn hides_flow_mappings() {
        let shown = hide_secrets("- {name: a, basicAuthPassword: hunter2, isMain: true}").join("");
        assert_eq!(shown, "- {name: a, basicAuthPassword: <hidden>");
    }

    proptest! {
        #[test]
        fn never_panics(text in "(?s).{0,80}", line in 0usize..9, column in 0usize..300) {
            let _ = excerpt(&text, line, column);
        }
    }
}
