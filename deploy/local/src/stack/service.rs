//! One part while the stack runs: it may be stopped and started again.

use std::net::SocketAddr;
use std::process::ExitStatus;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Part, StartError};
use crate::child::{Child, Program};
use crate::logs::NodeLog;
use crate::ready;

/// Longest time a part may take to become ready. Prometheus reads what it had
/// written before, which takes a while on a slow disk.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Service {
    pub(super) part: Part,
    pub(super) address: SocketAddr,
    /// Nothing where it is not installed.
    pub(super) program: Option<Program>,
    /// Nothing until it is started, and after it was stopped on purpose.
    child: Mutex<Option<Child>>,
}

impl Service {
    pub(super) fn new(part: Part, address: SocketAddr, program: Option<Program>) -> Service {
        Service {
            part,
            address,
            program,
            child: Mutex::default(),
        }
    }

    /// Starts it, in place of what may still run, and waits until it is ready.
    /// Does nothing where it is not installed.
    pub(super) fn start(
        &self,
        log: &Arc<NodeLog>,
        interrupted: &AtomicBool,
    ) -> Result<(), StartError> {
        let Some(program) = &self.program else {
            return Ok(());
        };
        self.stop();
        let part = self.part;
        let log = Arc::clone(log);
        let sink = Arc::new(move |line: &str| log.write(part.name(), line));
        let child =
            Child::spawn(program, sink).map_err(|source| StartError::Spawn { part, source })?;
        let url = format!("http://{}{}", self.address, part.health_path());
        let readiness = ready::wait(&url, &child, PATIENCE, interrupted);
        readiness.map_err(|reason| StartError::NotReady {
            part,
            reason,
            tail: child.tail(),
        })?;
        *self.lock() = Some(child);
        Ok(())
    }

    /// Stops it, and returns when it has ended.
    pub(super) fn stop(&self) {
        // Taken in a statement of its own: the lock is not held while the
        // process takes its time.
        let child = self.lock().take();
        drop(child);
    }

    /// Calls `act` with the process, if one was started.
    pub(super) fn with<T>(&self, act: impl FnOnce(&Child) -> T) -> Option<T> {
        self.lock().as_ref().map(act)
    }

    /// How it ended and what it said last, if it ended by itself. Told once.
    pub(super) fn take_end(&self) -> Option<(ExitStatus, Vec<String>)> {
        let mut child = self.lock();
        let status = child.as_ref()?.status()?;
        let tail = child.take()?.tail();
        Some((status, tail))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
