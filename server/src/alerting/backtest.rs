//! A rule against the past, over a range that somebody asks for.

use std::time::Duration;

use venti_alert::Timestamp;
use venti_alert::engine::{AlertState, RuleState, Timeline};
use venti_alert::rule::{AlertRule, DatasourceSelector, RuleFile};
use venti_alert::schedule::Schedule;
use venti_model::api::alerts::{
    self as api, AlertTimeline, Backtest, DatasourceBacktest, StateStretch,
};

use super::definition::{default_interval, is_selected, query_offset};
use super::past::{MAX_SLOTS, Past};
use super::world::World;
use super::{Alerting, Filter};

/// What is to be tested, and over which time.
#[derive(Clone, Debug)]
pub(crate) struct BacktestQuestion {
    pub(crate) rule: TestedRule,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
}

/// The rule of a back-test.
#[derive(Clone, Debug)]
pub(crate) enum TestedRule {
    /// The first that the filter admits.
    Loaded(Filter),
    /// Of a file that is not loaded, with the interval of its group.
    Written(Box<RuleFile>, Option<Duration>),
}

/// Why there is nothing to see.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BacktestError {
    #[error("there is no such alerting rule")]
    NoRule,
    #[error("the end of the range is not after its start")]
    Range,
    #[error("the range has {0} evaluations, more than {MAX_SLOTS}: choose a shorter one")]
    TooLong(u128),
    #[error("no datasource is selected for the rule")]
    NoDatasource,
}

impl Alerting {
    /// What the rule would have done, on each datasource that it runs on.
    pub(crate) async fn backtest(
        &self,
        question: BacktestQuestion,
    ) -> Result<Backtest, BacktestError> {
        let world = self.world().ok_or(BacktestError::NoRule)?;
        let default = default_interval(&world.live);
        let (file, interval) = match question.rule {
            TestedRule::Loaded(filter) => {
                let files = world.live.config.rules.iter();
                let found = files.into_iter().find_map(|file| only(file, &filter));
                let file = found.ok_or(BacktestError::NoRule)?;
                let interval = file.groups.first().and_then(|it| it.interval);
                (file, interval)
            }
            TestedRule::Written(file, interval) => (*file, interval),
        };
        let group = file.groups.first().ok_or(BacktestError::NoRule)?;
        let rule = group.alerts().next().ok_or(BacktestError::NoRule)?;
        let interval = interval.unwrap_or(default);
        let schedule = match group.eval_offset {
            Some(offset) => Schedule::at_offset(interval, offset),
            None => Schedule::new(&file.path, &group.name, interval),
        };
        let slots = slots(schedule, question.start, question.end)?;
        let names = datasources(&world, &file.selector, rule);
        if names.is_empty() {
            return Err(BacktestError::NoDatasource);
        }
        let labels_datasource = file.labels_datasource || names.len() > 1;
        let mut datasources = Vec::new();
        for name in names {
            let past = Past {
                rule,
                datasource: &name,
                labels_datasource,
                interval,
                query_offset: query_offset(&world.live, group),
                slots: &slots,
            };
            let tested = past.replay(&world, &mut RuleState::default()).await;
            let (alerts, error) = match tested {
                Ok(timelines) => (timelines.into_iter().map(wire).collect(), None),
                Err(error) => (Vec::new(), Some(error)),
            };
            datasources.push(DatasourceBacktest {
                datasource: name,
                alerts,
                error,
            });
        }
        Ok(Backtest {
            interval: interval.as_secs_f64(),
            datasources,
        })
    }
}

/// The file with the first rule alone that the filter admits.
fn only(file: &RuleFile, filter: &Filter) -> Option<RuleFile> {
    let mut found = None;
    for group in &file.groups {
        let is_wanted = |it: &&_| filter.admits_in(&file.path, &group.name, it);
        if let Some(rule) = group.rules.iter().find(is_wanted) {
            let mut group = group.clone();
            group.rules = vec![rule.clone()];
            found = Some(group);
            break;
        }
    }
    Some(RuleFile {
        groups: vec![found?],
        ..file.clone()
    })
}

fn slots(
    schedule: Schedule,
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<Timestamp>, BacktestError> {
    if end <= start {
        return Err(BacktestError::Range);
    }
    let interval = schedule.interval();
    let count = end.since(start).as_nanos() / interval.as_nanos().max(1) + 1;
    if count > u128::from(MAX_SLOTS) {
        return Err(BacktestError::TooLong(count));
    }
    let first = schedule.slot_after(start.minus(Duration::from_nanos(1)));
    let next = |it: &Timestamp| Some(it.plus(interval));
    let slots = std::iter::successors(Some(first), next);
    Ok(slots.take_while(|it| *it <= end).collect())
}

fn datasources(world: &World, selector: &DatasourceSelector, rule: &AlertRule) -> Vec<String> {
    let infos = world.live.datasources.iter().map(|it| &it.info);
    let selected = infos.filter(|it| is_selected(selector, rule, it));
    selected.map(|it| it.name.clone()).collect()
}

fn wire(timeline: Timeline) -> AlertTimeline {
    let stretches = timeline.stretches.iter().map(|it| StateStretch {
        state: match it.state {
            AlertState::Firing => api::AlertState::Firing,
            _ => api::AlertState::Pending,
        },
        from: it.from.seconds(),
        to: it.to.seconds(),
    });
    AlertTimeline {
        stretches: stretches.collect(),
        labels: timeline.labels,
    }
}
