//! Which receiver is told what and when: alerts and a time in, messages to send out.
//!
//! Alerts of one receiver that agree in the labels of `group_by` are one group, and a group is
//! one incident: a first message after `group_wait`, another when alerts joined, at most every
//! `group_interval`, one every `repeat_interval` while it goes on, and one when all have ended.
//! What was never told as firing is never told as ended, and what has ended before the first
//! message is not told at all. What ends while its first message is on its way counts as told,
//! since it may arrive; so does what was on its way when the server ended.
//!
//! All of it is a function of what came in: there is no clock and no I/O here. A message counts
//! as sent only by [`Groups::delivered`]; until then it is made anew from what is true, so after
//! a long outage a receiver gets what still holds, and that once.

mod message;
mod resting;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use venti_alert::lines::SentLines;
use venti_alert::{Fingerprint, Timestamp};
use venti_model::answer::LogRow;

use super::alert::Alert;
use resting::Resting;

pub(super) use message::{Message, Occasion, Posted};

/// A firing alert of which nothing was heard for so long is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 3600);

/// A receiver, and what its alerts have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct GroupKey {
    /// The receiver's name.
    pub(super) receiver: String,
    /// The labels of `group_by`.
    pub(super) labels: Vec<(String, String)>,
}

/// How long groups of a receiver wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Timing {
    /// Before the first message.
    pub(super) wait: Duration,
    /// Between messages about new alerts.
    pub(super) interval: Duration,
    /// Before the same is told again.
    pub(super) repeat: Duration,
}

/// One group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Group {
    members: BTreeMap<Fingerprint, Member>,
    sent: Option<Sent>,
    #[serde(skip)]
    is_in_flight: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Member {
    alert: Alert,
    /// When it came to the group.
    since: Timestamp,
    /// Whether people know it as firing.
    is_told: bool,
    /// Whether they may: a message was begun, and it is not known what became of it.
    #[serde(default)]
    is_on_its_way: bool,
    /// It is not told before, since an Alertmanager holds it back.
    #[serde(default)]
    held_until: Timestamp,
}

/// What was sent last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Sent {
    at: Timestamp,
    /// Of the incident that goes on.
    posted: Option<Posted>,
    lines: SentLines,
}

/// All groups.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    groups: BTreeMap<GroupKey, Group>,
    /// Receivers that a message could not be sent to. All their groups wait, so that what is
    /// still true arrives in the order in which it became so.
    resting: Resting,
}

impl Groups {
    /// Takes groups as they were kept.
    pub(super) fn restore(groups: impl IntoIterator<Item = (GroupKey, Group)>) -> Self {
        Self {
            groups: groups.into_iter().collect(),
            resting: Resting::default(),
        }
    }

    /// All of them, to be kept.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&GroupKey, &Group)> {
        self.groups.iter()
    }

    /// A group, to be kept.
    pub(super) fn get(&self, key: &GroupKey) -> Option<&Group> {
        self.groups.get(key)
    }

    /// Takes an alert into a group. One that is known already, or older than what is known,
    /// changes nothing; so taking it twice is taking it once.
    pub(super) fn take(&mut self, key: &GroupKey, alert: Alert) {
        let is_known = |it: &Group| it.members.contains_key(&alert.fingerprint);
        if alert.resolved_at.is_some() && !self.groups.get(key).is_some_and(is_known) {
            return;
        }
        let group = self.groups.entry(key.clone()).or_default();
        let since = alert.at;
        match group.members.get_mut(&alert.fingerprint) {
            Some(member) if member.alert.at >= alert.at => {}
            Some(member) if alert.resolved_at.is_some() && !member.may_be_known() => {
                group.members.remove(&alert.fingerprint);
            }
            Some(member) => member.alert = alert,
            None => {
                let member = Member {
                    since,
                    is_told: false,
                    is_on_its_way: false,
                    held_until: Timestamp::default(),
                    alert,
                };
                group.members.insert(member.alert.fingerprint, member);
            }
        }
    }

    /// When [`Groups::due`] has to be asked next; `None` when not before something comes in.
    pub(super) fn next_due(
        &self,
        now: Timestamp,
        timing: impl Fn(&str) -> Option<Timing>,
    ) -> Option<Timestamp> {
        let due = self.groups.iter().filter(|(_, it)| !it.is_in_flight);
        due.filter_map(|(key, it)| {
            let (at, _) = it.occasion(timing(&key.receiver)?, now)?;
            Some(at.max(self.resting.until(&key.receiver, now).unwrap_or_default()))
        })
        .min()
    }

    /// The messages to be sent at `now`: of each receiver the one that waits longest, so that
    /// they arrive in order and say what is true when their turn comes. Their groups are quiet
    /// until [`Groups::delivered`] or [`Groups::failed`]. Groups of receivers without a timing
    /// are left alone.
    pub(super) fn due(
        &mut self,
        now: Timestamp,
        timing: impl Fn(&str) -> Option<Timing>,
    ) -> Vec<Message> {
        let rests = |key: &GroupKey| self.resting.until(&key.receiver, now).is_some();
        let waiting = self.groups.iter();
        let waiting = waiting.filter(|(key, it)| !it.is_in_flight && !rests(key));
        let mut due: Vec<(Timestamp, Occasion, GroupKey)> = waiting
            .filter_map(|(key, group)| {
                let (at, occasion) = group.occasion(timing(&key.receiver)?, now)?;
                (at <= now).then(|| (at, occasion, key.clone()))
            })
            .collect();
        due.sort_by_key(|(at, _, _)| *at);
        let mut receivers = BTreeSet::new();
        due.retain(|(_, _, key)| receivers.insert(key.receiver.clone()));
        let messages = due.into_iter().filter_map(|(_, occasion, key)| {
            let group = self.groups.get_mut(&key)?;
            let message = group.message(key, occasion, now);
            group.begin(&message);
            Some(message)
        });
        messages.collect()
    }

    /// A message was sent, with these lines in it; or it never can be, and is given up.
    pub(super) fn delivered(
        &mut self,
        message: &Message,
        now: Timestamp,
        posted: Option<Posted>,
        lines: &[LogRow],
    ) {
        self.resting.end(&message.key.receiver);
        let Some(group) = self.groups.get_mut(&message.key) else {
            return;
        };
        group.is_in_flight = false;
        for alert in &message.firing {
            if let Some(member) = group.members.get_mut(&alert.fingerprint) {
                member.is_told = true;
                member.is_on_its_way = false;
            }
        }
        for alert in &message.resolved {
            if let Some(member) = group.members.get_mut(&alert.fingerprint) {
                if member.alert.resolved_at.is_some() {
                    group.members.remove(&alert.fingerprint);
                } else {
                    // It fires again while people hear that it ended.
                    member.is_told = false;
                    member.is_on_its_way = false;
                    member.since = member.alert.at;
                }
            }
        }
        let mut known = message.lines.clone();
        known.record(lines);
        let is_over = message.occasion == Occasion::Resolved;
        group.sent = Some(Sent {
            at: now,
            posted: if is_over {
                None
            } else {
                message.posted.clone().or(posted)
            },
            lines: if is_over { SentLines::default() } else { known },
        });
    }

    /// A message could not be sent now. Its receiver is left alone for as long as it wants, and
    /// then told what is still to be told.
    pub(super) fn failed(&mut self, key: &GroupKey, now: Timestamp, wait: Option<Duration>) {
        if let Some(group) = self.groups.get_mut(key) {
            group.end_unsent();
        }
        self.resting.begin(&key.receiver, now, wait);
    }

    /// Alerts of a message are held back, and the message was not sent: they are left out of
    /// others until then.
    pub(super) fn hold(&mut self, key: &GroupKey, alerts: &[Fingerprint], until: Timestamp) {
        if let Some(group) = self.groups.get_mut(key) {
            group.end_unsent();
            for alert in alerts {
                if let Some(member) = group.members.get_mut(alert) {
                    member.held_until = until;
                }
            }
        }
    }

    /// Removes groups that have nothing to tell any more, and those of receivers without a
    /// timing; gives their keys.
    pub(super) fn prune(
        &mut self,
        now: Timestamp,
        timing: impl Fn(&str) -> Option<Timing>,
    ) -> Vec<GroupKey> {
        let mut gone = Vec::new();
        for (key, group) in &mut self.groups {
            group.members.retain(|_, it| {
                it.alert.resolved_at.is_some()
                    || now.since(it.alert.valid_until()) < FORGOTTEN_AFTER
            });
            let is_quiet = |it: &Group, timing: Timing| {
                it.members.is_empty()
                    && !it.is_in_flight
                    && it
                        .sent
                        .as_ref()
                        .is_none_or(|it| it.at.plus(timing.interval) <= now)
            };
            if timing(&key.receiver).is_none_or(|it| is_quiet(group, it)) {
                gone.push(key.clone());
            }
        }
        for key in &gone {
            self.groups.remove(key);
        }
        gone
    }
}

impl Group {
    /// A message goes on its way.
    fn begin(&mut self, message: &Message) {
        self.is_in_flight = true;
        for alert in &message.firing {
            if let Some(member) = self.members.get_mut(&alert.fingerprint) {
                member.is_on_its_way = true;
            }
        }
    }

    /// The message on its way does not arrive. What has ended meanwhile is not told at all.
    fn end_unsent(&mut self) {
        self.is_in_flight = false;
        self.members.retain(|_, it| {
            it.is_on_its_way = false;
            it.is_told || it.alert.resolved_at.is_none()
        });
    }

    /// What is to be told next, and when. Firing alerts that nobody confirmed until `now` are
    /// neither told nor ended.
    fn occasion(&self, timing: Timing, now: Timestamp) -> Option<(Timestamp, Occasion)> {
        let is_told = self.members.values().any(|it| it.is_told);
        let firing = || {
            let members = self.members.values();
            members.filter(|it| it.fires(now))
        };
        let new = firing().filter(|it| !it.is_told);
        let new = new.map(|it| it.since.plus(timing.wait).max(it.held_until));
        let last = self.sent.as_ref().map(|it| it.at);
        let ends = || {
            let ends = self.members.values().map(|it| it.alert.resolved_at);
            ends.collect::<Option<Vec<_>>>()?.into_iter().max()
        };
        let (at, occasion) = if let Some(ready) = new.min() {
            let after = last.map(|it| it.plus(timing.interval));
            let occasion = if is_told {
                Occasion::Joined
            } else {
                Occasion::First
            };
            (ready.max(after.unwrap_or_default()), occasion)
        } else if self.members.values().any(Member::may_be_known)
            && let Some(end) = ends()
        {
            (end, Occasion::Resolved)
        } else {
            let held_until = firing().map(|it| it.held_until).min()?;
            (last?.plus(timing.repeat).max(held_until), Occasion::Repeat)
        };
        Some((at, occasion))
    }

    fn message(&self, key: GroupKey, occasion: Occasion, now: Timestamp) -> Message {
        let firing = self.members.values().filter(|it| it.fires(now));
        let mut firing: Vec<&Member> = firing.filter(|it| it.held_until <= now).collect();
        firing.sort_by_key(|it| (it.is_told, it.alert.fired_at, it.alert.fingerprint));
        let mut resolved: Vec<Alert> = self
            .members
            .values()
            .filter(|it| it.may_be_known() && it.alert.resolved_at.is_some())
            .map(|it| it.alert.clone())
            .collect();
        resolved.sort_by_key(|it| (it.fired_at, it.fingerprint));
        Message {
            key,
            occasion,
            firing: firing.into_iter().map(|it| it.alert.clone()).collect(),
            resolved,
            posted: self.sent.as_ref().and_then(|it| it.posted.clone()),
            follows: self.sent.as_ref().map(|it| it.at),
            lines: self
                .sent
                .as_ref()
                .map(|it| it.lines.clone())
                .unwrap_or_default(),
        }
    }
}

impl Member {
    fn may_be_known(&self) -> bool {
        self.is_told || self.is_on_its_way
    }

    fn fires(&self, now: Timestamp) -> bool {
        self.alert.resolved_at.is_none() && now < self.alert.valid_until()
    }
}

#[cfg(test)]
mod tests;
