//! Waiting for something that happens by itself.

use std::time::Duration;

use anyhow::bail;
use tokio::time::{Instant, sleep};

/// Far more than anything here takes. Only what is broken waits so long.
const DEADLINE: Duration = Duration::from_secs(30);

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Calls `look` until it finds something, and gives that. A failure counts as
/// "not yet", since a page may change while it is being read; the last one is
/// part of the error when the deadline of 30 s has passed.
pub async fn eventually<T>(
    what: &str,
    mut look: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let start = Instant::now();
    loop {
        let failure = match look().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if start.elapsed() >= DEADLINE {
            match failure {
                Some(error) => return Err(error.context(format!("waited in vain until {what}"))),
                None => bail!("waited in vain until {what}"),
            }
        }
        sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn failures_and_emptiness_mean_not_yet() {
        let mut looks = 0;
        let found = eventually("it is there", async || {
            looks += 1;
            match looks {
                1 => Ok(None),
                2 => bail!("the page changed"),
                _ => Ok(Some(looks)),
            }
        });
        assert_eq!(found.await.unwrap(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_names_what_was_awaited_and_the_last_failure() {
        let never = eventually::<()>("pigs fly", async || bail!("no wings"));
        let text = format!("{:#}", never.await.unwrap_err());
        assert_eq!(text, "waited in vain until pigs fly: no wings");
    }
}
