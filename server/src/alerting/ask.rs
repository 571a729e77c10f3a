//! Asking datasources on behalf of rules: samples at a slot, lines of a window, a range.
//!
//! Nothing is asked twice and nothing is kept: a rule sees what is so at its slot.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::to_bytes;
use axum::http::Method;
use tokio::sync::{Semaphore, SemaphorePermit};
use venti_alert::Timestamp;
use venti_alert::engine::Sample;
use venti_alert::expression::Answers;
use venti_alert::lines::{self, Window};
use venti_alert::rule::AlertRule;
use venti_model::answer::{Answer, Data, LogRow, Matrix};
use venti_model::api::datasources::DatasourceType;
use venti_model::labels::Labels;

use crate::datasource::{Choice, Datasource, Registry};
use crate::upstream::{Call, Endpoint};

/// How many questions of rules one datasource is asked at once. One that hangs keeps no others
/// waiting.
const AT_ONCE: usize = 16;

/// No rule has as many samples as this.
const MAX_BYTES: usize = 64 << 20;

/// How many questions about the past are asked at once. Those about now go first.
const PAST_AT_ONCE: usize = 2;

/// Asks, and bounds how much is asked at once.
#[derive(Debug)]
pub(crate) struct Asker {
    permits: Mutex<HashMap<String, Arc<Semaphore>>>,
    past: Semaphore,
    /// Rules of which it was said that they answer native histograms.
    of_histograms: Mutex<HashSet<String>>,
}

impl Default for Asker {
    fn default() -> Self {
        Self {
            permits: Mutex::default(),
            past: Semaphore::new(PAST_AT_ONCE),
            of_histograms: Mutex::default(),
        }
    }
}

impl Asker {
    /// Resolves when it is the caller's turn to ask about the past.
    pub(super) async fn past_permit(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.past.acquire().await.ok()
    }

    /// What a rule's expression answers for a slot.
    pub(crate) async fn samples(
        &self,
        datasources: &Registry,
        name: &str,
        rule: &AlertRule,
        interval: Duration,
        at: Timestamp,
    ) -> Result<Vec<Sample>, String> {
        if let Answers::Samples = rule.expression.answers {
            let samples = self.vector(datasources, name, &rule.expression.text, at);
            let samples = samples.await?;
            if samples.iter().any(|it| it.histogram.is_some()) {
                self.warn_of_histograms(&rule.name);
            }
            return Ok(samples.into_iter().map(Sample::from).collect());
        }
        let window = Window::of(rule, interval, at);
        let text = &rule.expression.text;
        let rows = self.lines(datasources, name, text, window, lines::MAX_LINES + 1);
        Ok(lines::samples(rule, window, &rows.await?))
    }

    /// Lines of a window, both ends included; of more than `limit` not all.
    pub(super) async fn lines(
        &self,
        datasources: &Registry,
        name: &str,
        query: &str,
        window: Window,
        limit: usize,
    ) -> Result<Vec<LogRow>, String> {
        let parameters = [
            ("query", query.to_owned()),
            ("start", window.start.to_query_time()),
            ("end", window.end.to_query_time()),
            ("limit", limit.to_string()),
        ];
        let data = self.ask(datasources, name, Endpoint::QueryRange, &parameters);
        match data.await? {
            Data::Logs(rows) => Ok(rows),
            other => Err(unexpected("lines", &other)),
        }
    }

    /// The samples of an expression at a moment.
    pub(crate) async fn vector(
        &self,
        datasources: &Registry,
        name: &str,
        query: &str,
        at: Timestamp,
    ) -> Result<Vec<venti_model::answer::Sample>, String> {
        let parameters = [("query", query.to_owned()), ("time", at.to_query_time())];
        let data = self.ask(datasources, name, Endpoint::Query, &parameters);
        match data.await? {
            Data::Vector(samples) => Ok(samples),
            Data::Scalar(time, value) => Ok(vec![venti_model::answer::Sample {
                labels: Labels::default(),
                time,
                value,
                histogram: None,
            }]),
            other => Err(unexpected("a vector or a number", &other)),
        }
    }

    /// The samples of an expression over a range, both ends included.
    pub(super) async fn matrix(
        &self,
        datasources: &Registry,
        name: &str,
        query: &str,
        (start, end): (Timestamp, Timestamp),
        step: Duration,
    ) -> Result<Matrix, String> {
        let parameters = [
            ("query", query.to_owned()),
            ("start", start.to_query_time()),
            ("end", end.to_query_time()),
            ("step", step.as_secs_f64().to_string()),
        ];
        let data = self.ask(datasources, name, Endpoint::QueryRange, &parameters);
        match data.await? {
            Data::Matrix(matrix) => Ok(matrix),
            other => Err(unexpected("series", &other)),
        }
    }

    async fn ask(
        &self,
        datasources: &Registry,
        name: &str,
        endpoint: Endpoint,
        parameters: &[(&str, String)],
    ) -> Result<Data, String> {
        let choice = Choice {
            name: Some(name.to_owned()),
            kind: None,
        };
        let datasource = datasources.choose(&choice).map_err(|it| it.to_string())?;
        let permits = self.permits(name);
        // It is never closed.
        let _permit = permits.acquire().await.map_err(|it| it.to_string())?;
        send(datasource, endpoint, parameters).await
    }

    /// Once for each rule: its alerts are right, but hardly what its author had in mind.
    fn warn_of_histograms(&self, rule: &str) {
        let warned = self.of_histograms.lock();
        let is_new = warned
            .unwrap_or_else(PoisonError::into_inner)
            .insert(rule.to_owned());
        if is_new {
            tracing::warn!(
                rule,
                "a rule answers native histograms, which are no numbers: use histogram_quantile()"
            );
        }
    }

    fn permits(&self, name: &str) -> Arc<Semaphore> {
        let mut permits = self.permits.lock().unwrap_or_else(PoisonError::into_inner);
        let of_name = permits.entry(name.to_owned());
        let semaphore = of_name.or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE)));
        semaphore.clone()
    }
}

async fn send(
    datasource: &Datasource,
    endpoint: Endpoint,
    parameters: &[(&str, String)],
) -> Result<Data, String> {
    let call = Call {
        endpoint,
        method: match datasource.info.kind {
            DatasourceType::Prometheus => Method::POST,
            // They know no other.
            _ => Method::GET,
        },
        parameters: parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        accept_encoding: None,
    };
    let response = datasource.upstream.send(&call).await;
    let body = response.map_err(|it| it.to_string())?.into_body();
    let broken = |it: axum::Error| format!("datasource `{}`: {it}", datasource.info.name);
    let body = to_bytes(body, MAX_BYTES).await.map_err(broken)?;
    Ok(Answer::decode(&body).map_err(|it| it.to_string())?.data)
}

fn unexpected(wanted: &str, found: &Data) -> String {
    let found = match found {
        Data::Vector(_) => "a vector",
        Data::Matrix(_) => "a range of samples",
        Data::Scalar(..) => "a number",
        Data::Text(_) => "a text",
        Data::Logs(_) => "lines",
    };
    format!("the datasource answers {found} where {wanted} was expected")
}
