//! Reads the systemd journal, as `journalctl` prints it, and follows it.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

mod follow;

pub use follow::follow;

/// What is kept of one entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `__CURSOR`, the place of the entry in the journal.
    pub cursor: Option<String>,
    /// `__REALTIME_TIMESTAMP`, when the journal received it.
    pub time: Option<DateTime<Utc>>,
    /// `_HOSTNAME`; missing in entries that came in from elsewhere.
    pub host: Option<String>,
    /// `SYSLOG_IDENTIFIER`, or the name of the command without one.
    pub process: String,
    /// `MESSAGE`, with replacement characters for what is not UTF-8.
    pub message: String,
}

/// Field names are those of systemd.journal-fields(7). A value is a string, an
/// array of bytes when it is not printable, null when it is too long, or an
/// array of these when the field occurs more than once.
#[derive(Deserialize)]
struct Fields {
    #[serde(rename = "__CURSOR", default)]
    cursor: Value,
    #[serde(rename = "__REALTIME_TIMESTAMP", default)]
    time: Value,
    #[serde(rename = "_HOSTNAME", default)]
    host: Value,
    #[serde(rename = "SYSLOG_IDENTIFIER", default)]
    identifier: Value,
    #[serde(rename = "_COMM", default)]
    command: Value,
    #[serde(rename = "MESSAGE", default)]
    message: Value,
}

/// Reads one line of `journalctl --output=json`. Nothing for what is not an
/// entry, or for an entry that says nothing.
pub fn entry(line: &str) -> Option<Entry> {
    let fields: Fields = serde_json::from_str(line).ok()?;
    let message = text(&fields.message)?;
    let process = text(&fields.identifier).or_else(|| text(&fields.command));
    let micros = |text: String| text.parse().ok();
    Some(Entry {
        cursor: text(&fields.cursor),
        time: text(&fields.time)
            .and_then(micros)
            .and_then(DateTime::from_timestamp_micros),
        host: text(&fields.host),
        process: process.unwrap_or_else(|| "unknown".to_owned()),
        message,
    })
}

/// The value of a field, the first one of several. Nothing for an empty one.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => match bytes(values) {
            Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            None => values.iter().find_map(text)?,
        },
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn bytes(values: &[Value]) -> Option<Vec<u8>> {
    let byte = |value: &Value| u8::try_from(value.as_u64()?).ok();
    values.iter().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(json: &str) -> Option<String> {
        entry(&format!(r#"{{"MESSAGE":{json}}}"#)).map(|it| it.message)
    }

    #[test]
    fn an_entry_names_host_and_process() {
        let line = r#"{"__CURSOR":"s=1","__REALTIME_TIMESTAMP":"1257893940500000","_HOSTNAME":"node01","SYSLOG_IDENTIFIER":"kubelet","_COMM":"kubelet","MESSAGE":"hello","PRIORITY":"6"}"#;
        let expected = Entry {
            cursor: Some("s=1".into()),
            time: Some("2009-11-10T22:59:00.5Z".parse().unwrap()),
            host: Some("node01".into()),
            process: "kubelet".into(),
            message: "hello".into(),
        };
        assert_eq!(entry(line), Some(expected));
    }

    #[test]
    fn the_command_stands_in_for_a_missing_identifier() {
        let process = |line| entry(line).map(|it| it.process);
        assert_eq!(
            process(r#"{"_COMM":"cron","MESSAGE":"x"}"#).unwrap(),
            "cron"
        );
        assert_eq!(process(r#"{"MESSAGE":"x"}"#).unwrap(), "unknown");
    }

    #[test]
    fn a_message_has_several_forms() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(message(r#""text""#), some("text"));
        assert_eq!(message("[104,105,255]"), some("hi\u{fffd}"));
        assert_eq!(message(r#"["first","second"]"#), some("first"));
        assert_eq!(message(r#"[[104,105],"second"]"#), some("hi"));
        for nothing in ["null", r#""""#, "[]", "[null]", "{}", "[[]]", "[256]"] {
            assert_eq!(message(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn lines_that_are_no_entries_are_left_out() {
        for line in [
            "",
            "No journal files were found.",
            "[]",
            "{}",
            "{\"MESSAGE\":",
        ] {
            assert_eq!(entry(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn no_line_is_fatal(line in ".*") {
            entry(&line);
        }

        #[test]
        fn strings_and_their_bytes_mean_the_same(text in ".+") {
            let as_string = serde_json::to_string(&text).unwrap();
            let as_bytes = serde_json::to_string(text.as_bytes()).unwrap();
            prop_assert_eq!(message(&as_string), Some(text.clone()));
            prop_assert_eq!(message(&as_bytes), Some(text));
        }
    }
}
