//! Where a record belongs, and how its line looks.
//!
//! Two kinds of records are known:
//!
//! - Rows, as the chart's Fluent Bit makes them: `row` is the line as it is
//!   written, and the tag is the path of its file.
//! - Plain records: those of Fluent Bit's `kubernetes` filter, entries of the
//!   journal, and what people write by hand. Labels and message come from
//!   fields, the file from the labels and the record's own time, so late lines
//!   go to the file of their hour.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::letheql::LogType;
use crate::search::lines::{parse_labels, parse_time};
use crate::store::{Batch, Hour, PlaceError, Record};

use super::refusal::Refusal;

/// The process of a machine that nobody names.
const UNKNOWN_PROCESS: &str = "unknown";

/// What a record says that matters here, however it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields<'a> {
    row: Field<'a>,
    message: Field<'a>,
    namespace: Field<'a>,
    pod: Field<'a>,
    container: Field<'a>,
    node: Field<'a>,
    process: Field<'a>,
}

/// A value, and how far down its name is in the list of names for it.
type Field<'a> = Option<(u8, Cow<'a, [u8]>)>;

impl<'a> Fields<'a> {
    /// Takes over a field, unless its name means nothing or an earlier name
    /// for the same was there.
    pub fn set(&mut self, name: &[u8], value: Cow<'a, [u8]>) {
        if let Some((slot, rank)) = self.slot(name)
            && slot.as_ref().is_none_or(|(known, _)| rank < *known)
        {
            *slot = Some((rank, value));
        }
    }

    /// As [`Fields::set`], for fields within `kubernetes`.
    pub fn set_kubernetes(&mut self, name: &[u8], value: Cow<'a, [u8]>) {
        let slot = match name {
            b"namespace_name" => &mut self.namespace,
            b"pod_name" => &mut self.pod,
            b"container_name" => &mut self.container,
            _ => return,
        };
        *slot = Some((0, value));
    }

    fn slot(&mut self, name: &[u8]) -> Option<(&mut Field<'a>, u8)> {
        Some(match name {
            b"row" => (&mut self.row, 0),
            b"log" => (&mut self.message, 0),
            b"message" => (&mut self.message, 1),
            b"MESSAGE" => (&mut self.message, 2),
            b"namespace" => (&mut self.namespace, 1),
            b"pod" => (&mut self.pod, 1),
            b"container" => (&mut self.container, 1),
            b"_HOSTNAME" => (&mut self.node, 0),
            b"node" => (&mut self.node, 1),
            b"SYSLOG_IDENTIFIER" => (&mut self.process, 0),
            b"process" => (&mut self.process, 1),
            b"_SYSTEMD_UNIT" => (&mut self.process, 2),
            b"_COMM" => (&mut self.process, 3),
            _ => return None,
        })
    }
}

/// Adds the line of a record to `batch`. The tag matters to rows only, the
/// time to plain records only.
pub fn place(
    fields: &Fields<'_>,
    tag: &[u8],
    time: Option<DateTime<Utc>>,
    batch: &mut Batch,
) -> Result<(), Refusal> {
    if let Some((_, row)) = &fields.row
        && let Some(file) = file_of(tag)
    {
        return place_row(file, row, batch);
    }
    let namespace = text(&fields.namespace);
    let pod = text(&fields.pod);
    let container = text(&fields.container);
    let node = text(&fields.node);
    let process = text(&fields.process);
    let record = match (&namespace, &pod, &container, &node) {
        (Some(namespace), Some(pod), Some(container), _) => Record::Pod {
            namespace,
            pod,
            container,
        },
        (_, _, _, Some(node)) => Record::Node {
            node,
            process: process.as_deref().unwrap_or(UNKNOWN_PROCESS),
        },
        _ => return Err(Refusal::NoSource),
    };
    let (_, message) = fields.message.as_ref().ok_or(Refusal::NoMessage)?;
    let time = time.ok_or(Refusal::NoTime)?;
    batch.push(&record, time, message).map_err(Refusal::from)
}

impl From<PlaceError> for Refusal {
    fn from(error: PlaceError) -> Refusal {
        match error {
            PlaceError::Time(_) => Refusal::NoTime,
            PlaceError::TooLong => Refusal::TooLong,
        }
    }
}

/// A label; an empty one names nothing.
fn text<'a>(field: &'a Field<'_>) -> Option<Cow<'a, str>> {
    let (_, bytes) = field.as_ref()?;
    (!bytes.is_empty()).then(|| String::from_utf8_lossy(bytes))
}

/// The file that a tag names: `pod/<namespace>/<YYYY-MM-DD_HH>.log`, or the
/// same with `node`. Any other tag names none.
fn file_of(tag: &[u8]) -> Option<(LogType, &str, Hour)> {
    let tag = std::str::from_utf8(tag).ok()?;
    let (log_type, rest) = tag.strip_prefix('/').unwrap_or(tag).split_once('/')?;
    let (target, name) = rest.split_once('/')?;
    let hour = Hour::from_file_name(name.as_bytes())?;
    let log_type = LogType::from_name(log_type)?;
    (name == hour.file_name()).then_some((log_type, target, hour))
}

/// A row is written as it came. Where it holds several lines, which the
/// original let pose as lines of anybody, its header is repeated.
fn place_row(file: (LogType, &str, Hour), row: &[u8], batch: &mut Batch) -> Result<(), Refusal> {
    let first = memchr::memchr(b'\n', row).map_or(row, |end| row.get(..end).unwrap_or(row));
    let (_, open) = parse_time(first).map_err(|_| Refusal::BadRow)?;
    let parts = parse_labels(first, open, file.0).map_err(|_| Refusal::BadRow)?;
    let header_len = first.len() - parts.message(first).len();
    let (header, message) = row.split_at(header_len);
    batch
        .push_with_header(file, header, message)
        .map_err(Refusal::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(fields: &[(&str, &str)], tag: &str) -> Result<String, Refusal> {
        let mut known = Fields::default();
        for (name, value) in fields {
            let value = Cow::Borrowed(value.as_bytes());
            match name.strip_prefix("kubernetes.") {
                Some(name) => known.set_kubernetes(name.as_bytes(), value),
                None => known.set(name.as_bytes(), value),
            }
        }
        let time = "2009-11-10T22:59:00Z".parse().unwrap();
        let mut batch = Batch::default();
        place(&known, tag.as_bytes(), Some(time), &mut batch)?;
        let text = |(path, lines)| format!("{path}: {}", String::from_utf8(lines).unwrap());
        Ok(batch.into_files().map(text).collect())
    }

    #[test]
    fn a_row_goes_to_the_file_of_its_tag_as_it_is() {
        let row = "2009-11-10T22:59:00Z[ns|web|main] hello";
        for tag in ["pod/ns/2009-11-10_21.log", "/pod/ns/2009-11-10_21.log"] {
            assert_eq!(
                placed(&[("row", row), ("log", "x")], tag).unwrap(),
                format!("pod/ns/2009-11-10_21.log: {row}\n")
            );
        }
        assert_eq!(
            placed(
                &[("row", "2009-11-10T22:59:00Z[a|b] x")],
                "node/../2009-11-10_21.log"
            )
            .unwrap(),
            "node/__/2009-11-10_21.log: 2009-11-10T22:59:00Z[a|b] x\n"
        );
    }

    #[test]
    fn a_row_cannot_forge_lines() {
        let row = "2009-11-10T22:59:00Z[n|app] a\n2009-11-10T22:59:00Z[n|sshd] b";
        assert_eq!(
            placed(&[("row", row)], "node/n/2009-11-10_22.log").unwrap(),
            "node/n/2009-11-10_22.log: 2009-11-10T22:59:00Z[n|app] a\n\
             2009-11-10T22:59:00Z[n|app] 2009-11-10T22:59:00Z[n|sshd] b\n"
        );
        for row in [
            "",
            "{row}",
            "x\n2009-11-10T22:59:00Z[n|sshd] b",
            "2009-11-10T22:59:00Z[n|a",
        ] {
            assert_eq!(
                placed(&[("row", row)], "node/n/2009-11-10_22.log"),
                Err(Refusal::BadRow),
                "{row}"
            );
        }
    }

    #[test]
    fn tags_that_name_no_file_place_no_row() {
        let row = ("row", "2009-11-10T22:59:00Z[ns|web|main] hello");
        for tag in [
            "",
            "kube.var.log",
            "pod/ns",
            "audit/ns/2009-11-10_21.log",
            "pod/ns/2009-11-10_21.txt",
            "pod/ns/x/2009-11-10_21.log",
            "../pod/ns/2009-11-10_21.log",
        ] {
            assert_eq!(placed(&[row], tag), Err(Refusal::NoSource), "{tag}");
        }
    }

    #[test]
    fn plain_records_go_where_their_labels_say() {
        let pod = [
            ("log", "hello\n"),
            ("kubernetes.namespace_name", "ns"),
            ("kubernetes.pod_name", "web.example"),
            ("kubernetes.container_name", "main"),
            ("namespace", "other"),
        ];
        assert_eq!(
            placed(&pod, "kube.x").unwrap(),
            "pod/ns/2009-11-10_22.log: 2009-11-10T22:59:00.000000Z[ns|web.example|main] hello\n"
        );
        let entry = [
            ("_COMM", "sd"),
            ("MESSAGE", "hello"),
            ("_HOSTNAME", "node01"),
            ("_SYSTEMD_UNIT", "a.service"),
        ];
        assert_eq!(
            placed(&entry, "").unwrap(),
            "node/node01/2009-11-10_22.log: 2009-11-10T22:59:00.000000Z[node01|a.service] hello\n"
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(placed(&[("log", "x")], ""), Err(Refusal::NoSource));
        assert_eq!(
            placed(&[("log", "x"), ("namespace", "ns"), ("pod", "p")], ""),
            Err(Refusal::NoSource)
        );
        assert_eq!(placed(&[("node", "n")], ""), Err(Refusal::NoMessage));
        assert!(
            placed(&[("node", "n"), ("log", "x")], "")
                .unwrap()
                .contains("[n|unknown] x")
        );
    }
}
