//! Direct receivers: what is due to them is sent, one message at a time to each, and what became
//! of it is written down.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::Bytes;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};
use venti_alert::Fingerprint;
use venti_alert::config::{Alerting, Receiver};
use venti_yaml::FileDuration;

use super::alert::Alert;
use super::alertmanager::Reached;
use super::content::{self, Content, Places, WRITTEN_OUT};
use super::delivery::Delivery;
use super::groups::{Group, GroupKey, Groups, Message, Occasion, Posted, Timing};
use super::text::{Redaction, clean_line};
use super::{Notifications, context, lock, now, outbox, route, slack, webhook};
use crate::alerting::Notice;

/// After so long it is asked again whether an alert is still held back.
const HELD_FOR: Duration = Duration::from_secs(30);

/// The longest sleep: clocks may jump.
const NAP: Duration = Duration::from_secs(30);

impl Notifications {
    /// Takes alerts into their groups, and says which groups that were.
    pub(super) fn group(&self, notices: &[Notice]) -> BTreeSet<GroupKey> {
        let live = self.0.app.live();
        let alerting = &live.config.alerting.alerting;
        if alerting.receivers.is_empty() {
            return BTreeSet::new();
        }
        let has_alertmanager = !lock(&self.0.alertmanagers).is_empty();
        let mut groups = lock(&self.0.groups);
        let mut touched = BTreeSet::new();
        for alert in notices.iter().map(Alert::from) {
            for key in route::groups(&alert, &alerting.receivers, has_alertmanager) {
                groups.take(&key, alert.clone());
                touched.insert(key);
            }
        }
        touched
    }

    /// Begins what is due, and says when to look again.
    pub(super) fn begin(&self) -> Duration {
        let now = now(&self.0.app);
        let timing = self.timing();
        let (due, next) = {
            let mut groups = lock(&self.0.groups);
            let due = groups.due(now, &timing);
            let taken: BTreeSet<&str> = due.iter().map(|it| &*it.key.receiver).collect();
            let next = groups.next_due(now, |it| timing(it).filter(|_| !taken.contains(it)));
            lock(&self.0.busy).extend(taken.into_iter().map(str::to_owned));
            (due, next)
        };
        for message in due {
            tokio::spawn(self.clone().deliver(message));
        }
        next.map_or(NAP, |it| it.since(now).min(NAP))
    }

    /// The timing of receivers that can be told something now.
    fn timing(&self) -> impl Fn(&str) -> Option<Timing> + use<> {
        let live = self.0.app.live();
        let busy = lock(&self.0.busy).clone();
        move |name| {
            let receivers = &live.config.alerting.alerting.receivers;
            let receiver = receivers.iter().find(|it| it.name == name)?;
            (!busy.contains(name)).then(|| timing_of(receiver))
        }
    }

    async fn deliver(self, message: Message) {
        let receiver = message.key.receiver.clone();
        let wait = self.attempt(message).await;
        if let Some(wait) = wait {
            sleep(wait).await;
        }
        lock(&self.0.busy).remove(&receiver);
        self.0.changed.notify_one();
    }

    /// Sends a message and writes down what became of it. Gives how long the receiver wants to be
    /// left alone.
    async fn attempt(&self, message: Message) -> Option<Duration> {
        let live = self.0.app.live();
        let alerting = &live.config.alerting.alerting;
        let key = message.key.clone();
        let name = key.receiver.clone();
        let Some(receiver) = alerting.receivers.iter().find(|it| it.name == name) else {
            self.settle(key, |_| {}).await;
            return None;
        };
        let held = self.held_back(&message).await;
        if !held.is_empty() {
            let until = now(&self.0.app).plus(HELD_FOR);
            // What is left of the message, if anything, is told at once in its place.
            self.settle(key.clone(), move |it| it.hold(&key, &held, until))
                .await;
            return None;
        }
        let pace = lock(&self.0.paces).entry(name.clone()).or_default().clone();
        pace.turn().await;
        // After a restart it is known that people may have heard of it, and all that was told
        // before is on disk and does not come up anew.
        self.settle(key.clone(), |_| {}).await;
        let began = Instant::now();
        let (delivery, content, png) = self.send(&message, receiver, alerting).await;
        let metrics = self.0.app.metrics();
        metrics.notification_took(&name, began.elapsed());
        let now = now(&self.0.app);
        let (told, about) = (content.told.clone(), message.clone());
        let sent = |posted: Option<Posted>| {
            let delivered = move |it: &mut Groups| it.delivered(&message, now, posted, &told);
            self.settle(key.clone(), delivered)
        };
        match delivery {
            Delivery::Sent(posted) => {
                metrics.notifications_sent(&name, 1);
                sent(posted.clone()).await;
                // The message is there, whatever becomes of its picture.
                if let (Some(slack), Some(posted), Some(png)) = (&receiver.slack, posted, png) {
                    slack::illustrate(slack, &about, &posted, &content, &png).await;
                }
                None
            }
            Delivery::Refused(reason) => {
                metrics.notifications_failed(&name, 1);
                metrics.notifications_dropped(&name, 1);
                tracing::error!(
                    receiver = name,
                    reason,
                    "a receiver refuses a message: it is given up"
                );
                sent(None).await;
                None
            }
            Delivery::Later { reason, wait } => {
                metrics.notifications_failed(&name, 1);
                tracing::warn!(receiver = name, reason, "a message cannot be sent now");
                let failed = key.clone();
                self.settle(key, move |it| it.failed(&failed, now, wait))
                    .await;
                wait
            }
        }
    }

    /// Which alerts of a message Alertmanagers hold back. What was told as firing is told as
    /// ended in any case, and a test is always to be seen.
    async fn held_back(&self, message: &Message) -> Vec<Fingerprint> {
        let alertmanagers: Vec<(String, Reached)> = {
            let running = lock(&self.0.alertmanagers);
            let all = running.iter().map(|it| &it.alertmanager);
            all.map(|it| (it.name().to_owned(), it.reached())).collect()
        };
        if alertmanagers.is_empty() || message.occasion == Occasion::Resolved {
            return Vec::new();
        }
        let held = self.0.suppression.now(alertmanagers).await;
        let firing = message.firing.iter().filter(|it| !it.is_test);
        let firing = firing.filter(|it| held.holds(&it.message.labels));
        firing.map(|it| it.fingerprint).collect()
    }

    async fn send(
        &self,
        message: &Message,
        receiver: &Receiver,
        alerting: &Alerting,
    ) -> (Delivery, Content, Option<Bytes>) {
        let live = self.0.app.live();
        let window = receiver.logs.window.map(|it| it.0);
        let shown = message.alerts().iter().take(WRITTEN_OUT);
        let contexts = shown.map(|it| context::all(&self.0.app, it, window));
        let redaction = Redaction::new(alerting.redact.iter().chain(&receiver.logs.redact));
        let (contexts, picture) = tokio::join!(
            futures_util::future::join_all(contexts),
            self.picture(message, receiver, &redaction)
        );
        let alertmanager = self.alertmanagers().into_iter().next();
        let alertmanager = alertmanager.map(|it| {
            let is_url = it.contains("://");
            if is_url { it } else { format!("http://{it}") }
        });
        let places = Places {
            server: alerting.external_url.as_deref(),
            alertmanager: alertmanager.as_deref(),
            dashboards: &live.config.dashboards,
        };
        let mut content = content::content(message, &contexts, receiver, &redaction, places);
        let png = picture.unwrap_or_else(|error| {
            content.picture_error = Some(redaction.apply(&clean_line(&error)));
            None
        });
        let delivery = match (&receiver.slack, &receiver.webhook) {
            (Some(slack), _) => slack::send(slack, message, &content).await,
            (None, Some(webhook)) => {
                let url = places.server.unwrap_or_default();
                let png = png.as_ref();
                webhook::send(webhook, message, &content, &contexts, &redaction, url, png).await
            }
            (None, None) => Delivery::Refused("it has neither `slack` nor `webhook`".to_owned()),
        };
        (delivery, content, png)
    }

    /// The picture of the first alert of a message, if its receiver takes one. The end of an
    /// incident has none: what there is to see was shown.
    async fn picture(
        &self,
        message: &Message,
        receiver: &Receiver,
        redaction: &Redaction,
    ) -> Result<Option<Bytes>, String> {
        let is_wanted = receiver.takes_pictures() && message.occasion != Occasion::Resolved;
        match message.alerts().first().filter(|_| is_wanted) {
            Some(alert) => {
                let picture = self.0.painter.paint(&self.0.app, alert, redaction);
                picture.await.transpose()
            }
            None => Ok(None),
        }
    }

    /// Changes groups, in memory and on disk. The disk comes first: whoever holds a transaction
    /// may wait for the groups, never the other way round.
    async fn settle(&self, key: GroupKey, change: impl FnOnce(&mut Groups) + Send + 'static) {
        let live = self.0.app.live();
        let now = now(&self.0.app);
        let inner = self.0.clone();
        let settled = spawn_blocking(move || {
            let timing = |name: &str| {
                let receivers = &live.config.alerting.alerting.receivers;
                receivers.iter().find(|it| it.name == name).map(timing_of)
            };
            let mut change = Some(change);
            let mut apply = || -> Vec<(GroupKey, Option<Group>)> {
                let mut groups = lock(&inner.groups);
                if let Some(change) = change.take() {
                    change(&mut groups);
                }
                let gone = groups.prune(now, timing);
                let group = groups.get(&key).cloned();
                let gone = gone.into_iter().map(|it| (it, None));
                gone.chain([(key.clone(), group)]).collect()
            };
            let written = match &inner.store {
                Some(store) => store.write(|transaction| {
                    Self(inner.clone()).keep_all(transaction)?;
                    for (key, group) in apply() {
                        outbox::keep_group(transaction, &key, group.as_ref())?;
                    }
                    Ok(())
                }),
                None => {
                    apply();
                    Ok(())
                }
            };
            if written.is_err() {
                // It may be that the change was not even begun. The store tells of the failure.
                apply();
            }
        });
        // It fails only by a panic that is logged already, or when the runtime ends.
        let _ = settled.await;
    }
}

fn timing_of(receiver: &Receiver) -> Timing {
    let or = |it: Option<FileDuration>, seconds| it.map_or(Duration::from_secs(seconds), |it| it.0);
    Timing {
        wait: or(receiver.group_wait, 10),
        interval: or(receiver.group_interval, 5 * 60),
        repeat: or(receiver.repeat_interval, 4 * 3600),
    }
}
