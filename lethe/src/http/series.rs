//! Series as JSON in the shape of Prometheus: times as numbers of seconds,
//! values as strings.

use std::io::Write;

use crate::Series;
use crate::search::{Instants, Timestamp};

use super::json;

/// The value of each series at one instant.
pub(crate) fn vector(all: &[Series], time: Timestamp, warnings: &[String]) -> Vec<u8> {
    let mut body = br#"{"data":{"result":["#.to_vec();
    let with_value = all
        .iter()
        .filter_map(|it| Some((it, it.values.first().copied()??)));
    for (number, (series, value)) in with_value.enumerate() {
        push_metric(&mut body, number, series);
        body.extend_from_slice(br#","value":"#);
        push_point(&mut body, time, value);
        body.push(b'}');
    }
    body.extend_from_slice(br#"],"resultType":"vector"}"#);
    json::push_success(&mut body, warnings);
    body
}

/// The values of each series at the instants at which it has one.
pub(crate) fn matrix(all: &[Series], instants: &Instants, warnings: &[String]) -> Vec<u8> {
    let mut body = br#"{"data":{"result":["#.to_vec();
    for (number, series) in all.iter().enumerate() {
        push_metric(&mut body, number, series);
        body.extend_from_slice(br#","values":["#);
        let points = instants.iter().zip(&series.values);
        let points = points.filter_map(|(time, value)| Some((time, (*value)?)));
        for (number, (time, value)) in points.enumerate() {
            if number > 0 {
                body.push(b',');
            }
            push_point(&mut body, time, value);
        }
        body.extend_from_slice(b"]}");
    }
    body.extend_from_slice(br#"],"resultType":"matrix"}"#);
    json::push_success(&mut body, warnings);
    body
}

fn push_metric(body: &mut Vec<u8>, number: usize, series: &Series) {
    if number > 0 {
        body.push(b',');
    }
    body.extend_from_slice(br#"{"metric":{"#);
    for (number, (name, value)) in series.labels.iter().enumerate() {
        if number > 0 {
            body.push(b',');
        }
        json::push_string(body, name.as_bytes());
        body.push(b':');
        json::push_string(body, value);
    }
    body.push(b'}');
}

fn push_point(body: &mut Vec<u8>, time: Timestamp, value: f64) {
    let millis = time.nanos().div_euclid(1_000_000);
    let (seconds, rest) = (millis.div_euclid(1_000), millis.rem_euclid(1_000));
    // Writing into memory cannot fail.
    let _ = match rest {
        0 => write!(body, "[{seconds},"),
        // Before 1970 the sign belongs to both parts.
        _ => write!(body, "[{},", millis as f64 / 1e3),
    };
    let _ = match value {
        value if value == f64::INFINITY => write!(body, "\"+Inf\"]"),
        value if value == f64::NEG_INFINITY => write!(body, "\"-Inf\"]"),
        value => write!(body, "\"{value}\"]"),
    };
}
