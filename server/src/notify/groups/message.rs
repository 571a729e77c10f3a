//! A message to one receiver about one group.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use venti_alert::Timestamp;
use venti_alert::lines::SentLines;

use super::{Alert, GroupKey};

/// A message that can be changed and answered to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::notify) struct Posted {
    /// The channel's id.
    pub(in crate::notify) channel: String,
    /// What names a message in its channel.
    pub(in crate::notify) ts: String,
}

/// Why a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::notify) enum Occasion {
    /// Something fires.
    First,
    /// More of it fires.
    Joined,
    /// It still fires.
    Repeat,
    /// All of it has ended.
    Resolved,
}

/// A message to be sent.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::notify) struct Message {
    /// To whom, about what.
    pub(in crate::notify) key: GroupKey,
    /// Why.
    pub(in crate::notify) occasion: Occasion,
    /// What fires: the new ones first, then by when it began.
    pub(in crate::notify) firing: Vec<Alert>,
    /// What was told as firing and has ended.
    pub(in crate::notify) resolved: Vec<Alert>,
    /// The message that the incident began with.
    pub(in crate::notify) posted: Option<Posted>,
    /// Lines that were told already.
    pub(in crate::notify) lines: SentLines,
    /// When the message before it was sent.
    pub(in crate::notify) follows: Option<Timestamp>,
}

impl Message {
    /// What tells it from all other messages, and is the same whenever it is made anew: after a
    /// failure, and after a restart that does not know that it had arrived.
    pub(in crate::notify) fn idempotency_key(&self) -> String {
        let alerts = self.firing.iter().chain(&self.resolved);
        let alerts = alerts.map(|it| (it.fingerprint, it.fired_at, it.resolved_at));
        let alerts: Vec<_> = alerts.collect();
        let identity = (&self.key, self.occasion, self.follows, alerts);
        // Serializing fails for keys that are no texts, and there are none.
        let json = serde_json::to_vec(&identity).unwrap_or_default();
        let hash = Sha256::digest(json).into_iter().take(16);
        hash.map(|it| format!("{it:02x}")).collect()
    }

    /// The alerts that it is about.
    pub(in crate::notify) fn alerts(&self) -> &[Alert] {
        match self.occasion {
            Occasion::Resolved => &self.resolved,
            _ => &self.firing,
        }
    }
}
