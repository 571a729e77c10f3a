//! Rows as JSON.

use crate::Answer;

use super::json;

/// Rows with their keys in the order of the original, every value a string.
pub(super) fn body(answer: &Answer) -> Vec<u8> {
    let mut body = br#"{"data":{"result":["#.to_vec();
    for (number, row) in answer.rows.iter().enumerate() {
        body.extend_from_slice(if number == 0 {
            br#"{"time":"#
        } else {
            br#",{"time":"#
        });
        json::push_string(&mut body, row.time_text());
        for (name, value) in answer.log_type.labels().iter().zip(row.labels()) {
            body.push(b',');
            json::push_string(&mut body, name.as_bytes());
            body.push(b':');
            json::push_string(&mut body, value);
        }
        body.extend_from_slice(br#","log":"#);
        json::push_string(&mut body, row.message());
        body.push(b'}');
    }
    body.extend_from_slice(br#"],"resultType":"logs"}"#);
    json::push_success(&mut body, &answer.warnings);
    body
}
