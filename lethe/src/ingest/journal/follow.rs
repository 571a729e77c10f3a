//! Follows the journal of this machine with `journalctl`.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{ChildStdout, Command};
use tokio::sync::watch;
use tokio::time::sleep;

use super::{Entry, entry};
use crate::ingest::saved::Saved;
use crate::ingest::{Ingest, Refusal};
use crate::store::{Batch, Record};

/// Entries that are written together, when so many are there.
const MAX_ENTRIES: usize = 1_000;
/// Bytes after which they are written even so.
const MAX_BYTES: usize = 4 << 20;
/// How long to wait before `journalctl` is started again.
const PAUSE: Duration = Duration::from_secs(5);

/// Writes each entry of the journal as a line of its node, until `stop` says so
/// or its sender is gone. `node` stands in for hosts that entries do not name. The first time it
/// begins with what is new, later where it was: the place is kept below `root`
/// once the lines are on disk.
pub async fn follow(root: &Path, node: &str, ingest: Ingest, mut stop: watch::Receiver<bool>) {
    let saved = Saved::new(root, "journal.json");
    let mut cursor = None;
    loop {
        let outcome = match saved.load::<String>() {
            Ok(before) => {
                // What was not saved is known all the same.
                cursor = cursor.or(before);
                follow_once(&mut cursor, &saved, node, &ingest, &mut stop).await
            }
            Err(error) => Err(error),
        };
        match outcome {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "the journal cannot be followed"),
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

async fn follow_once(
    cursor: &mut Option<String>,
    saved: &Saved,
    node: &str,
    ingest: &Ingest,
    stop: &mut watch::Receiver<bool>,
) -> io::Result<()> {
    let mut child = Command::new("journalctl")
        .args(["--follow", "--all", "--output=json", "--quiet"])
        .arg(match cursor {
            Some(cursor) => format!("--after-cursor={cursor}"),
            None => "--lines=0".to_owned(),
        })
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let Some(output) = child.stdout.take() else {
        return Err(io::Error::other("journalctl has no output"));
    };
    let mut output = Entries::new(output);
    loop {
        let entries = tokio::select! {
            entries = output.next() => entries?,
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        };
        let Some(entries) = entries else { break };
        let mut batch = Batch::default();
        for entry in &entries {
            let record = Record::Node {
                node: entry.host.as_deref().unwrap_or(node),
                process: &entry.process,
            };
            let time = entry.time.unwrap_or_else(|| ingest.now());
            if let Err(error) = batch.push(&record, time, entry.message.as_bytes()) {
                ingest.counters().refuse(Refusal::from(error));
            }
        }
        ingest
            .submit(batch)
            .await
            .done()
            .await
            .map_err(io::Error::other)?;
        let last = entries.into_iter().rev().find_map(|it| it.cursor);
        if last.is_some() {
            *cursor = last;
            saved.save(cursor)?;
        }
    }
    let status = child.wait().await?;
    Err(io::Error::other(format!("journalctl ended with {status}")))
}

/// What `journalctl` prints.
struct Entries {
    output: BufReader<ChildStdout>,
    line: Vec<u8>,
}

impl Entries {
    fn new(output: ChildStdout) -> Entries {
        Entries {
            output: BufReader::new(output),
            line: Vec::new(),
        }
    }

    /// Waits for an entry and takes those that are there already. Nothing at
    /// the end.
    async fn next(&mut self) -> io::Result<Option<Vec<Entry>>> {
        let mut entries = Vec::new();
        let mut n_bytes = 0;
        loop {
            let read = self.output.read_until(b'\n', &mut self.line);
            let len = if entries.is_empty() {
                read.await?
            } else {
                // What was read of a line so far stays in `line`.
                match read.now_or_never() {
                    Some(read) => read?,
                    None => return Ok(Some(entries)),
                }
            };
            if len == 0 && self.line.is_empty() {
                return Ok((!entries.is_empty()).then_some(entries));
            }
            n_bytes += self.line.len();
            entries.extend(entry(&String::from_utf8_lossy(&self.line)));
            self.line.clear();
            if entries.len() >= MAX_ENTRIES || n_bytes > MAX_BYTES {
                return Ok(Some(entries));
            }
        }
    }
}
