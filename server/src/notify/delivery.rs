//! What becomes of a message, and how fast messages follow each other.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::groups::Posted;

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// It arrived, and perhaps it can be changed later.
    Sent(Option<Posted>),
    /// It may arrive later.
    Later {
        reason: String,
        /// How long the receiver wants to be left alone.
        wait: Option<Duration>,
    },
    /// It never will.
    Refused(String),
}

/// One message a second, as Slack wants it for each channel.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<Option<Instant>>);

impl Pace {
    /// Resolves when it is the caller's turn.
    pub(super) async fn turn(&self) {
        let at = {
            let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let at = next.map_or_else(Instant::now, |it| it.max(Instant::now()));
            *next = Some(at + Duration::from_secs(1));
            at
        };
        if at > Instant::now() {
            sleep_until(at).await;
        }
    }
}
