//! What a data directory needs again and again: rotation, compression, and a
//! look at the times in its newest files.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::task::spawn_blocking;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::compress::{Compression, Compressor};
use crate::rotate::{Retention, Rotation, preview, rotate};
use crate::search::Cancel;

use super::prepare::Preparation;
use super::{CancelOnDrop, Lethe};

/// The hours whose times are known before anybody asks.
const PREPARED: TimeDelta = TimeDelta::days(1);

/// What is done regularly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maintenance {
    /// What may stay.
    pub retention: Retention,
    /// How long after its end an hour is packed; zero packs none.
    pub compress_after: Duration,
    /// The time between two looks.
    pub pause: Duration,
}

impl Lethe {
    /// Rotates, packs and learns the times in files of the last day regularly,
    /// and never ends; dropping the future ends what is under way. Failures are
    /// logged and tried again the next time.
    ///
    /// The first rotation waits for one pause, and what it will delete is said
    /// in the log before: whoever started this with the wrong directory or
    /// retention can still stop it.
    pub async fn maintain(&self, maintenance: Maintenance) {
        tokio::join!(
            self.prepare(maintenance.pause),
            self.rotate(maintenance),
            self.compress(maintenance)
        );
        // Only what is not wanted ends.
        pending().await
    }

    async fn prepare(&self, pause: Duration) {
        let mut ticks = ticks(pause);
        loop {
            ticks.tick().await;
            let now = self.now();
            let cancel = Cancel::at(None);
            let _guard = CancelOnDrop(cancel.clone());
            let preparation = Preparation {
                root: self.options.root.clone(),
                index: Arc::clone(&self.index),
                from: now - PREPARED,
                upto: now,
            };
            if let Err(error) = spawn_blocking(move || preparation.run(&cancel)).await {
                tracing::error!(%error, "learning the times in files failed");
            }
        }
    }

    async fn rotate(&self, maintenance: Maintenance) {
        let Maintenance {
            retention, pause, ..
        } = maintenance;
        if retention == Retention::default() {
            return;
        }
        let mut ticks = ticks(pause);
        ticks.tick().await;
        let (root, now) = (self.options.root.clone(), self.now());
        if let Ok(rotation) = spawn_blocking(move || preview(&root, retention, now)).await {
            announce(&rotation, pause);
        }
        loop {
            ticks.tick().await;
            let (root, now) = (self.options.root.clone(), self.now());
            match spawn_blocking(move || rotate(&root, retention, now)).await {
                Ok(rotation) => {
                    self.metrics.rotated(&rotation);
                    log_rotation(&rotation);
                }
                Err(error) => tracing::error!(%error, "rotation failed"),
            }
        }
    }

    async fn compress(&self, maintenance: Maintenance) {
        if maintenance.compress_after.is_zero() {
            return;
        }
        let mut ticks = ticks(maintenance.pause);
        let mut compressor = Compressor::new(self.options.root.clone(), maintenance.compress_after);
        loop {
            ticks.tick().await;
            let now = self.now();
            let cancel = Cancel::at(None);
            let _guard = CancelOnDrop(cancel.clone());
            let running = spawn_blocking(move || {
                let compression = compressor.run(now, &cancel);
                (compressor, compression)
            });
            match running.await {
                Ok((again, compression)) => {
                    compressor = again;
                    self.metrics.compressed(&compression);
                    log_compression(&compression);
                }
                Err(error) => {
                    tracing::error!(%error, "compression failed");
                    return;
                }
            }
        }
    }
}

fn ticks(pause: Duration) -> Interval {
    let mut ticks = interval(pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn announce(rotation: &Rotation, pause: Duration) {
    let (Some(oldest), Some(newest)) = (rotation.deleted.first(), rotation.deleted.last()) else {
        return;
    };
    tracing::warn!(
        files = rotation.deleted.len(),
        bytes = rotation.deleted_bytes,
        ?oldest,
        ?newest,
        "log files beyond the retention are deleted in {pause:?}; \
         stop now and raise retention.time or retention.size to keep them"
    );
}

fn log_rotation(rotation: &Rotation) {
    for path in rotation.deleted.iter().chain(&rotation.pruned) {
        tracing::info!(?path, "deleted");
    }
    for (path, error) in &rotation.failed {
        tracing::warn!(?path, %error, "cannot rotate");
    }
}

fn log_compression(compression: &Compression) {
    for path in &compression.packed {
        tracing::info!(?path, "packed");
    }
    for (path, error) in &compression.failed {
        tracing::warn!(?path, %error, "cannot pack");
    }
}
