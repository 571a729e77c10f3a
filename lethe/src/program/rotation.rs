//! Rotation again and again.

use std::path::PathBuf;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

use crate::Clock;
use crate::rotate::{Retention, Rotation, rotate};

/// Rotates at once and then every `pause`, and never ends. Failures are logged
/// and tried again the next time.
pub async fn rotate_regularly(root: PathBuf, retention: Retention, pause: Duration, clock: Clock) {
    let mut ticks = interval(pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let (root, now) = (root.clone(), clock());
        match spawn_blocking(move || rotate(&root, retention, now)).await {
            Ok(rotation) => log(&rotation),
            Err(error) => tracing::error!(%error, "rotation failed"),
        }
    }
}

fn log(rotation: &Rotation) {
    for path in rotation.deleted.iter().chain(&rotation.pruned) {
        tracing::info!(?path, "deleted");
    }
    for (path, error) in &rotation.failed {
        tracing::warn!(?path, %error, "cannot rotate");
    }
}
