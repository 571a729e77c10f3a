//! Lines of processes and of the journal become rows of Lethe's hour files:
//! `node/<host>/<YYYY-MM-DD_HH>.log`, as Fluent Bit writes them on a node of a
//! cluster. Nothing is invented: what is in the files, a process has said.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::Utc;
use lethe::ingest::journal;
use lethe::store::{LogWriter, Record};

use crate::child::Program;

/// Writes rows that carry the time of their arrival.
#[derive(Debug)]
pub struct NodeLog {
    writer: LogWriter,
    node: String,
    complained: AtomicBool,
}

impl NodeLog {
    /// Writes below `root`, the directory that Lethe searches, in the name of
    /// the machine called `node`.
    pub fn open(root: &Path, node: String) -> io::Result<NodeLog> {
        Ok(NodeLog {
            writer: LogWriter::open(root)?,
            node,
            complained: AtomicBool::new(false),
        })
    }

    /// The machine in whose name rows are written.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// Adds what `process` of this machine said.
    pub fn write(&self, process: &str, message: &str) {
        self.write_for(&self.node, process, message);
    }

    /// Adds what the journal tells, which knows its host by itself.
    pub fn write_entry(&self, entry: &journal::Entry) {
        let node = entry.host.as_deref().unwrap_or(&self.node);
        self.write_for(node, &entry.process, &entry.message);
    }

    /// A lost row must not end the process that wrote it, and a full disk must
    /// not fill the terminal: the first failure is reported, the rest is not.
    fn write_for(&self, node: &str, process: &str, message: &str) {
        let record = Record::Node { node, process };
        if let Err(error) = self.writer.append(&record, Utc::now(), message)
            && !self.complained.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "log lines are being lost"
            );
        }
    }
}

/// `journalctl`, following from now on: [`journal::entry`] reads what it prints.
pub fn journalctl() -> Option<Program> {
    let path = crate::find::program(&["journalctl"])?;
    let args = ["--follow", "--lines=0", "--output=json", "--quiet"];
    Some(Program {
        name: "journalctl".to_owned(),
        path,
        args: args.map(Into::into).to_vec(),
    })
}
