//! Notices that the configuration should be read again: files that changed, and SIGHUP.
//!
//! The system's notices only say when to look; what decides is whether size, time or identity of
//! a file changed, seen through symbolic links. So it does not matter how a file is replaced:
//! written in place, renamed over, or swapped by Kubernetes, which turns one link of a mounted
//! ConfigMap. Without such notices, as on network disks, looking now and then is enough.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::App;

/// How often to look when the system tells nothing.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// How long nothing must happen before a look, so that a file is not read half written.
const QUIET: Duration = Duration::from_millis(100);

/// Files that are written to without an end are looked at nevertheless.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// Folders below the configuration directory that deep are looked into.
const MAX_DEPTH: usize = 3;

/// Reloads at each change of a file and at each SIGHUP. Runs until dropped.
pub async fn run(app: App) {
    tokio::join!(reload_at_changes(&app), reload_at_hangup(&app));
}

async fn reload_at_changes(app: &App) {
    let dir = app.config_dir();
    let hint = Arc::new(Notify::new());
    let watcher = notices(&dir, hint.clone());
    if !dir.is_dir() {
        tracing::info!(
            "there is no directory {}: defaults hold until there is one",
            dir.display()
        );
    } else if let Err(error) = &watcher {
        tracing::info!(%error, "the system does not tell of changed files: looking every {LOOK_INTERVAL:?}");
    }
    let mut seen = look(app, &dir).await;
    // What changed after the start and before this look.
    app.reload().await;
    loop {
        if timeout(LOOK_INTERVAL, hint.notified()).await.is_ok() {
            settle(&hint).await;
        }
        let now = look(app, &dir).await;
        if now != seen {
            seen = now;
            reload(app, "files changed").await;
        }
    }
}

/// Waits until no further notice comes for a moment.
async fn settle(hint: &Notify) {
    let end = Instant::now() + MAX_WAIT;
    loop {
        tokio::select! {
            () = hint.notified() => {}
            () = sleep(QUIET) => return,
            () = sleep_until(end) => return,
        }
    }
}

#[cfg(unix)]
async fn reload_at_hangup(app: &App) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut signals) = signal(SignalKind::hangup()) else {
        return;
    };
    while signals.recv().await.is_some() {
        reload(app, "SIGHUP").await;
    }
}

#[cfg(not(unix))]
async fn reload_at_hangup(_: &App) {}

async fn reload(app: &App, reason: &str) {
    let live = app.reload().await;
    let faults = live.config.faults.len();
    tracing::info!(reason, faults, "configuration read");
}

/// Has the system tell of changes below the directory, until the watcher is dropped.
fn notices(dir: &Path, hint: Arc<Notify>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Looking opens folders, and must not be the reason to look again.
        if !event.is_ok_and(|it| it.kind.is_access()) {
            hint.notify_one();
        }
    })?;
    watcher.watch(dir, RecursiveMode::Recursive)?;
    Ok(watcher)
}

/// What tells one version of a file from the next.
type Version = (u64, Option<SystemTime>, u64);

/// All files that the configuration is made of, as they are now.
async fn look(app: &App, dir: &Path) -> BTreeMap<PathBuf, Version> {
    let (dir, live) = (dir.to_owned(), app.live());
    let look = move || {
        let mut seen = BTreeMap::new();
        add_folder(&dir, MAX_DEPTH, &mut seen);
        for file in live.config.files_named(&dir) {
            add(&file, &mut seen);
        }
        seen
    };
    // Fails only when the runtime ends.
    tokio::task::spawn_blocking(look).await.unwrap_or_default()
}

fn add_folder(folder: &Path, depth: usize, seen: &mut BTreeMap<PathBuf, Version>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        // A mounted ConfigMap holds every file again in `..data` and its like.
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if path.is_dir() {
            if depth > 1 {
                add_folder(&path, depth - 1, seen);
            }
        } else {
            add(&path, seen);
        }
    }
}

fn add(file: &Path, seen: &mut BTreeMap<PathBuf, Version>) {
    if let Ok(metadata) = fs::metadata(file) {
        let version = (
            metadata.len(),
            metadata.modified().ok(),
            identity(&metadata),
        );
        seen.insert(file.to_owned(), version);
    }
}

#[cfg(unix)]
fn identity(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn identity(_: &fs::Metadata) -> u64 {
    0
}
