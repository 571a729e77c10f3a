//! Somebody asks Prometheus a question.

use venti_e2e::pages::{DashboardPage, DataTable, MetricsPage};
use venti_e2e::{Browser, eventually, journey, oracle};
use venti_model::labels::Labels;

use crate::support::{SEOUL, settled_range};

#[tokio::test]
async fn the_answer_is_prometheus_own() -> anyhow::Result<()> {
    journey("metrics", async |browser| {
        browser.travel_to(SEOUL.0).await?;
        let (start, end) = settled_range(browser.stack(), 15).await?;
        let view = format!("from={start}&to={end}&table=on");
        let page = MetricsPage::open(browser, &view).await?;
        page.write("node_load1 or node_load5").await?;
        page.run().await?;
        equals(browser, "node_load1 or node_load5", end).await?;

        page.write("up").await?;
        page.press_enter().await?;
        equals(browser, "up", end).await?;
        let location = browser.location().await?;
        assert!(location.contains("query=up"), "{location}");

        // The data table tells of the same samples.
        let chart = thirtyfour::By::Css("section[aria-label='Graph'] .chart");
        let chart = browser.driver().find(chart).await?;
        chart.send_keys(thirtyfour::Key::End + "").await?;
        let table = DataTable::read(browser).await?;
        let mut names: Vec<_> = table.map(|it| it.rows).unwrap_or_default();
        names.sort();
        let mut series: Vec<_> = page.answer().await?.rows;
        series.sort();
        assert_eq!(names, series);
        browser.screenshot("metrics").await?;

        browser.reload().await?;
        equals(browser, "up", end).await?;
        browser.back().await?;
        equals(browser, "node_load1 or node_load5", end).await
    })
    .await
}

#[tokio::test]
async fn a_wrong_query_is_answered_in_prometheus_words() -> anyhow::Result<()> {
    journey("wrong-query", async |browser| {
        browser.expect_complaint("400 (Bad Request)");
        let page = MetricsPage::open(browser, "").await?;
        page.write("sum(rate(up)").await?;
        page.press_enter().await?;
        let range = (0.0, 1.0);
        let words = oracle::query_range(browser.stack(), "sum(rate(up)", range, 1.0).await;
        let words = words.err().map(|it| it.to_string());
        eventually("the page says what is wrong", async || {
            let error = page.answer().await?.error;
            Ok((error.is_some() && error == words).then_some(()))
        })
        .await?;
        page.write("sum(up)").await?;
        page.press_enter().await?;
        eventually("the error is gone", async || {
            let answer = page.answer().await?;
            Ok((answer.error.is_none() && answer.rows.len() == 1).then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
async fn a_panel_leads_to_its_query() -> anyhow::Result<()> {
    journey("explore", async |browser| {
        let (start, end) = settled_range(browser.stack(), 15).await?;
        let view = format!("from={start}&to={end}");
        let page = DashboardPage::open(browser, "Host", &view).await?;
        page.settled("stat", "Targets up", "ready").await?;
        page.explore("stat", "Targets up", "Metrics").await?;
        equals(browser, "avg(up)", end).await?;
        let location = browser.location().await?;
        assert!(
            location.contains(&format!("from={start}&to={end}")),
            "{location}"
        );
        Ok(())
    })
    .await
}

/// Waits until the page shows Prometheus' answer to `query` as of `end`.
async fn equals(browser: &Browser<'_>, query: &str, end: f64) -> anyhow::Result<()> {
    let expected = oracle::query(browser.stack(), query, Some(end)).await?;
    let mut rows = Vec::new();
    for series in &expected {
        let name = Labels::from_iter(series.labels.clone()).to_string();
        let value = series.samples().next().map(|it| it.1.clone());
        rows.push((name, value.unwrap_or_default()));
    }
    let names: Vec<_> = rows.iter().map(|(name, _)| name.clone()).collect();
    let mut seen = None;
    let equal = eventually(&format!("the answer to {query:?} is shown"), async || {
        let answer = MetricsPage::shown_by(browser).answer().await?;
        let is_equal = answer.query == query && answer.rows == rows && answer.legend == names;
        seen = Some(answer);
        Ok(is_equal.then_some(()))
    })
    .await;
    equal.map_err(|error| error.context(format!("expected {rows:#?}, the page has {seen:#?}")))
}
