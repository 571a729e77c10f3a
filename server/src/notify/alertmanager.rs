//! One Alertmanager: its queue, and the loop that empties it.
//!
//! Alerts go in batches. What does not arrive goes back into the queue and is tried again, each
//! time after a longer pause, until something newer is known of it or it has expired. A batch
//! that is refused for what is in it is sent alert by alert, once, to find the culprit:
//! Alertmanager stores the others anyway.

mod queue;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use tokio::sync::Notify;
use tokio::time::Instant;
use venti_alert::message::PostableAlert;
use venti_alert::relabel::{Relabel, relabel};

use super::outbox;
use super::target::{Outcome, Target, excerpt};
use crate::App;
use crate::alerting::{Notice, Store};

pub(super) use queue::Entry;
use queue::{Batch, Queue};

/// As Prometheus'.
const CAPACITY: usize = 10_000;

/// As Prometheus' up to 3.3.
const BATCH: usize = 64;

/// For how long the end of an alert is worth telling.
const RESOLVED_FOR: Duration = Duration::from_secs(15 * 60);

/// The pauses between attempts double from the first to the second of these.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// One Alertmanager; clones share it.
#[derive(Clone, Debug)]
pub(super) struct Alertmanager(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    app: App,
    store: Option<Store>,
    queue: Mutex<Queue>,
    /// Which way it is reached, as configured last.
    reached: Mutex<Reached>,
    /// Something was put into the queue, or the server ends.
    woken: Notify,
    /// Nothing is queued or under way.
    idle: Notify,
}

/// How an Alertmanager is reached, and what it gets.
#[derive(Clone, Debug)]
pub(super) struct Reached {
    pub(super) target: Target,
    pub(super) steps: Vec<Relabel>,
}

impl Alertmanager {
    pub(super) fn new(name: String, reached: Reached, app: App, store: Option<Store>) -> Self {
        app.metrics().alertmanager_queue(&name, 0, CAPACITY);
        Self(Arc::new(Inner {
            name,
            app,
            store,
            queue: Mutex::new(Queue::new(CAPACITY)),
            reached: Mutex::new(reached),
            woken: Notify::new(),
            idle: Notify::new(),
        }))
    }

    /// As it is written in the configuration.
    pub(super) fn name(&self) -> &str {
        &self.0.name
    }

    /// Which way it is reached.
    pub(super) fn reached(&self) -> Reached {
        lock(&self.0.reached).clone()
    }

    /// Takes over what the configuration says now.
    pub(super) fn configure(&self, reached: Reached) {
        *lock(&self.0.reached) = reached;
    }

    /// What of a notice it gets; `None` when its relabelling drops that.
    pub(super) fn entry(&self, notice: &Notice, message: &PostableAlert) -> Option<Entry> {
        let labels = relabel(&message.labels, &lock(&self.0.reached).steps)?;
        let ends = super::alert::time(&message.ends_at).unwrap_or(notice.at);
        Some(Entry {
            fingerprint: notice.fingerprint,
            at: notice.at,
            message: PostableAlert {
                labels,
                ..message.clone()
            },
            expires: match notice.resolved_at {
                Some(_) => notice.at.plus(RESOLVED_FOR),
                None => ends,
            },
        })
    }

    /// Queues alerts.
    pub(super) fn push(&self, entries: impl IntoIterator<Item = Entry>) {
        let dropped: Vec<Entry> = {
            let mut queue = lock(&self.0.queue);
            entries
                .into_iter()
                .filter_map(|it| queue.push(it))
                .collect()
        };
        self.drop(&dropped, "the queue is full");
        self.measure();
        self.0.woken.notify_one();
    }

    /// What is queued.
    pub(super) fn waiting(&self) -> Vec<Entry> {
        lock(&self.0.queue).waiting().cloned().collect()
    }

    /// Resolves once nothing is queued or under way.
    pub(super) async fn drained(&self) {
        loop {
            let idle = self.0.idle.notified();
            self.0.woken.notify_one();
            if lock(&self.0.queue).is_idle() {
                return;
            }
            idle.await;
        }
    }

    /// Sends what is queued, until dropped.
    pub(super) async fn run(self) {
        let mut pause = PAUSES.0;
        loop {
            let woken = self.0.woken.notified();
            let now = super::now(&self.0.app);
            let (batch, expired) = lock(&self.0.queue).take(BATCH, now);
            self.drop(&expired, "it expired before it could be sent");
            self.forget(expired).await;
            if batch.0.is_empty() {
                self.0.idle.notify_waiters();
                woken.await;
                continue;
            }
            let target = lock(&self.0.reached).target.clone();
            match self.send(&target, batch).await {
                None => pause = PAUSES.0,
                Some(wait) => {
                    self.0.idle.notify_waiters();
                    tokio::time::sleep(wait.unwrap_or(pause)).await;
                    pause = (2 * pause).min(PAUSES.1);
                }
            }
        }
    }

    /// Sends a batch. What did not arrive is queued again; then it says how long to wait, if the
    /// Alertmanager says so.
    async fn send(&self, target: &Target, batch: Batch) -> Option<Option<Duration>> {
        match self.post(target, &batch).await {
            Outcome::Done(_) => {
                self.sent(batch).await;
                None
            }
            Outcome::Refused { status, .. } if is_about_content(status) && batch.0.len() > 1 => {
                self.send_one_by_one(target, batch).await
            }
            Outcome::Refused { status, body } if is_about_content(status) => {
                self.refused(batch, status, &body).await;
                None
            }
            Outcome::Refused { status, body } => {
                let reason = format!("answers {}: {}", status.as_u16(), excerpt(&body));
                self.put_back(batch, &reason);
                Some(None)
            }
            Outcome::Later { reason, wait } => {
                self.put_back(batch, &reason);
                Some(wait)
            }
        }
    }

    async fn send_one_by_one(&self, target: &Target, batch: Batch) -> Option<Option<Duration>> {
        let mut later = None;
        for one in batch.0 {
            let one = Batch(vec![one]);
            match self.post(target, &one).await {
                Outcome::Done(_) => self.sent(one).await,
                Outcome::Refused { status, body } if is_about_content(status) => {
                    self.refused(one, status, &body).await;
                }
                Outcome::Refused { status, .. } => {
                    self.put_back(one, &format!("answers {}", status.as_u16()));
                    later = Some(None);
                }
                Outcome::Later { reason, wait } => {
                    self.put_back(one, &reason);
                    later = Some(wait);
                }
            }
        }
        later
    }

    async fn post(&self, target: &Target, batch: &Batch) -> Outcome {
        let messages: Vec<&PostableAlert> = batch.0.iter().map(|(_, it)| &it.message).collect();
        let body = match serde_json::to_vec(&messages) {
            Ok(body) => Bytes::from(body),
            Err(error) => {
                let body = error.to_string();
                let status = StatusCode::BAD_REQUEST;
                return Outcome::Refused { status, body };
            }
        };
        let began = Instant::now();
        let target = target.below("alerts");
        let outcome = target.post(body, HeaderMap::new()).await;
        let metrics = self.0.app.metrics();
        metrics.notification_took(&self.0.name, began.elapsed());
        match outcome {
            Outcome::Done(_) => metrics.notifications_sent(&self.0.name, batch.0.len()),
            _ => metrics.notifications_failed(&self.0.name, batch.0.len()),
        }
        outcome
    }

    async fn sent(&self, batch: Batch) {
        // Only what is forgotten on disk is done: else it could be sent again after a restart.
        self.forget(batch.0.iter().map(|(_, it)| it.clone()).collect())
            .await;
        lock(&self.0.queue).settle(&batch);
        self.measure();
    }

    /// The culprit of a batch, or one of them.
    async fn refused(&self, batch: Batch, status: StatusCode, body: &str) {
        for (_, entry) in &batch.0 {
            let name = entry.message.labels.get("alertname").unwrap_or_default();
            tracing::error!(
                alertmanager = self.0.name, alert = name, fingerprint = %entry.fingerprint,
                status = status.as_u16(), answer = excerpt(body), "an Alertmanager refuses an alert"
            );
        }
        let metrics = self.0.app.metrics();
        metrics.notifications_dropped(&self.0.name, batch.0.len());
        self.sent(batch).await;
    }

    fn put_back(&self, batch: Batch, reason: &str) {
        tracing::warn!(
            alertmanager = self.0.name,
            alerts = batch.0.len(),
            reason,
            "alerts cannot be sent to an Alertmanager now"
        );
        let dropped = lock(&self.0.queue).put_back(batch);
        self.drop(&dropped, "the queue is full");
        self.measure();
    }

    fn drop(&self, entries: &[Entry], reason: &str) {
        if !entries.is_empty() {
            let metrics = self.0.app.metrics();
            metrics.notifications_dropped(&self.0.name, entries.len());
            tracing::warn!(
                alertmanager = self.0.name,
                alerts = entries.len(),
                reason,
                "alerts are not sent"
            );
        }
    }

    /// Forgets on disk what needs not be sent after a restart.
    async fn forget(&self, entries: Vec<Entry>) {
        if entries.is_empty() {
            return;
        }
        let name = self.0.name.clone();
        super::write(self.0.store.clone(), move |it| {
            outbox::unqueue(it, &name, &entries)
        })
        .await;
    }

    fn measure(&self) {
        let length = lock(&self.0.queue).len();
        let metrics = self.0.app.metrics();
        metrics.alertmanager_queue(&self.0.name, length, CAPACITY);
    }
}

/// Whether other alerts of the same batch may be fine.
fn is_about_content(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::PAYLOAD_TOO_LARGE
    )
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
