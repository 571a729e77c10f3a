//! Pictures to look at: the host dashboard as it shows on a desk, in the dark,
//! and on a phone.

use venti_e2e::pages::DashboardPage;
use venti_e2e::{Browser, ColorScheme, journey};

use crate::support::settled_range;

#[tokio::test]
async fn the_host_dashboard_is_photographed() -> anyhow::Result<()> {
    journey("looks", async |browser| {
        browser.prefer(ColorScheme::Light).await?;
        settled_range(browser.stack(), 20).await?;
        DashboardPage::open(browser, "Host", "from=now-5m&to=now").await?;
        photograph(browser, "host-light").await?;
        browser.prefer(ColorScheme::Dark).await?;
        photograph(browser, "host-dark").await?;
        browser.become_a_phone().await?;
        browser.reload().await?;
        photograph(browser, "host-phone").await
    })
    .await
}

async fn photograph(browser: &Browser<'_>, name: &str) -> anyhow::Result<()> {
    let page = DashboardPage::shown_by(browser);
    page.settled("time_series", "Load", "ready").await?;
    browser.screenshot(&format!("{name}-charts")).await?;
    page.settled("stat", "CPU busy", "ready").await?;
    page.settled("piechart", "Memory", "ready").await?;
    browser.read::<()>("scrollTo(0, 0)").await?;
    browser.screenshot(name).await
}
