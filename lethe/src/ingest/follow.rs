//! Follows local files, for a single machine without a log forwarder.
//!
//! Files are looked at twice a second: that works on every file system, and
//! rotation by renaming or by truncating needs the look anyway. A line counts
//! once its line break is there, and has the time at which it was read.
//!
//! The first time that a pattern is followed, its files are read from their
//! end, since nobody knows how old their lines are. How far each was read is
//! saved once the lines are on disk, so a restart goes on where it was, in
//! files that were renamed meanwhile too. After a crash between the two, the
//! last lines are there twice.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

use super::Ingest;

mod file;
mod positions;
mod reader;

pub use reader::Reader;

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// Files to follow, and in whose name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// A path in which `*`, `?`, `[…]` and `**` stand for others, as in a shell.
    pub pattern: String,
    /// The node of the lines.
    pub node: String,
    /// The process of the lines; where it is missing, the name of the file
    /// without what follows its first dot.
    pub process: Option<String>,
}

/// Writes each new line of the files until `stop` says so or its sender is
/// gone. Positions are kept below `root`.
pub async fn follow(
    root: PathBuf,
    sources: Vec<Source>,
    ingest: Ingest,
    mut stop: watch::Receiver<bool>,
) {
    let mut ticks = interval(PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut reader = None;
    let mut is_told = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        let ready = match reader.take() {
            Some(reader) => Ok(reader),
            None => Reader::open(&root, sources.clone()),
        };
        let outcome = match ready {
            Ok(ready) => {
                let (ready, outcome) = look(ready, &ingest, &stop).await;
                reader = ready;
                outcome
            }
            Err(error) => Err(error),
        };
        match outcome {
            Ok(()) => is_told = false,
            Err(error) if !is_told => {
                is_told = true;
                tracing::warn!(%error, "files cannot be followed");
            }
            Err(_) => {}
        }
    }
}

/// Takes over what is new, until nothing is or `stop` says so. The reader is
/// gone only if it has panicked.
async fn look(
    mut reader: Reader,
    ingest: &Ingest,
    stop: &watch::Receiver<bool>,
) -> (Option<Reader>, io::Result<()>) {
    loop {
        let now = ingest.now();
        let reading = spawn_blocking(move || {
            let batch = reader.read(now);
            (reader, batch)
        });
        let batch = match reading.await {
            Ok((read, batch)) => {
                reader = read;
                batch
            }
            Err(error) => return (None, Err(io::Error::other(error))),
        };
        let is_more = batch.n_lines() > 0;
        if is_more && let Err(error) = ingest.submit(batch).await.done().await {
            reader.retract();
            return (Some(reader), Err(io::Error::other(error)));
        }
        let confirming = spawn_blocking(move || {
            let confirmed = reader.confirm();
            (reader, confirmed)
        });
        match confirming.await {
            Ok((confirmed, Ok(()))) => reader = confirmed,
            Ok((confirmed, Err(error))) => return (Some(confirmed), Err(error)),
            Err(error) => return (None, Err(io::Error::other(error))),
        }
        if !is_more || *stop.borrow() {
            return (Some(reader), Ok(()));
        }
    }
}

/// What stands for the process when a source names none.
fn process_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split('.').find(|it| !it.is_empty());
    stem.unwrap_or("unknown").to_owned()
}
