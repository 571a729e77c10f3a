//! What an evaluation of a group leaves behind, and how its messages are made.

use std::time::Duration;

use venti_alert::engine::{ActiveAlert, Context, Resend};
use venti_alert::listing::Timing;
use venti_alert::message::postable;
use venti_alert::template::NeedsQuery;
use venti_alert::{Fingerprint, Timestamp};
use venti_template::Queries;

use super::Notice;
use super::definition::{Definition, Placed};
use super::history::Event;
use super::world::World;

/// What an evaluation leaves behind.
#[derive(Debug, Default)]
pub(super) struct Round {
    pub(super) events: Vec<Event>,
    pub(super) notices: Vec<Notice>,
    /// When it was, and how long it took; nothing for a round that evaluated nothing.
    pub(super) timing: Timing,
    /// Whether states changed in a way that a restart must know.
    pub(super) is_changed: bool,
}

impl Round {
    pub(super) fn extend(&mut self, other: Round) {
        self.events.extend(other.events);
        self.notices.extend(other.notices);
        self.is_changed |= other.is_changed;
    }
}

/// Does `step`, and as often as a template needs an answer, asks for it and does it again.
pub(super) async fn loop_queries<T>(
    world: &World,
    placed: &Placed,
    definition: &Definition,
    slot: Timestamp,
    mut step: impl FnMut(&Context<'_>) -> Result<T, NeedsQuery>,
) -> T {
    let mut queries = Queries::default();
    loop {
        let NeedsQuery(query) = match step(&world.context(placed, definition, &queries)) {
            Ok(value) => return value,
            Err(needs) => needs,
        };
        // A rendering may ask for so many different answers, then it fails without asking.
        let answer = world.template_query(placed, &query, slot).await;
        queries.insert(query, answer);
    }
}

/// The messages about alerts that are due.
pub(super) async fn notices(
    world: &World,
    placed: &Placed,
    definition: &Definition,
    slot: Timestamp,
    due: Vec<(Fingerprint, ActiveAlert)>,
) -> Vec<Notice> {
    let mut notices = Vec::with_capacity(due.len());
    for (fingerprint, alert) in due {
        let message = loop_queries(world, placed, definition, slot, |context| {
            postable(&placed.rule, context, &alert, world.relabel())
        });
        let (Some(message), Some(fired_at)) = (message.await, alert.fired_at) else {
            continue;
        };
        notices.push(Notice {
            message,
            fingerprint,
            labels: alert.labels,
            state: alert.state,
            at: slot,
            active_at: alert.active_at,
            fired_at,
            resolved_at: alert.resolved_at,
            value: alert.value,
            histogram: alert.histogram,
            lines: alert.lines,
            datasource: placed.datasource_name().to_owned(),
            rule: placed.origin.clone(),
            is_test: false,
        });
    }
    notices
}

/// How often alerts of a rule are sent anew.
pub(super) fn resend(world: &World, placed: &Placed, definition: &Definition) -> Resend {
    let alerting = world.alerting();
    Resend {
        delay: (alerting.resend_delay).map_or(Duration::from_secs(60), |it| it.0),
        interval: definition.interval,
        on_error: placed.rule.on_error.unwrap_or(alerting.on_error),
        hold_max: (alerting.hold_max).map_or(Duration::from_secs(3600), |it| it.0),
    }
}
