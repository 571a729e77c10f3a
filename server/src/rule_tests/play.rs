//! The rules of one test, from one evaluation to the next.

use std::collections::BTreeSet;
use std::time::Duration;

use venti_alert::Timestamp;
use venti_alert::engine::{AlertState, Context, Health, Outcome, RuleState};
use venti_alert::expression::Language;
use venti_alert::rule::{AlertRule, RecordingRule, Rule, RuleFile, RuleGroup};
use venti_alert::template::NeedsQuery;
use venti_alert::unittest::Test;
use venti_model::labels::{Labels, METRIC_NAME};
use venti_template::Queries;

use super::difference::Alert;
use super::remote_write::{STALE, Series};
use super::stage::Stage;

/// All rules with their states, in the order in which they are evaluated.
pub(super) struct Play<'a> {
    rules: Vec<Running<'a>>,
    external_labels: Labels,
    external_url: &'a str,
}

struct Running<'a> {
    rule: &'a Rule,
    group: &'a RuleGroup,
    file: &'a RuleFile,
    state: RuleState,
    /// The series that its last evaluation left behind.
    left: BTreeSet<Labels>,
}

impl<'a> Play<'a> {
    /// `order` names the groups that come first.
    pub(super) fn new(test: &'a Test, files: &'a [RuleFile], order: &[String]) -> Self {
        let groups = files.iter().flat_map(|file| {
            let with_file = move |group| (file, group);
            file.groups.iter().map(with_file)
        });
        let mut groups: Vec<(&RuleFile, &RuleGroup)> = groups.collect();
        groups.sort_by_key(|(_, group)| {
            let position = order.iter().position(|it| *it == group.name);
            position.unwrap_or(order.len())
        });
        let rules = groups.into_iter().flat_map(|(file, group)| {
            let running = move |rule| Running {
                rule,
                group,
                file,
                state: RuleState::default(),
                left: BTreeSet::new(),
            };
            group.rules.iter().map(running)
        });
        let labels = test.external_labels.iter();
        Self {
            rules: rules.filter(is_testable).collect(),
            external_labels: labels.map(|(name, value)| (&**name, &**value)).collect(),
            external_url: test.external_url.trim_end_matches('/'),
        }
    }

    /// Evaluates all rules at a moment. `interval` is that of groups that say none.
    pub(super) async fn tick(
        &mut self,
        stage: &Stage<'_>,
        at: Timestamp,
        interval: Duration,
    ) -> Result<(), String> {
        let (external_labels, external_url) = (&self.external_labels, self.external_url);
        for running in &mut self.rules {
            let asked_at = at.minus(running.group.query_offset.unwrap_or_default());
            let series = match running.rule {
                Rule::Recording(rule) => running.record(rule, stage, asked_at).await,
                Rule::Alert(rule) => {
                    let interval = running.group.interval.unwrap_or(interval);
                    let samples = stage.samples(rule, interval, asked_at).await;
                    let outcome = match &samples {
                        Ok(samples) => Outcome::Samples(samples),
                        Err(reason) => Outcome::Failed(reason),
                    };
                    let words = Words::of(running, rule, external_labels, external_url);
                    let state = &mut running.state;
                    answer_queries(stage, &words, at, |context| {
                        state.tick(rule, context, at, outcome)
                    })
                    .await;
                    running.alerts(rule)
                }
            };
            let series = series.map_err(|reason| {
                let name = match running.rule {
                    Rule::Alert(rule) => &rule.name,
                    Rule::Recording(rule) => &rule.name,
                };
                format!("rule `{name}` of group `{}`: {reason}", running.group.name)
            })?;
            running.leave(stage, asked_at, series).await?;
        }
        Ok(())
    }

    /// The alerts of a name that fire.
    pub(super) async fn firing(&self, stage: &Stage<'_>, name: &str) -> Vec<Alert> {
        let mut firing = Vec::new();
        for running in &self.rules {
            let Rule::Alert(rule) = running.rule else {
                continue;
            };
            if rule.name != name {
                continue;
            }
            let words = Words::of(running, rule, &self.external_labels, self.external_url);
            let alerts = running.state.alerts().map(|(_, alert)| alert);
            for alert in alerts.filter(|it| it.state == AlertState::Firing) {
                let annotations = answer_queries(stage, &words, alert.seen_at, |context| {
                    context.annotations(rule, alert)
                });
                firing.push(Alert {
                    labels: alert.labels.clone(),
                    annotations: annotations.await,
                });
            }
        }
        firing
    }
}

/// No datasource of a test speaks LogsQL.
fn is_testable(running: &Running<'_>) -> bool {
    match running.rule {
        Rule::Alert(rule) => rule.expression.language != Language::LogsQl,
        Rule::Recording(_) => true,
    }
}

impl Running<'_> {
    /// The series of an alerting rule: which alerts there are, and since when.
    fn alerts(&self, rule: &AlertRule) -> Result<Vec<(Labels, f64)>, String> {
        if let Health::Err(reason) = self.state.health() {
            return Err(reason.clone());
        }
        // What no Prometheus evaluates is no series there either.
        if rule.expression.language != Language::PromQl {
            return Ok(Vec::new());
        }
        let mut series = Vec::new();
        for (_, alert) in self.state.alerts() {
            let state = match alert.state {
                AlertState::Inactive => continue,
                AlertState::Pending => "pending",
                AlertState::Firing => "firing",
            };
            let labels = || alert.labels.iter();
            let shown = labels().chain([(METRIC_NAME, "ALERTS"), ("alertstate", state)]);
            let since = labels().chain([(METRIC_NAME, "ALERTS_FOR_STATE")]);
            series.push((shown.collect(), 1.0));
            series.push((since.collect(), alert.active_at.seconds().floor()));
        }
        Ok(series)
    }

    /// The series of a recording rule.
    async fn record(
        &self,
        rule: &RecordingRule,
        stage: &Stage<'_>,
        at: Timestamp,
    ) -> Result<Vec<(Labels, f64)>, String> {
        let samples = stage.vector(Language::PromQl, &rule.expression, at).await?;
        let own = || rule.labels.iter().map(|(name, value)| (&**name, &**value));
        let mut labels = BTreeSet::new();
        let mut series = Vec::new();
        for sample in &samples {
            let name = [(METRIC_NAME, &*rule.name)];
            let all: Labels = sample.labels.iter().chain(name).chain(own()).collect();
            let recorded: Labels = all.iter().filter(|(_, it)| !it.is_empty()).collect();
            if !labels.insert(recorded.clone()) {
                let reason =
                    "vector contains metrics with the same labelset after applying rule labels";
                return Err(reason.to_owned());
            }
            series.push((recorded, sample.value));
        }
        let limit = self.group.limit;
        if limit > 0 && series.len() > limit {
            return Err(format!(
                "exceeded limit of {limit} with {} series",
                series.len()
            ));
        }
        Ok(series)
    }

    /// Writes the series of an evaluation, and the end of those that it has no more.
    async fn leave(
        &mut self,
        stage: &Stage<'_>,
        at: Timestamp,
        series: Vec<(Labels, f64)>,
    ) -> Result<(), String> {
        let labels: BTreeSet<Labels> = series.iter().map(|(labels, _)| labels.clone()).collect();
        let gone = self.left.difference(&labels);
        let gone = gone.map(|labels| (labels.clone(), STALE));
        let millis = at.nanos().div_euclid(1_000_000);
        let series = series
            .into_iter()
            .chain(gone)
            .map(|(labels, value)| Series {
                labels,
                samples: vec![(millis, value)],
            });
        stage.write(&series.collect::<Vec<_>>()).await?;
        self.left = labels;
        Ok(())
    }
}

/// What the words of one rule are rendered with, but for answers to queries.
struct Words<'a> {
    rule: &'a AlertRule,
    datasource: &'a str,
    labels_datasource: bool,
    limit: usize,
    external_labels: &'a Labels,
    external_url: &'a str,
}

impl<'a> Words<'a> {
    fn of(
        running: &Running<'a>,
        rule: &'a AlertRule,
        external_labels: &'a Labels,
        external_url: &'a str,
    ) -> Self {
        let named = rule.datasource.as_ref();
        let named = named.or(running.file.selector.name.as_ref());
        Self {
            rule,
            datasource: named.map_or(rule.expression.language.datasource_type(), |it| it),
            labels_datasource: running.file.labels_datasource,
            limit: running.group.limit,
            external_labels,
            external_url,
        }
    }
}

/// Does `step`, and as often as a template needs an answer, asks for it and does it again.
async fn answer_queries<T>(
    stage: &Stage<'_>,
    words: &Words<'_>,
    at: Timestamp,
    mut step: impl FnMut(&Context<'_>) -> Result<T, NeedsQuery>,
) -> T {
    let mut queries = Queries::default();
    loop {
        let context = Context {
            datasource: words.datasource,
            labels_datasource: words.labels_datasource,
            external_labels: words.external_labels,
            external_url: words.external_url,
            queries: &queries,
            limit: words.limit,
        };
        let NeedsQuery(query) = match step(&context) {
            Ok(value) => return value,
            Err(needs) => needs,
        };
        let language = words.rule.expression.language;
        let answer = stage.vector(language, &query, at).await.map(|samples| {
            let sample = |it: venti_model::answer::Sample| venti_template::Sample {
                labels: it.labels,
                value: it.value,
            };
            samples.into_iter().map(sample).collect()
        });
        queries.insert(query, answer);
    }
}
