//! Somebody looks at another time.

use venti_e2e::pages::{DashboardPage, ToolBar};
use venti_e2e::{Browser, eventually, journey};

use crate::support::SEOUL;

/// A query of a chart that is in view as soon as the page is.
const LOAD: &str = "sum(node_load1{job=~\"node.*\"})";

#[tokio::test]
async fn a_range_is_chosen_typed_and_undone() -> anyhow::Result<()> {
    journey("time-range", async |browser| {
        browser.travel_to(SEOUL.0).await?;
        let page = DashboardPage::open(browser, "Host", "from=now-1h&to=now").await?;
        let bar = ToolBar::of(browser);
        bar.appears().await?;
        assert_eq!(bar.time_range().await?, "Last hour");
        asks_for(browser, "an hour", |start, end| end - start == 3600.0).await?;

        bar.choose_range("Last 15 minutes").await?;
        asks_for(browser, "15 minutes", |start, end| end - start == 900.0).await?;
        assert_eq!(bar.time_range().await?, "Last 15 minutes");
        let relative = browser.location().await?;
        assert!(relative.contains("from=now-15m"), "{relative}");

        // Four minutes past three in Seoul was four past six in the evening in Greenwich.
        let fault = bar
            .type_range("2024-01-02 03:04:00", "2024-01-02 03:34:00")
            .await?;
        assert_eq!(fault, "");
        bar.apply().await?.click().await?;
        let from = 1_704_132_240.0;
        asks_for(browser, "that half hour", |start, end| {
            start <= from && from < start + 60.0 && end <= from + 1800.0 && from + 1740.0 < end
        })
        .await?;
        let typed = bar.time_range().await?;
        assert_eq!(typed, "2024-01-02 03:04:00 – 2024-01-02 03:34:00");
        // Nothing was measured then, which is neither zero nor a failure.
        for (kind, title) in [
            ("stat", "CPU busy"),
            ("piechart", "Memory"),
            ("time_series", "Load"),
        ] {
            let panel = page.settled(kind, title, "empty").await?;
            assert_eq!(
                panel.notice.as_deref(),
                Some("No data in this range"),
                "{title}"
            );
        }

        browser.back().await?;
        eventually("the earlier range is back", async || {
            Ok((bar.time_range().await? == "Last 15 minutes").then_some(()))
        })
        .await?;
        assert_eq!(browser.location().await?, relative);
        page.settled("time_series", "Load", "ready").await?;
        browser.back().await?;
        eventually("the first range is back", async || {
            Ok((bar.time_range().await? == "Last hour").then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
async fn a_range_that_cannot_be_says_why() -> anyhow::Result<()> {
    journey("wrong-range", async |browser| {
        DashboardPage::open(browser, "Host", "").await?;
        let bar = ToolBar::of(browser);
        bar.appears().await?;
        let fault = bar.type_range("tomorrowish", "now").await?;
        assert!(fault.contains("tomorrowish"), "{fault}");
        assert!(!bar.apply().await?.is_enabled().await?);
        let fault = bar.type_range("now-1h", "now-2h").await?;
        assert_eq!(fault, "the range ends before it begins");
        assert!(!bar.apply().await?.is_enabled().await?);
        let fault = bar.type_range("now-2h", "now-1h").await?;
        assert_eq!(fault, "");
        bar.apply().await?.click().await?;
        asks_for(browser, "an hour", |start, end| end - start == 3600.0).await?;
        let location = browser.location().await?;
        assert!(location.ends_with("from=now-2h&to=now-1h"), "{location}");
        Ok(())
    })
    .await
}

/// Waits until the newest request for a chart is for a range that `fits`.
async fn asks_for(
    browser: &Browser<'_>,
    what: &str,
    fits: impl Fn(f64, f64) -> bool,
) -> anyhow::Result<()> {
    let page = DashboardPage::shown_by(browser);
    eventually(&format!("the chart asks for {what}"), async || {
        page.chart("Load").await.ok();
        let requests = browser.requests().await?;
        let mut newest = requests.iter().rev();
        let newest = newest.find(|it| it.param("query") == Some(LOAD));
        let range = newest.and_then(|it| Some((it.number("start")?, it.number("end")?)));
        Ok(range.filter(|it| fits(it.0, it.1)).map(drop))
    })
    .await
}
