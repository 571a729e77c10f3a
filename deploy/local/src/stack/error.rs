//! Why a stack does not start.

use std::io;
use std::path::{Path, PathBuf};

use super::Part;
use crate::ready::NotReady;

/// Why a stack does not start. What had been started is stopped again.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The frontend or the configuration is not where it was said to be.
    #[error("the {what} directory {path} does not exist")]
    NoDirectory {
        /// Which one.
        what: &'static str,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The server has not been built.
    #[error("{0} does not exist; build it with `cargo build --package venti-server`")]
    NoServer(PathBuf),
    /// Another stack uses the same data.
    #[error("another local stack is running, stop it first: it holds {0}")]
    InUse(PathBuf),
    /// No port is left on loopback.
    #[error("found no free port on 127.0.0.1")]
    NoPort(#[source] io::Error),
    /// A file of the stack cannot be written.
    #[error("could not {action} {path}")]
    File {
        /// What was tried.
        action: &'static str,
        /// With which file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system refuses to start a program.
    #[error("could not start {}", part.name())]
    Spawn {
        /// Which program.
        part: Part,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A program was started and did not become ready.
    #[error("{} is not ready: {reason}{}", part.name(), last_words(tail))]
    NotReady {
        /// Which program.
        part: Part,
        /// What went wrong. It is part of the message, before the output.
        reason: NotReady,
        /// Its last lines of output, oldest first.
        tail: Vec<String>,
    },
}

impl StartError {
    pub(super) fn file(
        action: &'static str,
        path: &Path,
    ) -> impl FnOnce(io::Error) -> StartError + use<> {
        let path = path.to_owned();
        move |source| StartError::File {
            action,
            path,
            source,
        }
    }
}

/// The output of a program, as it follows a message about it.
pub(super) fn last_words(tail: &[String]) -> String {
    let lines: String = tail.iter().map(|line| format!("\n    {line}")).collect();
    if lines.is_empty() {
        return "; it wrote nothing".to_owned();
    }
    format!("; its last lines were:{lines}")
}
