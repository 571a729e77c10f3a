//! LogsQL over VictoriaLogs' API.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde::Deserialize;
use serde_json::Error;
use venti_model::log_query::is_stats_of_logsql;

use super::page::Page;
use super::rows::{self, Line};
use super::{Parameters, Question, Range, Reading};
use crate::config::LogFields;
use crate::upstream::{Endpoint, Failure};

pub(super) fn questions(
    parameters: &Parameters<'_>,
    fields: &LogFields,
) -> Result<Vec<Question>, Failure> {
    let question = |path: &str, own: Vec<(&'static str, String)>, reading| {
        vec![Question {
            path: format!("/select/logsql/{path}"),
            parameters: own,
            reading,
        }]
    };
    let endpoint = &parameters.call.endpoint;
    if *endpoint == Endpoint::Healthy {
        return Ok(vec![Question {
            path: "/health".to_owned(),
            parameters: Vec::new(),
            reading: Reading::Health,
        }]);
    }
    let range = parameters.range()?;
    let times = || range.parameters();
    let values = |label: &str, reading| -> Vec<Question> {
        let ask = |field: String| {
            let query = parameters.get("match[]").unwrap_or("*");
            let mut own = vec![("query", query.to_owned()), ("field", field)];
            own.extend(times());
            question("field_values", own, reading)
        };
        fields.named(label).into_iter().flat_map(ask).collect()
    };
    match endpoint {
        Endpoint::LabelValues(name) => {
            return Ok(values(&name.to_string(), Reading::Values));
        }
        Endpoint::Metadata => {
            let pods = values("namespace", Reading::Targets { of_pods: true });
            let nodes = values("node", Reading::Targets { of_pods: false });
            return Ok([pods, nodes].concat());
        }
        _ => {}
    }
    let query = parameters.query()?;
    let mut own = vec![("query", query.to_owned())];
    Ok(match endpoint {
        Endpoint::Histogram => {
            let step = parameters.step(range)?;
            own.extend(times());
            own.push(("step", format!("{step}s")));
            own.push(("field", "level".to_owned()));
            question("hits", own, Reading::Histogram { step })
        }
        Endpoint::Query if is_stats_of_logsql(query) => {
            own.push(("time", range.end.to_string()));
            question("stats_query", own, Reading::Numbers)
        }
        Endpoint::QueryRange if is_stats_of_logsql(query) => {
            let step = parameters.step(range)?;
            own.extend(times());
            own.push(("step", format!("{step}s")));
            question("stats_query_range", own, Reading::Numbers)
        }
        _ => {
            let pages = parameters.lines(range)?.into_iter();
            let ask = |(page, range, reading): (Page, Range, Reading)| {
                let n_lines = page.asked();
                let query = match page.newest {
                    // With a limit, the newest are given.
                    true => query.to_owned(),
                    false => format!("{query} | sort by (_time) limit {n_lines}"),
                };
                let mut own = vec![("query", query)];
                own.extend(range.parameters());
                own.push(("limit", n_lines.to_string()));
                question("query", own, reading)
            };
            pages.flat_map(ask).collect()
        }
    })
}

/// One JSON object for each line of the body.
pub(super) fn lines(body: &[u8]) -> Result<Vec<Line>, Error> {
    body.split(|it| *it == b'\n')
        .filter(|it| !it.trim_ascii().is_empty())
        .map(|it| serde_json::from_slice(it).map(line))
        .collect()
}

fn line(mut fields: BTreeMap<String, String>) -> Line {
    let time = fields.remove("_time").unwrap_or_default();
    let time = DateTime::parse_from_rfc3339(&time).ok();
    Line {
        time: time.and_then(|it| it.timestamp_nanos_opt()).unwrap_or(0),
        message: fields.remove("_msg").unwrap_or_default(),
        fields,
    }
}

#[derive(Deserialize)]
struct Hits {
    hits: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    fields: BTreeMap<String, String>,
    timestamps: Vec<String>,
    values: Vec<u64>,
}

pub(super) fn histogram(body: &[u8]) -> Result<Vec<u8>, Error> {
    let Hits { hits } = serde_json::from_slice(body)?;
    let mut series: BTreeMap<String, BTreeMap<i64, u64>> = BTreeMap::new();
    for group in hits {
        let word = group.fields.get("level").map(String::as_str);
        let level = rows::level(word.unwrap_or_default()).to_owned();
        let points = series.entry(level).or_default();
        for (time, count) in group.timestamps.iter().zip(group.values) {
            if let Ok(time) = DateTime::parse_from_rfc3339(time) {
                *points.entry(time.timestamp()).or_default() += count;
            }
        }
    }
    Ok(rows::matrix_by_level(&series))
}

#[derive(Deserialize)]
struct Values {
    values: Vec<Value>,
}

#[derive(Deserialize)]
struct Value {
    value: String,
}

pub(super) fn values(body: &[u8]) -> Result<Vec<String>, Error> {
    let Values { values } = serde_json::from_slice(body)?;
    let values = values.into_iter().map(|it| it.value);
    Ok(values.filter(|it| !it.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_answer_panics(text in any::<String>()) {
            let _ = (lines(text.as_bytes()), histogram(text.as_bytes()), values(text.as_bytes()));
        }
    }

    #[test]
    fn a_second_has_its_nanoseconds() {
        let lines = lines(br#"{"_time":"1970-01-01T00:00:01Z","_msg":"m","a":"b"}"#).unwrap();
        assert_eq!(lines[0].time, 1_000_000_000);
        assert_eq!(lines[0].message, "m");
    }
}
