//! Records as JSON, one object in a line.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::search::Timestamp;
use crate::store::Batch;

use super::journal::text;
use super::place::{Fields, place};
use super::refusal::Refusal;

/// The names under which senders write the time; the first one that is there
/// counts. `date` is what Fluent Bit's `http` output says.
const TIMES: [&str; 3] = ["time", "date", "@timestamp"];

/// Adds the line of a record to `batch`. One without a time gets `now`, and
/// `tag` stands in it for what would be the tag of a forwarded record.
pub fn place_json(line: &[u8], now: DateTime<Utc>, batch: &mut Batch) -> Result<(), Refusal> {
    let Ok(Value::Object(record)) = serde_json::from_slice(line) else {
        return Err(Refusal::NoRecord);
    };
    let mut fields = Fields::default();
    for (name, value) in &record {
        let value = match value {
            Value::String(text) => Some(Cow::Borrowed(text.as_bytes())),
            value => text(value).map(|it| Cow::Owned(it.into_bytes())),
        };
        if let Some(value) = value {
            fields.set(name.as_bytes(), value);
        }
    }
    if let Some(Value::Object(kubernetes)) = record.get("kubernetes") {
        for (name, value) in kubernetes {
            if let Value::String(text) = value {
                fields.set_kubernetes(name.as_bytes(), Cow::Borrowed(text.as_bytes()));
            }
        }
    }
    let time = match TIMES.iter().find_map(|name| record.get(*name)) {
        None => Some(now),
        Some(value) => time(value),
    };
    let tag = record
        .get("tag")
        .and_then(Value::as_str)
        .unwrap_or_default();
    place(&fields, tag.as_bytes(), time, batch)
}

/// RFC 3339, or seconds since 1970.
fn time(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::String(text) => Timestamp::parse(text.as_bytes()).map(DateTime::from),
        Value::Number(seconds) => {
            let micros = seconds.as_f64()? * 1e6;
            DateTime::from_timestamp_micros(micros.round() as i64)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn placed(line: &str) -> Result<String, Refusal> {
        let now = "2009-11-10T23:00:00Z".parse().unwrap();
        let mut batch = Batch::default();
        place_json(line.as_bytes(), now, &mut batch)?;
        let (_, text) = batch.into_files().next().unwrap();
        Ok(String::from_utf8(text).unwrap())
    }

    #[test]
    fn an_object_becomes_a_line() {
        for (record, line) in [
            (
                r#"{"time":"2009-11-10T22:59:00.25+09:00","namespace":"ns","pod":"web","container":"main","log":"a\nb"}"#,
                "2009-11-10T13:59:00.250000Z[ns|web|main] a\n2009-11-10T13:59:00.250000Z[ns|web|main] b\n",
            ),
            (
                r#"{"date":1257893940.5,"kubernetes":{"namespace_name":"ns","pod_name":"web","container_name":"main"},"message":"a"}"#,
                "2009-11-10T22:59:00.500000Z[ns|web|main] a\n",
            ),
            (
                r#"{"node":"n","process":"p","log":"","tag":7,"pod":null}"#,
                "2009-11-10T23:00:00.000000Z[n|p] \n",
            ),
            (
                r#"{"_HOSTNAME":"n","SYSLOG_IDENTIFIER":"p","MESSAGE":[104,105]}"#,
                "2009-11-10T23:00:00.000000Z[n|p] hi\n",
            ),
            (
                r#"{"tag":"node/n/2009-11-10_22.log","row":"2009-11-10T22:00:00Z[n|p] x"}"#,
                "2009-11-10T22:00:00Z[n|p] x\n",
            ),
        ] {
            assert_eq!(placed(record).as_deref(), Ok(line), "{record}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        for (record, refusal) in [
            ("", Refusal::NoRecord),
            ("[]", Refusal::NoRecord),
            ("{\"log\":", Refusal::NoRecord),
            ("{}", Refusal::NoSource),
            (r#"{"node":"n"}"#, Refusal::NoMessage),
            (r#"{"node":"n","log":{}}"#, Refusal::NoMessage),
            (
                r#"{"node":"n","log":"x","time":"yesterday"}"#,
                Refusal::NoTime,
            ),
            (r#"{"node":"n","log":"x","time":1e300}"#, Refusal::NoTime),
            (r#"{"node":"n","log":"x","time":null}"#, Refusal::NoTime),
        ] {
            assert_eq!(placed(record), Err(refusal), "{record}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_placed_or_refused(line in any::<String>()) {
            let _ = placed(&line);
        }
    }
}
