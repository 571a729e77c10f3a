//! What explains an alert: lines or values that its rule asks for, and how its expression went.
//!
//! Looking up never fails a message and never holds one up for longer than [`PATIENCE`]: what
//! could not be found becomes a sentence in it.

use std::time::Duration;

use axum::http::Method;
use tokio::time::timeout;
use venti_alert::Timestamp;
use venti_alert::expression::{Expression, Language};
use venti_model::answer::{Answer, Data, LogRow, Sample};
use venti_model::api::datasources::DatasourceType;
use venti_model::duration;

use super::alert::Alert;
use super::links::{self, Range};
use super::sparkline::sparkline;
use crate::App;
use crate::datasource::{Choice, Datasource};
use crate::upstream::{Call, Endpoint};

/// How long all lookups of a message may take; they run at the same time.
const PATIENCE: Duration = Duration::from_secs(3);

/// How far before an evaluation lines are looked for, where nobody says.
const WINDOW: Duration = Duration::from_secs(300);

/// So many lines are asked for, to say how many there are; no message shows more than some.
const COUNTED: usize = 500;

/// How far back a sparkline goes, and the time between its points.
const GRAPH: (Duration, Duration) = (Duration::from_secs(3600), Duration::from_secs(120));

/// Longer answers are no use in a message.
const MAX_ANSWER: usize = 8 << 20;

/// What was found about an alert.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Context {
    /// What its rule asks for; `None` when it asks for nothing.
    pub(super) found: Option<Result<Found, String>>,
    /// To the Logs page, with the same query over the same time.
    pub(super) logs_url: Option<String>,
    /// Its expression over the last hour, as a line of text.
    pub(super) graph: Option<String>,
}

/// What a lookup gave.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    /// Lines, the newest first, and whether there were more than are ever counted.
    Lines(Vec<LogRow>, bool),
    /// Values, each with its labels.
    Values(Vec<String>),
}

/// Looks up lines or values of an alert. Without a query of its own a rule over lines shows those
/// that it was found by. `window` is what the receiver says; the rule's annotation wins.
pub(super) async fn lines(app: &App, alert: &Alert, window: Option<Duration>) -> Context {
    let own = alert.annotation("logs_window").and_then(seconds);
    let window = own
        .or_else(|| window_of(alert))
        .or(window)
        .unwrap_or(WINDOW);
    let live = app.live();
    let base = live.config.alerting.alerting.external_url.clone();
    let link = |query: &str, source: Option<&str>| {
        let base = base.as_deref().filter(|it| !it.is_empty())?;
        Some(links::logs(base, query, source, Range::of(alert, window)))
    };
    let Some(query) = &alert.query else {
        let is_of_lines = !alert.lines.is_empty();
        return Context {
            found: is_of_lines.then(|| Ok(Found::Lines(alert.lines.clone(), false))),
            logs_url: is_of_lines.then(|| link(&alert.expression, None)).flatten(),
            graph: None,
        };
    };
    let failed = |reason: String| Context {
        found: Some(Err(reason)),
        ..Context::default()
    };
    let query = match query {
        Ok(query) => query,
        Err(reason) => return failed(reason.clone()),
    };
    let datasource = match choose(app, alert, query) {
        Ok(datasource) => datasource,
        Err(reason) => return failed(reason),
    };
    let is_of_metrics = datasource.info.kind == DatasourceType::Prometheus;
    let source = (!datasource.info.is_main).then_some(datasource.info.name.as_str());
    let end = alert.resolved_at.unwrap_or(alert.at);
    let parameters = if is_of_metrics {
        vec![("time", end.to_query_time())]
    } else {
        vec![
            ("start", end.minus(window).to_query_time()),
            ("end", end.to_query_time()),
            ("limit", COUNTED.to_string()),
        ]
    };
    let endpoint = if is_of_metrics {
        Endpoint::Query
    } else {
        Endpoint::QueryRange
    };
    let found = ask(&datasource, endpoint, query, parameters).await;
    Context {
        found: Some(found.map(found_of)),
        logs_url: (!is_of_metrics).then(|| link(query, source)).flatten(),
        graph: None,
    }
}

/// The same, with the course of the expression over the last hour.
pub(super) async fn all(app: &App, alert: &Alert, window: Option<Duration>) -> Context {
    let (context, graph) = tokio::join!(lines(app, alert, window), graph(app, alert));
    Context { graph, ..context }
}

async fn graph(app: &App, alert: &Alert) -> Option<String> {
    if alert.datasource_type != "prometheus" {
        return None;
    }
    let live = app.live();
    let choice = Choice {
        name: (!alert.datasource.is_empty()).then(|| alert.datasource.clone()),
        kind: Some(alert.datasource_type.clone()),
    };
    let datasource = live.datasources.choose(&choice).ok()?;
    let end = alert.resolved_at.unwrap_or(alert.at);
    let parameters = vec![
        ("start", end.minus(GRAPH.0).to_query_time()),
        ("end", end.to_query_time()),
        ("step", GRAPH.1.as_secs().to_string()),
    ];
    let answer = ask(
        datasource,
        Endpoint::QueryRange,
        &alert.expression,
        parameters,
    );
    let Ok(Data::Matrix(matrix)) = answer.await else {
        return None;
    };
    let labels = &alert.message.labels;
    let series = matrix.series.iter().max_by_key(|it| {
        let same = |(name, value): &(&str, &str)| labels.get(name) == Some(*value);
        it.labels.iter().filter(same).count()
    })?;
    sparkline(&series.values)
}

/// Who answers a query: who the rule names, else the main datasource of its language.
fn choose(app: &App, alert: &Alert, query: &str) -> Result<std::sync::Arc<Datasource>, String> {
    let live = app.live();
    let by = |name: Option<&str>, kind: &str| {
        let choice = Choice {
            name: name.map(str::to_owned),
            kind: Some(kind.to_owned()),
        };
        live.datasources.choose(&choice).cloned()
    };
    let named = alert.annotation("logs_datasource");
    if named.is_some() {
        return by(named, "lethe").map_err(|it| it.to_string());
    }
    // Almost any text is LogsQL, so it cannot be told by itself: the rule's own database is asked.
    if alert.datasource_type == "victorialogs" && !alert.datasource.is_empty() {
        return by(Some(&alert.datasource), "victorialogs").map_err(|it| it.to_string());
    }
    let is = |language| Expression::parse(query, language).is_ok();
    if !is(Language::LetheQl) && is(Language::PromQl) {
        let own = (alert.datasource_type == "prometheus" && !alert.datasource.is_empty())
            .then_some(alert.datasource.as_str());
        return by(own, "prometheus").map_err(|it| it.to_string());
    }
    let kinds = ["lethe", "victorialogs", "loki"];
    kinds
        .into_iter()
        .find_map(|kind| by(None, kind).ok())
        .ok_or_else(|| "no datasource of logs is configured".to_owned())
}

/// Asks, for as long as messages wait.
pub(super) async fn ask(
    datasource: &Datasource,
    endpoint: Endpoint,
    query: &str,
    parameters: Vec<(&str, String)>,
) -> Result<Data, String> {
    let parameters = [("query", query.to_owned())].into_iter().chain(parameters);
    let call = Call {
        endpoint,
        method: Method::GET,
        parameters: parameters
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        accept_encoding: None,
    };
    let exchange = async {
        let answer = datasource.upstream.send(&call).await;
        let answer = answer.map_err(|it| it.to_string())?;
        let body = axum::body::to_bytes(answer.into_body(), MAX_ANSWER).await;
        let body = body.map_err(|it| it.to_string())?;
        Answer::decode(&body).map_err(|it| it.to_string())
    };
    match timeout(PATIENCE, exchange).await {
        Ok(answer) => answer.map(|it| it.data),
        Err(_) => Err(format!("no answer within {PATIENCE:?}")),
    }
}

fn found_of(data: Data) -> Found {
    let value = |labels: String, value: f64| format!("{labels} {value}").trim().to_owned();
    let sample = |it: Sample| match it.histogram {
        Some(text) => format!("{} {text}", it.labels).trim().to_owned(),
        None => value(it.labels.to_string(), it.value),
    };
    match data {
        Data::Logs(mut rows) => {
            rows.reverse();
            let is_cut = rows.len() >= COUNTED;
            Found::Lines(rows, is_cut)
        }
        Data::Vector(samples) => {
            let values = samples.into_iter().take(COUNTED);
            Found::Values(values.map(sample).collect())
        }
        Data::Matrix(matrix) => {
            let series = matrix.series.into_iter().take(COUNTED);
            let last = series.filter_map(|it| {
                let last = it.values.iter().rev().find(|it| !it.is_nan())?;
                Some(value(it.labels.to_string(), *last))
            });
            Found::Values(last.collect())
        }
        Data::Scalar(_, it) => Found::Values(vec![value(String::new(), it)]),
        Data::Text(text) => Found::Values(vec![text]),
    }
}

/// From when on lines of an alert may lie, by the lines themselves.
fn window_of(alert: &Alert) -> Option<Duration> {
    let oldest = alert.lines.last()?;
    let oldest: Timestamp = super::alert::time(&oldest.time)?;
    Some(alert.at.since(oldest) + Duration::from_secs(1)).filter(|_| alert.query.is_none())
}

fn seconds(text: &str) -> Option<Duration> {
    let most = Duration::from_secs(24 * 3600);
    let length = duration::parse(text.trim()).ok()?;
    Some(length.min(most)).filter(|it| !it.is_zero())
}
