//! Telling people: alerts that are due go to Alertmanagers and to receivers of their own.
//!
//! [`Notifications`] is the [`Notifier`] that evaluation calls. Each Alertmanager has a queue and
//! a loop that empties it (`alertmanager`). For direct receivers (`receivers`) `route` says who is told,
//! `groups` what and when, `context` looks up lines, `picture` draws, `content` puts a message into
//! words, and `slack` and `webhook` give it its form. `outbox` keeps on disk what was not delivered.
//!
//! Nothing is sent before what it tells of is on disk, and what arrived is written down at once.
//! A message that arrived and was not yet written down when the server was killed is sent once
//! more: a receiver cannot be asked whether it has it. Alertmanager takes the same alert twice for
//! one; a webhook gets the same `Idempotency-Key`; Slack has nothing of that kind.

mod alert;
mod alertmanager;
mod annotations;
mod check;
mod content;
mod context;
mod delivery;
mod groups;
mod links;
mod outbox;
mod picture;
mod receivers;
mod route;
mod silences;
mod slack;
mod sparkline;
mod suppression;
mod target;
mod text;
mod webhook;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redb::WriteTransaction;
use tokio::sync::Notify;
use tokio::task::{AbortHandle, spawn_blocking};
use tokio::time::{sleep, timeout};
use venti_alert::Timestamp;

use crate::App;
use crate::alerting::{Notice, Notifier, Store};
use alertmanager::{Alertmanager, Entry, Reached};
use annotations::Annotations;
use delivery::Pace;
use groups::Groups;
use picture::Painter;
use suppression::Suppression;
use target::Target;

pub(crate) use check::faults;
pub(crate) use silences::{Alertmanagers, check as check_silence, is_id as is_silence_id};

/// How long the end of the server waits for alerts to leave.
const DRAIN: Duration = Duration::from_secs(5);

/// Sends alerts; clones share it. It lives as long as the server.
#[derive(Clone, Debug)]
pub struct Notifications(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    app: App,
    store: Option<Store>,
    alertmanagers: Mutex<Vec<Running>>,
    groups: Mutex<Groups>,
    /// How many writes of the store had failed when all of it was last on disk.
    kept_after: AtomicU64,
    /// Receivers that a message is on its way to, or that want to be left alone.
    busy: Mutex<BTreeSet<String>>,
    paces: Mutex<BTreeMap<String, Arc<Pace>>>,
    annotations: Annotations,
    painter: Painter,
    suppression: Suppression,
    /// Something came into a group, or a receiver is free again.
    changed: Arc<Notify>,
    tasks: Mutex<Vec<AbortHandle>>,
}

/// An Alertmanager with the task that sends to it, which ends with this.
#[derive(Debug)]
struct Running {
    alertmanager: Alertmanager,
    task: AbortHandle,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        for task in lock(&self.tasks).drain(..) {
            task.abort();
        }
    }
}

impl Notifications {
    /// Begins to send what the configuration says, and what a server before this left in the
    /// store. It has to be called within a runtime.
    pub fn start(app: App, store: Option<Store>) -> Self {
        let restored = store.as_ref().map(outbox::groups).transpose();
        let restored = restored.unwrap_or_else(|error| {
            tracing::error!(%error, "what receivers were told cannot be read: they are told anew");
            None
        });
        let notifications = Self(Arc::new(Inner {
            annotations: Annotations::new(app.clone()),
            app,
            store,
            alertmanagers: Mutex::default(),
            groups: Mutex::new(Groups::restore(restored.unwrap_or_default())),
            kept_after: AtomicU64::default(),
            busy: Mutex::default(),
            paces: Mutex::default(),
            painter: Painter::default(),
            suppression: Suppression::default(),
            changed: Arc::default(),
            tasks: Mutex::default(),
        }));
        notifications.configure();
        notifications.requeue();
        let follower = tokio::spawn(follow(
            notifications.0.app.clone(),
            Arc::downgrade(&notifications.0),
        ));
        let teller = tokio::spawn(tell(Arc::downgrade(&notifications.0)));
        lock(&notifications.0.tasks).extend([follower.abort_handle(), teller.abort_handle()]);
        notifications
    }

    /// The Alertmanagers that alerts are sent to, as they are written.
    pub fn alertmanagers(&self) -> Vec<String> {
        let running = lock(&self.0.alertmanagers);
        running
            .iter()
            .map(|it| it.alertmanager.name().to_owned())
            .collect()
    }

    /// Waits until all that is queued has left, five seconds at most. What is left then is sent
    /// after the next start.
    pub async fn drain(&self) {
        let running: Vec<Alertmanager> = {
            let running = lock(&self.0.alertmanagers);
            running.iter().map(|it| it.alertmanager.clone()).collect()
        };
        let drained = async {
            for alertmanager in running {
                alertmanager.drained().await;
            }
            while !lock(&self.0.busy).is_empty() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        if timeout(DRAIN, drained).await.is_err() {
            tracing::warn!(
                "some alerts could not be sent before the end: they are sent after the next start"
            );
        }
    }

    /// Takes over which Alertmanagers there are. Those that stay keep their queues.
    fn configure(&self) {
        let live = self.0.app.live();
        let alerting = &live.config.alerting.alerting;
        let mut running = lock(&self.0.alertmanagers);
        let mut before: Vec<Running> = running.drain(..).collect();
        for config in alerting.alertmanagers.iter().map(|it| &it.value) {
            for (name, target) in Target::alertmanagers(config) {
                let target = match target {
                    Ok(target) => target,
                    Err(error) => {
                        tracing::error!(alertmanager = name, %error, "an Alertmanager cannot be reached as it is configured");
                        continue;
                    }
                };
                let reached = Reached {
                    target,
                    steps: config.alert_relabel_configs.clone(),
                };
                match before.iter().position(|it| it.alertmanager.name() == name) {
                    Some(at) => {
                        let kept = before.swap_remove(at);
                        kept.alertmanager.configure(reached);
                        running.push(kept);
                    }
                    None => {
                        let (app, store) = (self.0.app.clone(), self.0.store.clone());
                        let alertmanager = Alertmanager::new(name, reached, app, store);
                        let task = tokio::spawn(alertmanager.clone().run()).abort_handle();
                        running.push(Running { alertmanager, task });
                    }
                }
            }
        }
        self.0.changed.notify_one();
    }

    /// Queues what was queued when the server ended.
    fn requeue(&self) {
        let Some(store) = &self.0.store else {
            return;
        };
        match outbox::queued(store, &self.alertmanagers()) {
            Ok(rows) => {
                for running in lock(&self.0.alertmanagers).iter() {
                    let own = rows
                        .iter()
                        .filter(|(target, _)| target == running.alertmanager.name());
                    running.alertmanager.push(own.map(|(_, it)| it.clone()));
                }
            }
            Err(error) => tracing::error!(%error, "alerts that were queued cannot be read"),
        }
    }

    /// Writes everything that is in memory, should a write have failed since that was done.
    fn keep_all(&self, transaction: &WriteTransaction) -> Result<(), redb::Error> {
        let failures = self.0.store.as_ref().map_or(0, Store::failures);
        if self.0.kept_after.swap(failures, Ordering::Relaxed) == failures {
            return Ok(());
        }
        for running in lock(&self.0.alertmanagers).iter() {
            let alertmanager = &running.alertmanager;
            outbox::queue(transaction, alertmanager.name(), &alertmanager.waiting())?;
        }
        outbox::keep_groups(transaction, lock(&self.0.groups).iter())
    }

    fn push(&self, notice: &Notice, message: &venti_alert::message::PostableAlert) {
        for running in lock(&self.0.alertmanagers).iter() {
            running
                .alertmanager
                .push(running.alertmanager.entry(notice, message));
        }
    }
}

impl Notifier for Notifications {
    fn keep(&self, notices: &[Notice], transaction: &WriteTransaction) -> Result<(), redb::Error> {
        self.keep_all(transaction)?;
        for running in lock(&self.0.alertmanagers).iter() {
            let alertmanager = &running.alertmanager;
            let entries: Vec<Entry> = notices
                .iter()
                .filter_map(|it| alertmanager.entry(it, &it.message))
                .collect();
            if !entries.is_empty() {
                outbox::queue(transaction, alertmanager.name(), &entries)?;
            }
        }
        for key in self.group(notices) {
            outbox::keep_group(transaction, &key, lock(&self.0.groups).get(&key))?;
        }
        Ok(())
    }

    fn notify(&self, notices: Vec<Notice>) {
        self.group(&notices);
        self.0.changed.notify_one();
        for notice in notices {
            let ours = self.clone();
            // What has to be looked up comes later; nothing else waits for it.
            self.0
                .annotations
                .complete(notice, move |notice, message| ours.push(notice, message));
        }
    }
}

/// Applies each new configuration, until the notifications are gone.
async fn follow(app: App, notifications: std::sync::Weak<Inner>) {
    let mut live = app.follow();
    while live.changed().await.is_ok() {
        let Some(inner) = notifications.upgrade() else {
            return;
        };
        Notifications(inner).configure();
    }
}

/// Sends what is due to direct receivers, until the notifications are gone.
async fn tell(notifications: std::sync::Weak<Inner>) {
    loop {
        let Some(inner) = notifications.upgrade() else {
            return;
        };
        // Only this is held while nothing is to be done, so that the end is not held up.
        let changed = inner.changed.clone();
        let wait = Notifications(inner).begin();
        // At least a moment: what is due now was begun, or its receiver is busy.
        let wait = wait.max(Duration::from_millis(10));
        let _ = timeout(wait, changed.notified()).await;
    }
}

/// The server's time.
fn now(app: &App) -> Timestamp {
    let millis = i64::try_from(app.now_millis()).unwrap_or(i64::MAX);
    Timestamp::from_nanos(millis.saturating_mul(1_000_000))
}

/// Writes to the store, where there is one. After a failure what was sent may be sent again.
async fn write(
    store: Option<Store>,
    change: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error> + Send + 'static,
) {
    let Some(store) = store else {
        return;
    };
    // The store tells of a failure itself. It is also no result when the runtime ends.
    let _ = spawn_blocking(move || store.write(change)).await;
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
