//! A start without states on disk: the datasource is asked since when what is there now has been
//! there, so that `for` and `keep_firing_for` go on as if the server had not been away.
//!
//! It is done beside the evaluation, after the first round, and only for rules that need it. A
//! datasource that does not answer costs the past, and nothing else.

use std::time::Duration;

use venti_alert::Timestamp;
use venti_alert::engine::{AlertState, RuleState};
use venti_alert::expression::Answers;
use venti_alert::rule::AlertRule;

use super::definition::Definition;
use super::group::Group;
use super::past::{MAX_SLOTS, Past};
use super::world::World;

/// No further back are lines looked at.
const MAX_LINES_BACK: Duration = Duration::from_secs(3600);

/// Asks for the past of a group's rules, one after the other, after a first evaluation for `slot`.
pub(super) async fn warm_up(world: &World, group: &Group, slot: Timestamp) {
    let definition = group.look().definition.clone();
    for (index, placed) in definition.placed.iter().enumerate() {
        let Some(datasource) = placed.datasource.as_deref() else {
            continue;
        };
        if group.of(index, |it| needs_past(&placed.rule, it)) != Some(true) {
            continue;
        }
        let slots = slots(&definition, &placed.rule, slot);
        let past = Past {
            rule: &placed.rule,
            datasource,
            labels_datasource: placed.labels_datasource,
            interval: definition.interval,
            query_offset: definition.query_offset,
            slots: &slots,
        };
        let _permit = world.asker().past_permit().await;
        let mut state = RuleState::default();
        match past.replay(world, &mut state).await {
            Ok(_) => group.adopt_past(&definition, index, &state),
            Err(reason) => tracing::warn!(
                rule = placed.rule.name,
                datasource,
                reason,
                "the past of a rule is not known: its timers begin anew"
            ),
        }
    }
}

/// Whether the past decides about anything: something waits, or may go on without a sample.
fn needs_past(rule: &AlertRule, state: &RuleState) -> bool {
    let mut alerts = state.alerts();
    let waits = alerts.any(|(_, it)| it.state == AlertState::Pending);
    waits || !rule.keep_firing_for.is_zero()
}

/// The slots of as much time as the rule looks back, up to and with the first one of now. Of a
/// long time not all of them, but none between two of these.
fn slots(definition: &Definition, rule: &AlertRule, first: Timestamp) -> Vec<Timestamp> {
    let interval = definition.interval;
    let mut back = rule.hold + rule.keep_firing_for + 2 * interval;
    if let Answers::Lines(_) = rule.expression.answers {
        back = back.min(MAX_LINES_BACK);
    }
    let count = back.as_nanos() / interval.as_nanos().max(1);
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let step = interval * count.div_ceil(MAX_SLOTS - 1).max(1);
    let count = u32::try_from(back.as_nanos() / step.as_nanos().max(1)).unwrap_or(MAX_SLOTS - 1);
    (0..=count).rev().map(|it| first.minus(step * it)).collect()
}
