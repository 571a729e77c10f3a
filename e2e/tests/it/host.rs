//! The first thing anyone sees: the dashboard of this machine, every figure of
//! which must be Prometheus' own.

use anyhow::{Context, ensure};
use venti_e2e::expected::Expected;
use venti_e2e::pages::{DashboardPage, DataTable};
use venti_e2e::{Browser, eventually, journey};
use venti_local::Running;
use venti_model::dashboard::PanelKind;

use crate::support::{SEOUL, dashboard, panels, settled_range};

#[tokio::test]
async fn every_figure_is_prometheus_own() -> anyhow::Result<()> {
    journey("host", async |browser| {
        browser.travel_to(SEOUL.0).await?;
        let (start, end) = settled_range(browser.stack(), 15).await?;
        let page = DashboardPage::open(browser, "Host", &format!("from={start}&to={end}")).await?;
        let host = dashboard(browser.stack(), "Host").await?;
        let mut seen = 0;
        for panel in panels(&host).filter(|it| it.kind != PanelKind::Logs) {
            let shown = page
                .settled(panel.kind.as_str(), &panel.title, "ready")
                .await?;
            let requests = browser.requests().await?;
            let expected = Expected::of(browser.stack(), panel, &requests, SEOUL.1).await?;
            match panel.kind {
                PanelKind::Stat => assert_eq!(shown.stats, expected.stats()?, "{}", panel.title),
                PanelKind::Piechart => {
                    assert_eq!(shown.slices, expected.slices()?, "{}", panel.title);
                }
                PanelKind::TimeSeries => {
                    assert_eq!(shown.legend, expected.legend(), "{}", panel.title);
                }
                _ => assert!(!shown.rows.is_empty(), "{}", panel.title),
            }
            seen += 1;
        }
        ensure!(seen > 15, "{seen} panels are not the dashboard");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_data_table_tells_the_moment_under_the_pointer() -> anyhow::Result<()> {
    journey("hover", async |browser| {
        browser.travel_to(SEOUL.0).await?;
        let (start, end) = settled_range(browser.stack(), 15).await?;
        let view = format!("from={start}&to={end}&table=on");
        let page = DashboardPage::open(browser, "Host", &view).await?;
        let host = dashboard(browser.stack(), "Host").await?;
        let charts = panels(&host).filter(|it| it.kind == PanelKind::TimeSeries);
        for panel in charts.take(3) {
            page.settled("time_series", &panel.title, "ready").await?;
            page.point_at(&panel.title, 40).await?;
            let table = table_of(browser, &panel.title).await?;
            let requests = browser.requests().await?;
            let expected = Expected::of(browser.stack(), panel, &requests, SEOUL.1).await?;
            assert_eq!(table.rows, expected.readings(&table)?, "at {}", table.time);
        }

        // The keyboard reaches what the pointer reaches.
        let chart = page.chart("Load").await?;
        chart.focus().await?;
        let last = at_key(browser, &chart, thirtyfour::Key::End).await?;
        let before = at_key(browser, &chart, thirtyfour::Key::Left).await?;
        let load = panels(&host)
            .find(|it| it.title == "Load")
            .context("no load")?;
        let requests = browser.requests().await?;
        let expected = Expected::of(browser.stack(), load, &requests, SEOUL.1).await?;
        let times = expected.times().into_iter().rev().take(2);
        let times: Vec<_> = times.map(|it| SEOUL.1.format(it)).collect();
        assert_eq!([&last.time, &before.time], [&times[0], &times[1]]);
        assert_eq!(before.rows, expected.readings(&before)?);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_crosshair_is_on_all_charts() -> anyhow::Result<()> {
    journey("crosshair", async |browser| {
        let (start, end) = settled_range(browser.stack(), 15).await?;
        let page = DashboardPage::open(browser, "Host", &format!("from={start}&to={end}")).await?;
        let row = ["Processor by mode", "Load"];
        for title in row {
            page.settled("time_series", title, "ready").await?;
        }
        assert!(page.crosshairs().await?.is_empty());
        page.point_at("Load", 40).await?;
        eventually("all charts of the row have the crosshair", async || {
            let titles = page.crosshairs().await?;
            Ok(row
                .iter()
                .all(|it| titles.iter().any(|title| title == it))
                .then_some(()))
        })
        .await?;
        browser.screenshot("hover").await?;
        let pointer = browser.driver().action_chain();
        pointer.move_to(720, 20).perform().await?;
        eventually("the crosshair is gone", async || {
            Ok(page.crosshairs().await?.is_empty().then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
async fn the_log_panel_ends_with_the_last_line_of_the_files() -> anyhow::Result<()> {
    journey("logs", async |browser| {
        let (start, end) = settled_range(browser.stack(), 15).await?;
        let page = DashboardPage::open(browser, "Host", &format!("from={start}&to={end}")).await?;
        let panel = page.settled("logs", "Everything", "ready").await?;
        let newest = panel.lines.last().context("a ready panel without lines")?;
        let shown = format!(
            "{}[{}] {}",
            newest.time,
            newest.labels.join("|"),
            newest.text
        );
        assert_eq!(shown, last_line(browser.stack(), end)?);
        Ok(())
    })
    .await
}

/// The data table once it belongs to the chart called `title`.
async fn table_of(browser: &Browser<'_>, title: &str) -> anyhow::Result<DataTable> {
    eventually(&format!("the data table tells of {title:?}"), async || {
        let table = DataTable::read(browser).await?;
        Ok(table.filter(|it| it.title == title && !it.rows.is_empty()))
    })
    .await
}

/// The data table after a key was pressed on a chart.
async fn at_key(
    browser: &Browser<'_>,
    chart: &thirtyfour::WebElement,
    key: thirtyfour::Key,
) -> anyhow::Result<DataTable> {
    chart.send_keys(key + "").await?;
    DataTable::read(browser)
        .await?
        .context("the data table is closed")
}

/// The last line until `end`, unix seconds, in the hour files of this machine.
fn last_line(stack: &Running, end: f64) -> anyhow::Result<String> {
    let directory = stack.logs().join("node").join(stack.host());
    let mut files = std::fs::read_dir(directory)?
        .map(|it| it.map(|it| it.path()))
        .collect::<Result<Vec<_>, _>>()?;
    files.sort();
    let mut last = None;
    for file in files {
        let text = std::fs::read_to_string(file)?;
        let time = |line: &str| line.split_once('[').map(|it| it.0.to_owned());
        let end = venti_model::time::Zone::UTC.format(end).replace(' ', "T");
        // Times of one spelling sort as text.
        let mut lines = text.lines().rev();
        let line = lines.find(|it| time(it).is_some_and(|it| it <= end));
        last = line.map(str::to_owned).or(last);
    }
    last.context("nothing was logged")
}
