//! How a line is written: its time, its labels and its message.
//!
//! Labels and messages are hostile text. A label becomes part of a path or of
//! a line header only after every character that means something there has
//! been replaced, and each line of a message gets a header of its own, so no
//! message can pose as a line of somebody else.

use std::borrow::Cow;
use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use memchr::{memchr, memchr_iter};

use crate::letheql::LogType;

/// Longest label that is written; a file name cannot be longer either.
const MAX_LABEL_BYTES: usize = 255;

/// Longest line of a message; what is longer becomes several lines. With its
/// header it is below the mebibyte that a query reads of a line.
const MAX_LINE_BYTES: usize = 1_020 * 1_024;

/// Bytes of `2009-11-10T22:59:00`.
const SECOND_LEN: usize = 19;

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record<'a> {
    /// A process of a machine, for example `kubelet` on `node01`.
    Node {
        /// Host name; the directory below `node/`.
        node: &'a str,
        /// Name of the process, journald's `SYSLOG_IDENTIFIER`.
        process: &'a str,
    },
    /// A container of a cluster.
    Pod {
        /// Namespace; the directory below `pod/`.
        namespace: &'a str,
        /// Pod name.
        pod: &'a str,
        /// Container name.
        container: &'a str,
    },
}

impl<'a> Record<'a> {
    pub(super) fn log_type(&self) -> LogType {
        match self {
            Record::Node { .. } => LogType::Node,
            Record::Pod { .. } => LogType::Pod,
        }
    }

    /// The name of the directory, safe as one component of a path.
    pub(super) fn target(&self) -> Cow<'a, str> {
        match self {
            Record::Node { node, .. } => directory_name(node),
            Record::Pod { namespace, .. } => directory_name(namespace),
        }
    }

    /// `{time}[{labels}] `, behind what is in `header` already.
    pub(super) fn push_header(&self, time: &str, target: &str, header: &mut Vec<u8>) {
        header.extend_from_slice(time.as_bytes());
        header.push(b'[');
        header.extend_from_slice(target.as_bytes());
        let labels = match self {
            Record::Node { process, .. } => [Some(process), None],
            Record::Pod { pod, container, .. } => [Some(pod), Some(container)],
        };
        for label in labels.into_iter().flatten() {
            header.push(b'|');
            push_label(header, label);
        }
        header.extend_from_slice(b"] ");
    }
}

/// A time as text with microseconds. Lines that arrive together share their
/// second, so that part is kept.
#[derive(Debug, Default)]
pub(super) struct TimeText {
    second: Option<i64>,
    text: String,
}

impl TimeText {
    pub(super) fn of(&mut self, time: DateTime<Utc>) -> &str {
        let second = time.timestamp();
        if self.second != Some(second) {
            self.text = time.to_rfc3339_opts(SecondsFormat::Micros, true);
            self.second = Some(second);
        }
        self.text.truncate(SECOND_LEN);
        // A leap second counts beyond its million.
        let micros = time.timestamp_subsec_micros().min(999_999);
        // Writing to a text cannot fail.
        let _ = write!(self.text, ".{micros:06}Z");
        &self.text
    }
}

/// A label as one component of a path, by the rule with which Fluent Bit makes
/// a path of a tag: letters, digits, `-`, `_` and `.` stay, all else is `_`.
pub(super) fn directory_name(label: &str) -> Cow<'_, str> {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_short = (1..=MAX_LABEL_BYTES).contains(&label.len());
    if is_short && !label.starts_with('.') && label.bytes().all(is_safe) {
        return Cow::Borrowed(label);
    }
    let safe = |c: char| u8::try_from(c).is_ok_and(is_safe);
    let name: String = label
        .chars()
        .take(MAX_LABEL_BYTES)
        .map(|c| if safe(c) { c } else { '_' })
        .collect();
    if name.chars().all(|c| c == '.') {
        Cow::Owned("_".repeat(name.len().max(1)))
    } else {
        Cow::Owned(name)
    }
}

/// A label between `[`, `|` and `]`.
fn push_label(header: &mut Vec<u8>, label: &str) {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'|' && byte != b']';
    if label.len() <= MAX_LABEL_BYTES && label.bytes().all(is_plain) {
        header.extend_from_slice(label.as_bytes());
        return;
    }
    let start = header.len();
    for c in label.chars() {
        if header.len() - start + c.len_utf8() > MAX_LABEL_BYTES {
            break;
        }
        let is_special = c.is_control() || matches!(c, '|' | ']');
        let kept = if is_special { '_' } else { c };
        header.extend_from_slice(kept.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// An upper bound of what [`push_lines`] adds.
pub(super) fn max_len(header: &[u8], message: &[u8]) -> usize {
    let n_lines = memchr_iter(b'\n', message).count() + 1 + message.len() / MAX_LINE_BYTES;
    n_lines
        .saturating_mul(header.len() + 1)
        .saturating_add(message.len())
}

/// Adds every line of the message behind its own header, and returns how many
/// those are. A final line break is not a line.
pub(super) fn push_lines(text: &mut Vec<u8>, header: &[u8], message: &[u8]) -> u64 {
    let mut rest = message.strip_suffix(b"\n").unwrap_or(message);
    let mut n_lines = 0;
    loop {
        let end = memchr(b'\n', rest);
        let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let mut line = line.strip_suffix(b"\r").unwrap_or(line);
        loop {
            let (part, more) = line.split_at(line.len().min(MAX_LINE_BYTES));
            text.extend_from_slice(header);
            text.extend_from_slice(part);
            text.push(b'\n');
            n_lines += 1;
            if more.is_empty() {
                break;
            }
            line = more;
        }
        let Some(end) = end else { return n_lines };
        rest = rest.get(end + 1..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(header: &str, message: &[u8]) -> String {
        let mut text = Vec::new();
        let n_lines = push_lines(&mut text, header.as_bytes(), message);
        assert_eq!(n_lines as usize, memchr_iter(b'\n', &text).count());
        assert!(text.len() <= max_len(header.as_bytes(), message));
        String::from_utf8_lossy(&text).into_owned()
    }

    #[test]
    fn each_line_of_a_message_has_its_header() {
        assert_eq!(lines("h ", b"a\r\nb\n"), "h a\nh b\n");
        assert_eq!(lines("h ", b""), "h \n");
        assert_eq!(lines("h ", b"a\n\nb"), "h a\nh \nh b\n");
    }

    #[test]
    fn a_line_that_is_too_long_becomes_several() {
        let text = lines("h ", &vec![b'x'; MAX_LINE_BYTES + 1]);
        let lengths: Vec<usize> = text.lines().map(str::len).collect();
        assert_eq!(lengths, [MAX_LINE_BYTES + 2, 3]);
    }

    #[test]
    fn labels_cannot_leave_the_data_directory() {
        for (label, name) in [
            ("default", "default"),
            ("web.example.org", "web.example.org"),
            ("../../etc", ".._.._etc"),
            ("..", "__"),
            (".", "_"),
            ("", "_"),
            ("/etc", "_etc"),
            ("a\0b", "a_b"),
            ("한", "_"),
        ] {
            assert_eq!(directory_name(label), name);
        }
        assert_eq!(directory_name(&"x".repeat(300)).len(), MAX_LABEL_BYTES);
    }

    #[test]
    fn times_have_microseconds() {
        let mut text = TimeText::default();
        for time in [
            "2009-11-10T22:59:00.500000Z",
            "2009-11-10T22:59:00.000001Z",
            "2009-11-10T22:59:01.000000Z",
            "0001-01-01T00:00:00.999999Z",
        ] {
            assert_eq!(text.of(time.parse().unwrap()), time);
        }
        let leap = "2016-12-31T23:59:60.5Z".parse().unwrap();
        assert_eq!(text.of(leap), "2016-12-31T23:59:60.999999Z");
    }

    proptest! {
        #[test]
        fn any_message_makes_whole_lines(message in any::<Vec<u8>>()) {
            for line in lines("h ", &message).lines() {
                prop_assert!(line.starts_with("h "));
            }
        }

        #[test]
        fn any_label_is_one_label(pod in any::<String>(), container in any::<String>()) {
            let mut header = Vec::new();
            let record = Record::Pod { namespace: "ns", pod: &pod, container: &container };
            record.push_header("t", "ns", &mut header);
            let header = String::from_utf8(header).unwrap();
            let labels = header.strip_prefix("t[").unwrap().strip_suffix("] ").unwrap();
            prop_assert_eq!(labels.split('|').count(), 3);
            prop_assert!(!labels.contains([']', '\n']));
        }
    }
}
