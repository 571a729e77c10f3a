//! Annotations: which come first, which may be a link, and which could not be rendered.

use venti_model::labels::Labels;

/// Annotations that lead somewhere, in the words of rule files in the wild.
const LINKS: [&str; 3] = ["runbook_url", "dashboard_url", "logs_url"];

/// What rendering leaves in the place of a template that failed.
const BROKEN: &str = "<error expanding template:";

/// The one line that says what it is about.
pub(super) const SUMMARY: &str = "summary";

/// One annotation as it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Annotation {
    /// Its name.
    pub(super) name: String,
    /// Its text.
    pub(super) text: String,
    /// Whether it may be followed: it has the name of a link, and is one over HTTP.
    pub(super) is_link: bool,
    /// Whether its template failed.
    pub(super) is_broken: bool,
}

/// All but the summary: texts first, links behind them.
pub(super) fn annotations(labels: &Labels) -> Vec<Annotation> {
    let mut all: Vec<_> = labels
        .iter()
        .filter(|(name, text)| *name != SUMMARY && !text.is_empty())
        .map(|(name, text)| Annotation {
            name: name.to_owned(),
            text: text.to_owned(),
            is_link: LINKS.contains(&name) && is_web_address(text),
            is_broken: is_broken(text),
        })
        .collect();
    all.sort_by_key(|it| it.is_link);
    all
}

/// Whether a label or an annotation could not be rendered.
pub(super) fn is_broken(text: &str) -> bool {
    text.contains(BROKEN)
}

/// Whether a browser that follows the text asks a web server, and shows the address it goes to:
/// `javascript:` and its like run in this page, and a blank or control character may hide one.
fn is_web_address(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    let has_host =
        rest.is_some_and(|it| it.starts_with(|it: char| it.is_alphanumeric() || it == '['));
    has_host && !text.contains(|it: char| it.is_whitespace() || it.is_control() || it == '\\')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_known_names_with_web_addresses_are_links() {
        let cases = [
            ("runbook_url", "https://example.org/a?b=c#d", true),
            ("dashboard_url", "HTTP://[::1]:3000/", true),
            ("logs_url", "http://a", true),
            ("description", "https://example.org", false),
            ("runbook_url", "javascript:alert(1)", false),
            ("runbook_url", " https://example.org", false),
            ("runbook_url", "https://", false),
            ("runbook_url", "https:///etc", false),
            ("runbook_url", "https://a\u{202e}\u{7}", false),
            ("runbook_url", "https://a\\@b", false),
            ("runbook_url", "data:text/html,x", false),
            ("runbook_url", "//example.org", false),
        ];
        for (name, text, expected) in cases {
            let all = annotations(&[(name, text)].into_iter().collect());
            let links: Vec<_> = all.iter().map(|it| it.is_link).collect();
            assert_eq!(links, [expected], "{name} {text}");
        }
    }

    #[test]
    fn links_come_last_and_the_summary_is_elsewhere() {
        let labels = [
            ("runbook_url", "https://a"),
            ("summary", "s"),
            ("void", ""),
            ("description", "<error expanding template: x>"),
        ];
        let all = annotations(&labels.into_iter().collect());
        let names: Vec<_> = all.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["description", "runbook_url"]);
        let broken: Vec<_> = all.iter().map(|it| it.is_broken).collect();
        assert_eq!(broken, [true, false]);
    }

    proptest! {
        #[test]
        fn what_is_followed_is_asked_over_http(text in "[ \t]?(https?|HTTP|javascript|data)?:?/{0,3}\\PC{0,9}") {
            let lower = text.to_lowercase();
            let is_http = lower.starts_with("http://") || lower.starts_with("https://");
            prop_assert!(is_http || !is_web_address(&text));
        }
    }
}
