//! Waits until a program answers its health endpoint.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::child::Child;

/// Pause between two questions; a start is noticed this much too late at most.
const PAUSE: Duration = Duration::from_millis(25);

/// Longest time one question may take.
const ANSWER: Duration = Duration::from_secs(2);

/// Why a program did not become ready.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// It ended before it answered.
    #[error("it ended with {status}")]
    Ended {
        /// How it ended.
        status: String,
    },
    /// It runs, but did not answer with success in time.
    #[error("{url} did not answer with success within {} s, but: {last}", waited.as_secs())]
    Late {
        /// The health endpoint.
        url: String,
        /// How long was waited.
        waited: Duration,
        /// What came instead.
        last: String,
    },
    /// The caller does not want it any more.
    #[error("the start was interrupted")]
    Interrupted,
}

/// Asks `url` until it answers 200, for `deadline` at most. Stops early when
/// `child` has ended or `interrupted` is set.
pub fn wait(
    url: &str,
    child: &Child,
    deadline: Duration,
    interrupted: &AtomicBool,
) -> Result<(), NotReady> {
    let agent = agent();
    let start = Instant::now();
    loop {
        let last = match agent.get(url).call() {
            Ok(answer) if answer.status() == 200 => return Ok(()),
            Ok(answer) => answer.status().to_string(),
            Err(error) => error.to_string(),
        };
        if let Some(status) = child.status() {
            let status = status.to_string();
            return Err(NotReady::Ended { status });
        }
        if interrupted.load(Ordering::Relaxed) {
            return Err(NotReady::Interrupted);
        }
        if start.elapsed() >= deadline {
            let (url, waited) = (url.to_owned(), deadline);
            return Err(NotReady::Late { url, waited, last });
        }
        thread::sleep(PAUSE);
    }
}

/// A client for loopback: a proxy from the environment would never reach it.
fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(ANSWER))
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into()
}
