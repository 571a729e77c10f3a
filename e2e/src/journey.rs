//! A test from opening the browser to the last look at its console.

use std::panic::{AssertUnwindSafe, resume_unwind};

use anyhow::{Context, anyhow};
use futures_util::FutureExt;
use thirtyfour::WebDriver;
use venti_local::Running;

use crate::artifacts::keep;
use crate::browser::Browser;
use crate::{chromedriver, console, world};

/// Runs `steps` in a fresh browser on the stack that all journeys share, and
/// then fails if the console has warnings or errors that were not expected.
///
/// When the journey called `name` fails, `artifacts/failed-<name>.png` shows
/// the page as it was, and `artifacts/failed-<name>.txt` its console.
pub async fn journey(
    name: &str,
    steps: impl AsyncFnOnce(&Browser) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    journey_on(world::stack()?, name, steps).await
}

/// Like [`journey`], on a stack of one's own.
pub async fn journey_on(
    stack: &Running,
    name: &str,
    steps: impl AsyncFnOnce(&Browser) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let profile = tempfile::tempdir().context("could not make a browser profile")?;
    let driver = chromedriver::open(profile.path()).await?;
    let outcome = driver.run_and_quit(async |driver: WebDriver| {
        let browser = Browser::new(driver.clone(), stack).await?;
        let outcome = AssertUnwindSafe(steps(&browser)).catch_unwind().await;
        let complaints = console::complaints(&driver, &browser.expected_complaints()).await?;
        let verdict = match outcome {
            Ok(Ok(())) => console::ensure_none(&complaints),
            Ok(Err(error)) => Err(error),
            Err(panic) => {
                keep_evidence(&driver, name, &complaints).await.ok();
                resume_unwind(panic)
            }
        };
        if verdict.is_err() {
            keep_evidence(&driver, name, &complaints).await.ok();
        }
        verdict
    });
    outcome.await.map_err(|error| match error {
        thirtyfour::WebDriverRunError::Body(error) => error,
        other => anyhow!("{other}"),
    })
}

async fn keep_evidence(
    driver: &WebDriver,
    name: &str,
    complaints: &[String],
) -> anyhow::Result<()> {
    keep(
        &format!("failed-{name}.txt"),
        complaints.join("\n").as_bytes(),
    )?;
    keep(
        &format!("failed-{name}.png"),
        &driver.screenshot_as_png().await?,
    )?;
    Ok(())
}
