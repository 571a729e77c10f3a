//! Which alerts are to be sent, and how long what was sent holds.

use std::time::Duration;

use super::active::{ActiveAlert, AlertState};
use super::state::{Health, RuleState};
use crate::fingerprint::Fingerprint;
use crate::rule::OnError;
use crate::time::Timestamp;

/// How often alerts are sent anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resend {
    /// The least time between two messages about one alert that did not change.
    pub delay: Duration,
    /// The group's interval.
    pub interval: Duration,
    /// What happens while evaluation fails.
    pub on_error: OnError,
    /// For how long firing alerts are held then.
    pub hold_max: Duration,
}

impl RuleState {
    /// The alerts to be sent after the evaluation for the slot `at`; they count as sent from now
    /// on, whether they arrive or not.
    ///
    /// After a failed evaluation these are none, or, where they are held, those that fire. What
    /// has ended comes first: should relabelling make it equal to what fires, that is the last word.
    pub fn take_due(&mut self, at: Timestamp, resend: &Resend) -> Vec<Fingerprint> {
        let is_failing = matches!(self.health, Health::Err(_));
        if is_failing && !self.is_held(at, resend) {
            return Vec::new();
        }
        let valid_for = 4 * resend.interval.max(resend.delay);
        let (mut ended, mut firing) = (Vec::new(), Vec::new());
        for (fingerprint, alert) in &mut self.alerts {
            let is_wanted = !is_failing || alert.state == AlertState::Firing;
            if is_wanted && is_due(alert, at, resend.delay) {
                alert.last_sent_at = Some(at);
                alert.valid_until = Some(at.plus(valid_for));
                let due = match alert.state {
                    AlertState::Firing => &mut firing,
                    _ => &mut ended,
                };
                due.push(*fingerprint);
            }
        }
        ended.append(&mut firing);
        ended
    }

    fn is_held(&self, at: Timestamp, resend: &Resend) -> bool {
        resend.on_error == OnError::Hold
            && self
                .failing_since
                .is_some_and(|it| at.since(it) <= resend.hold_max)
    }
}

/// The comparison is strict, as in Prometheus: on slots, the time between two messages is the
/// first multiple of the interval above the delay.
fn is_due(alert: &ActiveAlert, at: Timestamp, delay: Duration) -> bool {
    if alert.state == AlertState::Pending {
        return false;
    }
    match alert.last_sent_at {
        None => true,
        Some(sent) => alert.resolved_at.is_some_and(|it| it > sent) || sent.plus(delay) < at,
    }
}
