//! LogQL over Loki's API.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Error;
use venti_model::log_query::is_metric_of_logql;

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
            path: format!("/loki/api/v1/{path}"),
            parameters: own,
            reading,
        }]
    };
    let endpoint = &parameters.call.endpoint;
    if *endpoint == Endpoint::Healthy {
        return Ok(vec![Question {
            path: "/ready".to_owned(),
            parameters: Vec::new(),
            reading: Reading::Health,
        }]);
    }
    let range = parameters.range()?;
    let times = || range.parameters();
    let values = |label: &str, reading| -> Vec<Question> {
        // Its own labels have no dots in their names, and it refuses those that do.
        let named = fields.named(label).into_iter();
        let (other, own): (Vec<_>, Vec<_>) = named.partition(|it| it.contains('.'));
        let labels = if own.is_empty() { other } else { own };
        let ask = |label: String| {
            let mut own = Vec::from(times());
            own.extend(parameters.get("match[]").map(|it| ("query", it.to_owned())));
            question(&format!("label/{label}/values"), own, reading)
        };
        labels.into_iter().flat_map(ask).collect()
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
            let counted =
                format!("sum by (level, detected_level) (count_over_time({query} [{step}s]))");
            own = vec![("query", counted)];
            own.extend(times());
            own.push(("step", format!("{step}s")));
            question("query_range", own, Reading::Histogram { step })
        }
        _ if !is_metric_of_logql(query) => {
            let pages = parameters.lines(range)?.into_iter();
            let ask = |(page, range, reading): (Page, Range, Reading)| {
                let direction = if page.newest { "backward" } else { "forward" };
                let mut own = vec![("query", query.to_owned())];
                own.extend(range.parameters());
                own.push(("limit", page.asked().to_string()));
                own.push(("direction", direction.to_owned()));
                question("query_range", own, reading)
            };
            pages.flat_map(ask).collect()
        }
        Endpoint::Context => return Err(super::bad("`query` selects no lines")),
        Endpoint::Query => {
            own.push(("time", range.end.to_string()));
            question("query", own, Reading::Numbers)
        }
        _ => {
            let step = parameters.step(range)?;
            own.extend(times());
            own.push(("step", format!("{step}s")));
            question("query_range", own, Reading::Numbers)
        }
    })
}

#[derive(Deserialize)]
struct Answer<T> {
    data: T,
}

#[derive(Deserialize)]
struct Streams {
    result: Vec<Stream>,
}

#[derive(Deserialize)]
struct Stream {
    stream: BTreeMap<String, String>,
    values: Vec<Entry>,
}

/// Time in nanoseconds, message, and in newer versions more fields of the line.
#[derive(Deserialize)]
struct Entry(String, String, #[serde(default)] serde::de::IgnoredAny);

pub(super) fn lines(body: &[u8]) -> Result<Vec<Line>, Error> {
    let answer: Answer<Streams> = serde_json::from_slice(body)?;
    let mut lines = Vec::new();
    for stream in answer.data.result {
        for Entry(time, message, _) in stream.values {
            lines.push(Line {
                time: time.parse().unwrap_or(0),
                message,
                fields: stream.stream.clone(),
            });
        }
    }
    Ok(lines)
}

#[derive(Deserialize)]
struct Matrix {
    result: Vec<Series>,
}

#[derive(Deserialize)]
struct Series {
    metric: BTreeMap<String, String>,
    values: Vec<(f64, String)>,
}

/// Loki's points stand at the end of their step, Lethe's at its start.
pub(super) fn histogram(body: &[u8], step: u64) -> Result<Vec<u8>, Error> {
    let answer: Answer<Matrix> = serde_json::from_slice(body)?;
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let mut all: BTreeMap<String, BTreeMap<i64, u64>> = BTreeMap::new();
    for series in answer.data.result {
        let word = ["level", "detected_level"]
            .iter()
            .find_map(|it| series.metric.get(*it).filter(|it| !it.is_empty()));
        let level = rows::level(word.map_or("", String::as_str)).to_owned();
        let points = all.entry(level).or_default();
        for (time, count) in series.values {
            let count = count.parse::<f64>().unwrap_or(0.0) as u64;
            *points
                .entry((time as i64).saturating_sub(step))
                .or_default() += count;
        }
    }
    Ok(rows::matrix_by_level(&all))
}

pub(super) fn values(body: &[u8]) -> Result<Vec<String>, Error> {
    // Without values there is no `data`.
    #[derive(Deserialize)]
    struct Values {
        #[serde(default)]
        data: Vec<String>,
    }
    let Values { data } = serde_json::from_slice(body)?;
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_answer_panics(text in any::<String>()) {
            let _ = (lines(text.as_bytes()), histogram(text.as_bytes(), 1), values(text.as_bytes()));
        }
    }
}
