//! A screen on the wall: it refreshes by itself, and patiently.

use anyhow::Context;
use venti_e2e::pages::{DashboardPage, DataTable, ToolBar};
use venti_e2e::{Browser, Request, eventually, fresh_stack, journey, journey_on, root};
use venti_local::Part;

use crate::support::settled_range;

/// A query of the chart "Load" on the host dashboard.
const LOAD: &str = "sum(node_load1{job=~\"node.*\"})";

#[tokio::test]
async fn auto_refresh_moves_the_right_edge() -> anyhow::Result<()> {
    journey("auto-refresh", async |browser| {
        settled_range(browser.stack(), 15).await?;
        let view = "from=now-5m&to=now&refresh=5s&table=on";
        let page = DashboardPage::open(browser, "Host", view).await?;
        page.settled("time_series", "Load", "ready").await?;
        let first = right_edge(browser).await?;
        eventually("three refreshes have moved the range on", async || {
            page.chart("Load").await?;
            let requests = of_load(browser).await?;
            let mut ends: Vec<_> = requests.iter().filter_map(|it| it.number("end")).collect();
            assert!(ends.is_sorted(), "{ends:?}");
            ends.dedup();
            Ok((ends.len() >= 3).then_some(()))
        })
        .await?;
        for request in &of_load(browser).await? {
            assert_eq!(span(request), Some(300.0));
        }
        eventually("the right edge has moved", async || {
            let edge = right_edge(browser).await?;
            // Texts of one spelling sort as times.
            Ok((edge > first).then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
async fn a_slow_datasource_is_not_asked_twice_at_once() -> anyhow::Result<()> {
    let stack = fresh_stack("slow", &root().join("etc"))?;
    journey_on(&stack, "slow", async |browser| {
        settled_range(browser.stack(), 8).await?;
        let page = DashboardPage::open(browser, "Host", "from=now-5m&to=now").await?;
        page.settled("time_series", "Load", "ready").await?;

        stack.pause(Part::Prometheus);
        let bar = ToolBar::of(browser);
        // The server may still have the answer of this very moment, so it waits only when a
        // further refresh asks nothing.
        let mut asked = 0;
        eventually("the chart waits for its answer", async || {
            bar.refresh().await?;
            let before = std::mem::replace(&mut asked, of_load(browser).await?.len());
            let busy = page.panel("time_series", "Load").await?.busy;
            Ok((busy && asked == before && open(browser).await? == 1).then_some(()))
        })
        .await?;
        for _ in 0..3 {
            bar.refresh().await?;
            assert_eq!(open(browser).await?, 1);
        }
        assert_eq!(of_load(browser).await?.len(), asked);
        assert_eq!(
            page.panel("time_series", "Load").await?.state.as_deref(),
            Some("ready")
        );

        // All the refreshes of that time are made up for by one.
        stack.resume(Part::Prometheus);
        eventually("the chart has caught up", async || {
            let rests = page.panel("time_series", "Load").await?.rests_as("ready");
            Ok((rests && of_load(browser).await?.len() > asked).then_some(()))
        })
        .await?;
        assert_eq!(of_load(browser).await?.len(), asked + 1);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_reload_shows_the_same_view() -> anyhow::Result<()> {
    journey("reload", async |browser| {
        let page = DashboardPage::open(browser, "Host", "").await?;
        let bar = ToolBar::of(browser);
        bar.appears().await?;
        bar.choose_range("Last 3 hours").await?;
        bar.choose_refresh("30s").await?;
        bar.toggle_data_table().await?;
        eventually("the data table is open", async || {
            DataTable::read(browser).await
        })
        .await?;
        let view = browser.location().await?;
        for part in ["from=now-3h", "to=now", "refresh=30s", "table=on"] {
            assert!(view.contains(part), "{part} is missing in {view}");
        }

        browser.reload().await?;
        page.settled("stat", "CPU busy", "ready").await?;
        assert_eq!(browser.location().await?, view);
        assert_eq!(bar.time_range().await?, "Last 3 hours");
        assert_eq!(bar.auto_refresh().await?, "30s");
        assert!(DataTable::read(browser).await?.is_some());
        eventually("the chart asks for three hours", async || {
            page.chart("Load").await?;
            let requests = of_load(browser).await?;
            Ok((requests.last().and_then(span) == Some(10_800.0)).then_some(()))
        })
        .await
    })
    .await
}

/// What the page asked for one line of its chart "Load".
async fn of_load(browser: &Browser<'_>) -> anyhow::Result<Vec<Request>> {
    let requests = browser.requests().await?.into_iter();
    Ok(requests
        .filter(|it| it.param("query") == Some(LOAD))
        .collect())
}

/// How many of these nobody has answered yet.
async fn open(browser: &Browser<'_>) -> anyhow::Result<usize> {
    Ok(of_load(browser)
        .await?
        .iter()
        .filter(|it| it.is_open())
        .count())
}

fn span(request: &Request) -> Option<f64> {
    Some(request.number("end")? - request.number("start")?)
}

/// The time of the newest sample in the chart "Load".
async fn right_edge(browser: &Browser<'_>) -> anyhow::Result<String> {
    let chart = DashboardPage::shown_by(browser).chart("Load").await?;
    chart.focus().await?;
    chart.send_keys(thirtyfour::Key::End + "").await?;
    let table = DataTable::read(browser).await?;
    Ok(table.context("the data table is closed")?.time)
}
