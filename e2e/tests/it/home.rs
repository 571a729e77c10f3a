//! Somebody opens the address that `make run` printed.

use venti_e2e::{eventually, journey, oracle};

#[tokio::test]
async fn the_front_door_opens() -> anyhow::Result<()> {
    journey("home", async |browser| {
        browser.open("/").await?;
        eventually("the page has its title", async || {
            let title = browser.driver().title().await?;
            Ok(title.contains("Venti").then_some(()))
        })
        .await?;
        browser.screenshot("home").await
    })
    .await
}

#[tokio::test]
async fn everything_is_scraped() -> anyhow::Result<()> {
    let stack = venti_e2e::stack()?;
    let jobs = eventually("all three jobs are up", async || {
        let up = oracle::query(stack, "up == 1", None).await?;
        let jobs: Vec<_> = up
            .iter()
            .filter_map(|it| it.labels.get("job").cloned())
            .collect();
        Ok((jobs.len() == 3).then_some(jobs))
    });
    let mut jobs = jobs.await?;
    jobs.sort();
    assert_eq!(jobs, ["node-exporter", "prometheus", "venti"]);
    Ok(())
}
