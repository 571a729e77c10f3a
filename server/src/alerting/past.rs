//! What a rule saw in the past: one question for the whole range, replayed slot by slot.

use std::time::Duration;

use tokio::task::spawn_blocking;
use venti_alert::Timestamp;
use venti_alert::engine::{Context, RuleState, Sample, Timeline, replay, samples_over};
use venti_alert::expression::Answers;
use venti_alert::lines::{self, Window};
use venti_alert::rule::AlertRule;
use venti_alert::template::NeedsQuery;
use venti_template::Queries;

use super::world::World;

/// Prometheus answers no more points of a range.
pub(super) const MAX_SLOTS: u32 = 11_000;

/// Of more lines none are looked at.
const MAX_LINES: usize = 20_000;

/// A rule on one datasource, and slots of its group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Past<'a> {
    pub(super) rule: &'a AlertRule,
    pub(super) datasource: &'a str,
    pub(super) labels_datasource: bool,
    /// The group's.
    pub(super) interval: Duration,
    pub(super) query_offset: Duration,
    /// Ascending, evenly spaced, [`MAX_SLOTS`] at most.
    pub(super) slots: &'a [Timestamp],
}

impl Past<'_> {
    /// Ticks `state` through the slots, and says what the alerts did; or why nobody knows.
    pub(super) async fn replay(
        &self,
        world: &World,
        state: &mut RuleState,
    ) -> Result<Vec<Timeline>, String> {
        let past = self.ask(world).await?;
        let mut queries = Queries::default();
        loop {
            let context = Context {
                datasource: self.datasource,
                labels_datasource: self.labels_datasource,
                external_labels: world.external_labels(),
                external_url: "",
                queries: &queries,
                limit: 0,
            };
            let mut replayed = state.clone();
            match replay(self.rule, &context, &mut replayed, past.iter().cloned()) {
                Ok(timelines) => {
                    *state = replayed;
                    return Ok(timelines);
                }
                Err(NeedsQuery(query)) => {
                    let reason = "a label asks the datasource, which is not done for the past";
                    queries.insert(query, Err(reason.to_owned()));
                }
            }
        }
    }

    /// The samples of each slot.
    async fn ask(&self, world: &World) -> Result<Vec<(Timestamp, Vec<Sample>)>, String> {
        let asked_at = |it: &Timestamp| it.minus(self.query_offset);
        let moments: Vec<Timestamp> = self.slots.iter().map(asked_at).collect();
        let (Some(first), Some(last)) = (moments.first(), moments.last()) else {
            return Ok(Vec::new());
        };
        let (asker, datasources) = (world.asker(), &world.live.datasources);
        let text = &self.rule.expression.text;
        let samples: Vec<_> = match self.rule.expression.answers {
            Answers::Samples => {
                let step = moments.get(1).map_or(self.interval, |it| it.since(*first));
                let range = (*first, *last);
                let matrix = asker.matrix(datasources, self.datasource, text, range, step);
                samples_over(&matrix.await?, moments).collect()
            }
            Answers::Lines(_) => {
                let window = Window {
                    start: Window::of(self.rule, self.interval, *first).start,
                    end: *last,
                };
                let asked = asker.lines(datasources, self.datasource, text, window, MAX_LINES + 1);
                let rows = asked.await?;
                if rows.len() > MAX_LINES {
                    return Err(format!(
                        "there are more than {MAX_LINES} lines: choose a shorter range"
                    ));
                }
                let (rule, interval) = (self.rule.clone(), self.interval);
                let counted =
                    spawn_blocking(move || lines::samples_over(&rule, interval, &moments, rows));
                counted.await.map_err(|it| it.to_string())?
            }
        };
        let samples = samples.into_iter().map(|(_, samples)| samples);
        Ok(self.slots.iter().copied().zip(samples).collect())
    }
}
