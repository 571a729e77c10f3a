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
        let looked = match ready {
            Ok(ready) => look(ready, &ingest, &stop).await,
            Err(error) => Err(error),
        };
        match looked {
            Ok(again) => {
                reader = Some(again);
                is_told = false;
            }
            // Begins again from what was saved.
            Err(error) if !is_told => {
                is_told = true;
                tracing::warn!(%error, "files cannot be followed");
            }
            Err(_) => {}
        }
    }
}

/// Takes over what is new, until nothing is or `stop` says so.
async fn look(
    mut reader: Reader,
    ingest: &Ingest,
    stop: &watch::Receiver<bool>,
) -> io::Result<Reader> {
    loop {
        let now = ingest.now();
        let (read, batch) = spawn_blocking(move || {
            let batch = reader.read(now);
            (reader, batch)
        })
        .await
        .map_err(io::Error::other)?;
        reader = read;
        let is_more = batch.n_lines() > 0;
        if is_more {
            ingest
                .submit(batch)
                .await
                .done()
                .await
                .map_err(io::Error::other)?;
        }
        reader = spawn_blocking(move || reader.confirm().map(|()| reader))
            .await
            .map_err(io::Error::other)??;
        if !is_more || *stop.borrow() {
            return Ok(reader);
        }
    }
}

/// What stands for the process when a source names none.
fn process_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split('.').find(|it| !it.is_empty());
    stem.unwrap_or("unknown").to_owned()
}
