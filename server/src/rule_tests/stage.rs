//! Where one test plays: its series in a Prometheus, its lines in a Lethe, and the way to ask both.

use std::path::Path;
use std::time::{Duration, SystemTime};

use chrono::DateTime;
use lethe::store::{LogWriter, Record};
use tempfile::TempDir;
use venti_alert::Timestamp;
use venti_alert::engine::Sample;
use venti_alert::expression::Language;
use venti_alert::rule::AlertRule;
use venti_alert::unittest::{InputLogs, Test, Value};
use venti_model::answer;
use venti_model::api::datasources::DatasourceType;

use super::Finding;
use super::prometheus::{Prometheus, StartError};
use super::remote_write::{STALE, Series};
use crate::alerting::Asker;
use crate::config::{DatasourceConfig, Limits, Location, LogFields};
use crate::datasource::{Connector, Registry};

/// The datasources of one test.
pub(super) struct Stage<'a> {
    test: &'a Test,
    /// Time between two values of a series.
    interval: Duration,
    /// How many values of each series have been written.
    written: usize,
    datasources: Registry,
    asker: Asker,
    prometheus: Option<Prometheus>,
    _logs: TempDir,
}

impl<'a> Stage<'a> {
    /// Sets it up, with a Prometheus only where one is needed. `evaluation_interval` is the
    /// file's.
    pub(super) async fn set(
        test: &'a Test,
        evaluation_interval: Duration,
        prometheus: Option<&Path>,
    ) -> Result<Self, Finding> {
        let failed = |it: &dyn std::fmt::Display| Finding::Failed(it.to_string());
        let logs = tempfile::Builder::new().prefix("venti-rule-test").tempdir();
        let logs = logs.map_err(|it| failed(&it))?;
        write_lines(logs.path(), &test.input_logs)?;
        let prometheus = match prometheus {
            Some(program) => Some(Prometheus::start(program, evaluation_interval).await),
            None => None,
        };
        let prometheus = prometheus.transpose().map_err(|error| match error {
            StartError::Missing(_) => Finding::Untested(error.to_string()),
            error => failed(&error),
        })?;
        let config = lethe::config::Config {
            log_data_path: logs.path().to_owned(),
            ..lethe::config::Config::default()
        };
        let mut entries = vec![entry(
            DatasourceType::Lethe,
            Location::InProcess(Box::new(config)),
        )];
        if let Some(it) = &prometheus {
            let location = Location::Http(Box::new(it.connection()));
            entries.push(entry(DatasourceType::Prometheus, location));
        }
        Ok(Self {
            test,
            interval: test.interval.map_or(evaluation_interval, |it| it.0),
            written: 0,
            datasources: Connector::new(SystemTime::now).connect(entries),
            asker: Asker::default(),
            prometheus,
            _logs: logs,
        })
    }

    /// Writes the values of all series up to a moment.
    pub(super) async fn write_until(&mut self, at: Timestamp) -> Result<(), String> {
        let from = self.written;
        let interval = self.interval.as_nanos().max(1);
        let until = at.since(Timestamp::default()).as_nanos() / interval + 1;
        let until = usize::try_from(until).unwrap_or(usize::MAX);
        let millis = |index: usize| {
            let nanos = interval.saturating_mul(index as u128);
            i64::try_from(nanos / 1_000_000).unwrap_or(i64::MAX)
        };
        let mut series = Vec::new();
        for it in &self.test.input_series {
            let values = it.values.0.iter().enumerate().take(until).skip(from);
            let samples = values.filter_map(|(index, value)| match value {
                Value::Sample(value) => Some((millis(index), *value)),
                Value::Stale => Some((millis(index), STALE)),
                Value::Missing => None,
            });
            let samples: Vec<_> = samples.collect();
            if !samples.is_empty() {
                let labels = it.series.0.clone();
                series.push(Series { labels, samples });
            }
        }
        self.written = until;
        self.write(&series).await
    }

    /// Writes what a rule left behind.
    pub(super) async fn write(&self, series: &[Series]) -> Result<(), String> {
        match &self.prometheus {
            Some(prometheus) if !series.is_empty() => prometheus.write(series).await,
            _ => Ok(()),
        }
    }

    /// What a rule's expression answers at a moment.
    pub(super) async fn samples(
        &self,
        rule: &AlertRule,
        interval: Duration,
        at: Timestamp,
    ) -> Result<Vec<Sample>, String> {
        let name = rule.expression.language.datasource_type();
        let samples = self
            .asker
            .samples(&self.datasources, name, rule, interval, at);
        samples.await
    }

    /// The samples of an expression at a moment.
    pub(super) async fn vector(
        &self,
        language: Language,
        query: &str,
        at: Timestamp,
    ) -> Result<Vec<answer::Sample>, String> {
        let name = language.datasource_type();
        self.asker.vector(&self.datasources, name, query, at).await
    }
}

/// A datasource with the name of its type.
fn entry(kind: DatasourceType, location: Location) -> DatasourceConfig {
    DatasourceConfig {
        name: kind.as_str().to_owned(),
        kind,
        location,
        limits: Limits::default(),
        fields: LogFields::default(),
        is_main: true,
        is_discovered: false,
    }
}

fn write_lines(dir: &Path, logs: &[InputLogs]) -> Result<(), Finding> {
    let failed = |it: &dyn std::fmt::Display| Finding::Failed(it.to_string());
    let writer = LogWriter::open(dir).map_err(|it| failed(&it))?;
    for InputLogs { stream, lines } in logs {
        let label = |name: &str| stream.0.get(name).unwrap_or_default();
        let record = match stream.name() {
            "pod" => Record::Pod {
                namespace: label("namespace"),
                pod: label("pod"),
                container: label("container"),
            },
            "node" => Record::Node {
                node: label("node"),
                process: label("process"),
            },
            _ => {
                let message = format!(
                    "input_logs: `{}` is neither `pod{{…}}` nor `node{{…}}`",
                    stream.0
                );
                return Err(Finding::Failed(message));
            }
        };
        for line in lines {
            let nanos = i64::try_from(line.time.0.as_nanos()).unwrap_or(i64::MAX);
            let time = DateTime::from_timestamp_nanos(nanos);
            let written = writer.append(&record, time, &line.log);
            written.map_err(|it| Finding::Failed(format!("input_logs: `{}`: {it}", stream.0)))?;
        }
    }
    Ok(())
}
