//! One file: its tests one after the other, each at its ticks.

use std::path::Path;
use std::time::Duration;

use serde_saphyr::{Location, Spanned};
use venti_alert::Timestamp;
use venti_alert::expression::{Expression, Language};
use venti_alert::rule::{Rule, RuleFile};
use venti_alert::unittest::{AlertRuleTest, ExpressionTest, Test, TestFile};
use venti_model::duration::format_seconds;

use super::Finding;
use super::difference;
use super::load::{Loaded, load};
use super::play::Play;
use super::stage::Stage;
use crate::config::place;

/// What promtool takes where a file does not say.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(60);

/// More evaluations than this are no test: a year of minutes is half of it.
const MAX_TICKS: u128 = 1_000_000;

/// Runs the tests of a file and says what is not as expected.
pub(super) async fn file(path: &Path, prometheus: &Path) -> Vec<Finding> {
    let Loaded { file, rules } = match load(path) {
        Ok(loaded) => loaded,
        Err(findings) => return findings,
    };
    let mut findings = Vec::new();
    for (index, test) in file.tests.iter().enumerate() {
        let name = match &test.name {
            Some(name) => format!("test `{name}`"),
            None => format!("test {}", index + 1),
        };
        let run = Run {
            path,
            name,
            file: &file,
            test,
            rules: &rules,
            interval: interval(&file),
        };
        findings.extend(run.findings(prometheus).await);
    }
    findings
}

fn interval(file: &TestFile) -> Duration {
    let written = file.evaluation_interval.map(|it| it.0);
    written
        .filter(|it| !it.is_zero())
        .unwrap_or(DEFAULT_INTERVAL)
}

/// One test with all that it needs.
struct Run<'a> {
    path: &'a Path,
    name: String,
    file: &'a TestFile,
    test: &'a Test,
    rules: &'a [RuleFile],
    interval: Duration,
}

impl Run<'_> {
    async fn findings(&self, prometheus: &Path) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Err(finding) = self.play(prometheus, &mut findings).await {
            findings.push(self.place(None, finding));
        }
        findings
    }

    async fn play(&self, prometheus: &Path, findings: &mut Vec<Finding>) -> Result<(), Finding> {
        let Test {
            alert_rule_test,
            promql_expr_test,
            ..
        } = self.test;
        let last = self.last_evaluation()?;
        let prometheus = self.asks_prometheus().then_some(prometheus);
        let mut stage = Stage::set(self.test, self.interval, prometheus).await?;
        let mut play = Play::new(self.test, self.rules, &self.file.group_eval_order);
        let mut at = Timestamp::default();
        while at <= last {
            let failed = |it| Finding::Failed(format!("at {}: {it}", shown(since_start(at))));
            stage.write_until(at).await.map_err(failed)?;
            play.tick(&stage, at, self.interval).await.map_err(failed)?;
            let next = at.plus(self.interval);
            for expected in alert_rule_test {
                let eval_time = Timestamp::default().plus(expected.value.eval_time.0);
                if at <= eval_time && eval_time < next {
                    findings.extend(self.check_alerts(&stage, &play, expected).await);
                }
            }
            at = next;
        }
        for expected in promql_expr_test {
            findings.extend(self.check_samples(&stage, expected).await);
        }
        Ok(())
    }

    /// The moment of the last expectation.
    fn last_evaluation(&self) -> Result<Timestamp, Finding> {
        let alerts = self.test.alert_rule_test.iter();
        let alerts = alerts.map(|it| it.value.eval_time.0);
        let samples = self.test.promql_expr_test.iter();
        let samples = samples.map(|it| it.value.eval_time.0);
        let last = alerts.chain(samples).max().unwrap_or_default();
        let ticks = last.as_nanos() / self.interval.as_nanos().max(1);
        if ticks > MAX_TICKS {
            let message = format!("it has {ticks} evaluations, more than {MAX_TICKS}");
            return Err(Finding::Failed(message));
        }
        Ok(Timestamp::default().plus(last))
    }

    /// Whether anything is asked that only a Prometheus answers.
    fn asks_prometheus(&self) -> bool {
        let groups = self.rules.iter().flat_map(|it| &it.groups);
        let is_asking = |rule: &Rule| match rule {
            Rule::Alert(rule) => rule.expression.language == Language::PromQl,
            Rule::Recording(_) => true,
        };
        let expressions = self.test.promql_expr_test.iter();
        let mut languages = expressions.map(|it| Expression::guess(&it.value.expr));
        groups.flat_map(|it| &it.rules).any(is_asking)
            || languages.any(|it| it == Language::PromQl)
            || !self.test.input_series.is_empty()
    }

    async fn check_alerts(
        &self,
        stage: &Stage<'_>,
        play: &Play<'_>,
        expected: &Spanned<AlertRuleTest>,
    ) -> Option<Finding> {
        let AlertRuleTest {
            eval_time,
            alertname,
            exp_alerts,
        } = &expected.value;
        let what = format!("alert `{alertname}` at {}", shown(eval_time.0));
        if self.is_out_of_reach(alertname) {
            let message = format!("{what} asks VictoriaLogs, and a test has none");
            return Some(self.place(Some(expected.referenced), Finding::Untested(message)));
        }
        let firing = play.firing(stage, alertname).await;
        let text = difference::of_alerts(alertname, exp_alerts, firing)?;
        let finding = Finding::Failed(format!("{what}{text}"));
        Some(self.place(Some(expected.referenced), finding))
    }

    /// Whether all rules of that name ask what a test does not have.
    fn is_out_of_reach(&self, alertname: &str) -> bool {
        let groups = self.rules.iter().flat_map(|it| &it.groups);
        let rules = groups.flat_map(|it| it.alerts());
        let mut named = rules.filter(|it| it.name == alertname).peekable();
        named.peek().is_some() && named.all(|it| it.expression.language == Language::LogsQl)
    }

    async fn check_samples(
        &self,
        stage: &Stage<'_>,
        expected: &Spanned<ExpressionTest>,
    ) -> Option<Finding> {
        let ExpressionTest {
            expr,
            eval_time,
            exp_samples,
        } = &expected.value;
        let at = Timestamp::default().plus(eval_time.0);
        let answer = stage.vector(Expression::guess(expr), expr, at).await;
        let text = match answer {
            Ok(samples) => difference::of_samples(exp_samples, samples, self.file.fuzzy_compare)?,
            Err(reason) => format!(": {reason}"),
        };
        let finding = Finding::Failed(format!("`{expr}` at {}{text}", shown(eval_time.0)));
        Some(self.place(Some(expected.referenced), finding))
    }

    /// Says where: at an expectation, or in the whole test.
    fn place(&self, expected: Option<Location>, finding: Finding) -> Finding {
        let path = self.path.display();
        let place = match expected.and_then(place) {
            Some((line, column)) => format!("{path}:{line}:{column}: {}", self.name),
            None => format!("{path}: {}", self.name),
        };
        match finding {
            Finding::Failed(text) => Finding::Failed(format!("{place}: {text}")),
            Finding::Untested(text) => Finding::Untested(format!("{place}: {text}")),
        }
    }
}

fn since_start(at: Timestamp) -> Duration {
    at.since(Timestamp::default())
}

/// `1h30m`, and what is finer than a second as Rust writes it.
fn shown(length: Duration) -> String {
    if length.subsec_nanos() == 0 {
        format_seconds(length.as_secs())
    } else {
        format!("{length:?}")
    }
}
