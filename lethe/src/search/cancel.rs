//! Ways to end a scan early.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Why a scan ended before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Interrupted {
    /// The deadline passed.
    #[error("query timed out in expression evaluation")]
    TimedOut,
    /// Nobody waits for the answer any more.
    #[error("query was canceled in expression evaluation")]
    Canceled,
}

/// A deadline and a switch, shared between a scan and whoever waits for it.
#[derive(Debug, Clone)]
pub struct Cancel {
    deadline: Option<Instant>,
    is_canceled: Arc<AtomicBool>,
}

impl Cancel {
    /// Ends a scan at `deadline`, or when [`Cancel::cancel`] is called.
    pub fn at(deadline: Option<Instant>) -> Cancel {
        Cancel {
            deadline,
            is_canceled: Arc::default(),
        }
    }

    /// Ends the scan at its next look at this.
    pub fn cancel(&self) {
        self.is_canceled.store(true, Ordering::Relaxed);
    }

    /// An error once the scan should end.
    pub fn check(&self) -> Result<(), Interrupted> {
        if self.is_canceled.load(Ordering::Relaxed) {
            return Err(Interrupted::Canceled);
        }
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(Interrupted::TimedOut),
            _ => Ok(()),
        }
    }
}
