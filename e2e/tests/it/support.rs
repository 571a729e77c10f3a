//! What several journeys begin with.

use venti_e2e::{eventually, oracle, root};
use venti_local::{Part, Running};
use venti_model::dashboard::{Dashboard, Panel};
use venti_model::step::instant;
use venti_model::time::Zone;

/// A time zone that is neither the machine's nor Prometheus'.
pub(crate) const SEOUL: (&str, Zone) = ("Asia/Seoul", Zone::new(|_| 9 * 3600));

/// Waits until Prometheus has `seconds` of history, and gives a range of five
/// minutes that ends in it, at a moment that the page may ask for. What is that
/// long past changes no more, so the page and the oracle must see the same,
/// whenever they look.
pub(crate) async fn settled_range(stack: &Running, seconds: u32) -> anyhow::Result<(f64, f64)> {
    eventually("Prometheus has some history", async || {
        let now = oracle::query(stack, "vector(time())", None).await?;
        let Some((now, _)) = now.first().and_then(|it| it.samples().next()) else {
            return Ok(None);
        };
        let end = instant(now - 3.0) as f64;
        let old = format!("count_over_time(up[10m]) >= {seconds}");
        let jobs = oracle::query(stack, &old, Some(end)).await?;
        Ok((jobs.len() >= 3).then_some((end - 300.0, end)))
    })
    .await
}

/// A dashboard as the server tells it.
pub(crate) async fn dashboard(stack: &Running, title: &str) -> anyhow::Result<Dashboard> {
    let url = format!("{}/api/v1/dashboards", stack.url(Part::Server));
    let client = reqwest::Client::builder().no_proxy().build()?;
    let all: Vec<Dashboard> = client.get(url).send().await?.json().await?;
    let found = all.into_iter().find(|it| it.title == title);
    found.ok_or_else(|| anyhow::anyhow!("there is no dashboard {title:?}"))
}

/// Its panels, in the order of the page.
pub(crate) fn panels(dashboard: &Dashboard) -> impl Iterator<Item = &Panel> {
    dashboard.rows.iter().flat_map(|it| &it.panels)
}

/// A configuration directory with the given dashboard files.
pub(crate) fn configuration(dashboards: &[(&str, &str)]) -> anyhow::Result<tempfile::TempDir> {
    let etc = tempfile::tempdir()?;
    std::fs::create_dir(etc.path().join("dashboards"))?;
    std::fs::copy(root().join("etc/venti.yml"), etc.path().join("venti.yml"))?;
    for (name, text) in dashboards {
        std::fs::write(etc.path().join("dashboards").join(name), text)?;
    }
    Ok(etc)
}
