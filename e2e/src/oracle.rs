//! What Prometheus itself answers, asked past everything of ours.
//!
//! It has its own few lines to read an answer: an oracle that shares the
//! decoder with what it judges would share its mistakes.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use serde::Deserialize;
use venti_local::{Part, Running};

use crate::requests::Request;
use crate::tls;

/// One series of an answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Series {
    /// Its labels, `__name__` among them.
    #[serde(rename = "metric")]
    pub labels: BTreeMap<String, String>,
    /// The one sample of an instant query.
    #[serde(default)]
    value: Option<Sample>,
    /// The samples of a range query.
    #[serde(default)]
    values: Vec<Sample>,
}

/// Seconds since 1970, and the value as Prometheus wrote it.
pub type Sample = (f64, String);

impl Series {
    /// The samples, oldest first.
    pub fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.value.iter().chain(&self.values)
    }

    /// The value at `time`, seconds since 1970, if there is a sample at just
    /// that time.
    pub fn at(&self, time: f64) -> Option<f64> {
        let sample = self.samples().find(|(it, _)| *it == time)?;
        sample.1.parse().ok()
    }
}

#[derive(Deserialize)]
struct Answer {
    status: String,
    error: Option<String>,
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    result: Result,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Result {
    Series(Vec<Series>),
    /// Of `time()`, which has no labels.
    Scalar(Sample),
}

/// The vector of `expression` at `time`, seconds since 1970, or as of now by
/// Prometheus' own clock.
pub async fn query(
    stack: &Running,
    expression: &str,
    time: Option<f64>,
) -> anyhow::Result<Vec<Series>> {
    let time = time.map(|it| it.to_string());
    let mut parameters = vec![("query", expression)];
    parameters.extend(time.as_deref().map(|it| ("time", it)));
    ask(stack, "query", &parameters).await
}

/// The matrix of `expression`; times and step in seconds.
pub async fn query_range(
    stack: &Running,
    expression: &str,
    (start, end): (f64, f64),
    step: f64,
) -> anyhow::Result<Vec<Series>> {
    let [start, end, step] = [start, end, step].map(|it| it.to_string());
    let parameters = [
        ("query", expression),
        ("start", &start),
        ("end", &end),
        ("step", &step),
    ];
    ask(stack, "query_range", &parameters).await
}

/// What Prometheus answers to a request of the page, asked just as the page
/// asked it.
pub async fn replay(stack: &Running, request: &Request) -> anyhow::Result<Vec<Series>> {
    let endpoint = if request.is_range() {
        "query_range"
    } else {
        "query"
    };
    let ours = ["dsType", "dsName"];
    let parameters: Vec<_> = request
        .params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| !ours.contains(name))
        .collect();
    ask(stack, endpoint, &parameters).await
}

async fn ask(
    stack: &Running,
    endpoint: &str,
    parameters: &[(&str, &str)],
) -> anyhow::Result<Vec<Series>> {
    let url = format!("{}/api/v1/{endpoint}", stack.url(Part::Prometheus));
    tls::provide();
    let client = reqwest::Client::builder().no_proxy().build()?;
    let answer = client.get(url).query(parameters).send().await?;
    let answer: Answer = answer.json().await.context("not an answer of Prometheus")?;
    let error = answer.error.unwrap_or_default();
    ensure!(answer.status == "success", "{error}");
    Ok(
        match answer.data.context("an answer without data")?.result {
            Result::Series(series) => series,
            Result::Scalar(sample) => vec![Series {
                labels: BTreeMap::new(),
                value: Some(sample),
                values: Vec::new(),
            }],
        },
    )
}
