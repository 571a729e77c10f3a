//! What the browser wrote to its console.

use anyhow::ensure;
use thirtyfour::{BrowserLogEntry, WebDriver};

/// Warnings and errors since the last call, except those that contain one of
/// `expected`.
pub(crate) async fn complaints(
    driver: &WebDriver,
    expected: &[String],
) -> anyhow::Result<Vec<String>> {
    let entries = driver.browser_log().await?;
    let complaints = entries.into_iter().filter(|it| is_complaint(it, expected));
    Ok(complaints
        .map(|it| format!("{} {}", it.level, it.message))
        .collect())
}

/// Fails when there are any; the first few of them are enough to say.
pub(crate) fn ensure_none(complaints: &[String]) -> anyhow::Result<()> {
    const MOST: usize = 5;
    let count = complaints.len();
    let list = complaints[..count.min(MOST)].join("\n    ");
    ensure!(
        complaints.is_empty(),
        "the console has {count} complaints:\n    {list}"
    );
    Ok(())
}

fn is_complaint(entry: &BrowserLogEntry, expected: &[String]) -> bool {
    let bad = matches!(&*entry.level, "WARNING" | "SEVERE");
    bad && !expected.iter().any(|it| entry.message.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(level: &str, message: &str) -> BrowserLogEntry {
        BrowserLogEntry {
            level: level.to_owned(),
            message: message.to_owned(),
            timestamp: 0,
            source: None,
        }
    }

    #[test]
    fn only_unexpected_warnings_and_errors_count() {
        let expected = ["502 (Bad Gateway)".to_owned()];
        let counts = |level, message| is_complaint(&entry(level, message), &expected);
        assert!(counts("SEVERE", "panicked at src/app.rs"));
        assert!(counts("WARNING", "reading a signal outside"));
        assert!(!counts("INFO", "hello"));
        assert!(!counts("SEVERE", "/api/v1/remote/query 502 (Bad Gateway)"));
    }
}
