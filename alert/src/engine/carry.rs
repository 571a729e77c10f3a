//! What becomes of states when rules are loaded anew.

use super::active::AlertState;
use super::state::{Change, RuleState, Transition, transition};
use crate::rule::AlertRule;
use crate::time::Timestamp;

/// A rule with its state on one datasource.
#[derive(Clone, Debug)]
pub struct Instance<R> {
    /// The rule.
    pub rule: R,
    /// Its alerts.
    pub state: RuleState,
}

/// What a reload of one group made of its states.
#[derive(Clone, Debug)]
pub struct Carried<R> {
    /// One state for each new rule, in their order: taken over, or empty.
    pub states: Vec<RuleState>,
    /// Old rules that are gone and have alerts: to be [retired](RuleState::retire).
    pub removed: Vec<Instance<R>>,
}

/// Hands the states of a group's old rules to its new ones: of equal name and labels the n-th to
/// the n-th. What else a rule says may change, its alerts stay.
///
/// A group whose file, name, interval, limit, offset and rules are all as before need not come
/// through here: it goes on untouched.
pub fn carry_over<R: AsRef<AlertRule>>(
    old: Vec<Instance<R>>,
    new: &[impl AsRef<AlertRule>],
) -> Carried<R> {
    let mut old: Vec<Option<Instance<R>>> = old.into_iter().map(Some).collect();
    let states = new.iter().map(|rule| {
        let continued = old.iter_mut().find(|it| {
            let before = it.as_ref().map(|it| it.rule.as_ref());
            before.is_some_and(|it| rule.as_ref().is_continuation_of(it))
        });
        let mut state = continued
            .and_then(Option::take)
            .map(|it| it.state)
            .unwrap_or_default();
        state.forget_identities();
        state
    });
    let states = states.collect();
    let removed = old
        .into_iter()
        .flatten()
        .filter(|it| !it.state.alerts.is_empty());
    Carried {
        states,
        removed: removed.collect(),
    }
}

impl RuleState {
    /// Ends all alerts of a rule that is gone, so that receivers hear of it instead of waiting
    /// for them to expire. Afterwards the state is ticked with no samples until it is empty.
    pub fn retire(&mut self, at: Timestamp) -> Vec<Transition> {
        let mut transitions = Vec::new();
        self.alerts.retain(|print, alert| {
            let change = match alert.state {
                AlertState::Pending => Change::Dropped,
                AlertState::Firing => Change::Resolved,
                AlertState::Inactive => return true,
            };
            transitions.push(transition(*print, alert, change, at));
            alert.state = AlertState::Inactive;
            alert.resolved_at = Some(at);
            change == Change::Resolved
        });
        transitions
    }

    /// Moves every moment of the alerts by as much as a clock was set, so that a clock that jumps
    /// neither fires nor resolves anything: what lasted so long has lasted so long. `nanos` is
    /// above zero for a clock that was set forward.
    pub fn shift(&mut self, nanos: i64) {
        let shifted = |it: Timestamp| Timestamp::from_nanos(it.nanos().saturating_add(nanos));
        let shift = |it: &mut Option<Timestamp>| *it = it.map(shifted);
        shift(&mut self.failing_since);
        for alert in self.alerts.values_mut() {
            alert.active_at = shifted(alert.active_at);
            alert.seen_at = shifted(alert.seen_at);
            shift(&mut alert.fired_at);
            shift(&mut alert.resolved_at);
            shift(&mut alert.last_sent_at);
            shift(&mut alert.valid_until);
            shift(&mut alert.keep_firing_since);
        }
    }

    /// Whether nothing is left to be told.
    pub fn is_empty(&self) -> bool {
        self.alerts.is_empty()
    }
}
