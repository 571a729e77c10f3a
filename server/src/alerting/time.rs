//! The clock of evaluation, and noticing that it was set.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use venti_alert::Timestamp;

use crate::app::{Clock, unix_seconds};

/// A wait is looked over this often, so that a clock that was set is noticed soon.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Clocks drift and are corrected by this much without anybody setting them.
const TOLERANCE_NANOS: i64 = 5_000_000_000;

/// What two clocks say at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The clock on the wall, which may be set.
    pub wall: Timestamp,
    /// A clock that only runs, since some beginning.
    pub run: Duration,
}

impl Moment {
    /// By how many nanoseconds the clock on the wall was set since `before`; nothing for as
    /// little as clocks are corrected by all the time.
    pub(super) fn jump_since(self, before: Self) -> Option<i64> {
        let wall = self.wall.nanos().saturating_sub(before.wall.nanos());
        let run = self.run.saturating_sub(before.run).as_nanos();
        let jump = wall.saturating_sub(i64::try_from(run).unwrap_or(i64::MAX));
        (jump.saturating_abs() > TOLERANCE_NANOS).then_some(jump)
    }
}

/// Tells the time and waits for it.
#[derive(Clone, Debug)]
pub enum Time {
    /// The machine's.
    System {
        /// The clock on the wall.
        clock: Clock,
        /// The beginning of the clock that only runs.
        began: Instant,
    },
    /// It passes when a test says so.
    Manual(watch::Receiver<Moment>),
}

impl Time {
    /// The machine's time.
    pub fn system(clock: Clock) -> Self {
        let began = Instant::now();
        Time::System { clock, began }
    }

    /// Now.
    pub(super) fn now(&self) -> Moment {
        match self {
            Time::System { clock, began } => Moment {
                wall: exact(*clock),
                run: began.elapsed(),
            },
            Time::Manual(moment) => *moment.borrow(),
        }
    }

    /// Resolves when `slot` has come, or when the clock was set since `before`.
    pub(super) async fn until(&self, slot: Timestamp, before: Moment) -> Moment {
        let has_come = |now: &Moment| now.wall >= slot || now.jump_since(before).is_some();
        match self {
            Time::System { .. } => loop {
                let now = self.now();
                if has_come(&now) {
                    return now;
                }
                sleep(slot.since(now.wall).min(LOOK_INTERVAL)).await;
            },
            Time::Manual(moment) => {
                let mut moment = moment.clone();
                let come = moment.wait_for(has_come).await.ok().map(|it| *it);
                match come {
                    Some(now) => now,
                    // Nobody lets time pass any more.
                    None => std::future::pending().await,
                }
            }
        }
    }
}

fn exact(clock: Clock) -> Timestamp {
    let since = clock().duration_since(std::time::UNIX_EPOCH);
    match since {
        Ok(since) => Timestamp::default().plus(since),
        Err(_) => Timestamp::from_seconds(unix_seconds(clock)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall: i64, run: u64) -> Moment {
        Moment {
            wall: Timestamp::from_nanos(wall * 1_000_000_000),
            run: Duration::from_secs(run),
        }
    }

    #[test]
    fn a_jump_is_what_the_running_clock_does_not_explain() {
        assert_eq!(at(160, 60).jump_since(at(100, 0)), None);
        assert_eq!(at(164, 60).jump_since(at(100, 0)), None);
        assert_eq!(at(170, 60).jump_since(at(100, 0)), Some(10_000_000_000));
        assert_eq!(at(40, 60).jump_since(at(100, 0)), Some(-120_000_000_000));
    }
}
