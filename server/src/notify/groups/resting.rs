//! Receivers that a message could not be sent to, and until when they are left alone.

use std::collections::BTreeMap;
use std::time::Duration;

use venti_alert::Timestamp;

/// By the receiver's name.
#[derive(Clone, Debug, Default)]
pub(super) struct Resting(BTreeMap<String, Rest>);

#[derive(Clone, Copy, Debug, Default)]
struct Rest {
    /// Deliveries that failed since the last one that did not.
    failures: u32,
    since: Timestamp,
    until: Timestamp,
}

impl Resting {
    /// Until when a receiver rests, if it does now.
    pub(super) fn until(&self, receiver: &str, now: Timestamp) -> Option<Timestamp> {
        let rest = self.0.get(receiver)?;
        // A clock that was set back ends the rest.
        (rest.since <= now && now < rest.until).then_some(rest.until)
    }

    /// A message could not be sent; `wait` is how long the receiver wants to be left alone.
    pub(super) fn begin(&mut self, receiver: &str, now: Timestamp, wait: Option<Duration>) {
        let rest = self.0.entry(receiver.to_owned()).or_default();
        rest.failures = rest.failures.saturating_add(1);
        rest.since = now;
        rest.until = now.plus(wait.unwrap_or_else(|| patience(rest.failures)));
    }

    /// A message was sent.
    pub(super) fn end(&mut self, receiver: &str) {
        self.0.remove(receiver);
    }
}

/// Three attempts within five minutes, then one every five.
fn patience(failures: u32) -> Duration {
    Duration::from_secs(match failures {
        0 | 1 => 20,
        2 => 120,
        _ => 300,
    })
}
