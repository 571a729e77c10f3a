//! Rows as JSON.

use crate::Answer;
use crate::letheql::LogType;
use crate::search::Row;

use super::json;

/// Rows with their keys in the order of the original, every value a string. If
/// there are more, the cursor of the next page stands before them; if they are
/// asked for, each row has its own behind its message.
pub(crate) fn body(answer: &Answer, with_cursors: bool) -> Vec<u8> {
    let mut body = br#"{"data":{"#.to_vec();
    if let Some(next) = &answer.next {
        body.extend_from_slice(br#""next":"#);
        json::push_string(&mut body, next.to_string().as_bytes());
        body.push(b',');
    }
    body.extend_from_slice(br#""result":["#);
    for (number, row) in answer.rows.iter().enumerate() {
        if number > 0 {
            body.push(b',');
        }
        push_row(&mut body, answer.log_type, row, with_cursors);
    }
    body.extend_from_slice(br#"],"resultType":"logs"}"#);
    json::push_success(&mut body, &answer.warnings);
    body
}

/// One row.
pub(super) fn push_row(body: &mut Vec<u8>, log_type: LogType, row: &Row, with_cursor: bool) {
    body.extend_from_slice(br#"{"time":"#);
    json::push_string(body, row.time_text());
    for (name, value) in log_type.labels().iter().zip(row.labels()) {
        body.push(b',');
        json::push_string(body, name.as_bytes());
        body.push(b':');
        json::push_string(body, value);
    }
    body.extend_from_slice(br#","log":"#);
    json::push_string(body, row.message());
    if with_cursor {
        body.extend_from_slice(br#","cursor":"#);
        json::push_string(body, row.cursor().to_string().as_bytes());
    }
    body.push(b'}');
}
