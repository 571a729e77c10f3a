//! Somebody prefers the dark.

use venti_e2e::pages::{DashboardPage, SideBar};
use venti_e2e::{Browser, ColorScheme, eventually, journey};

use crate::support::settled_range;

#[tokio::test]
async fn the_theme_is_the_users_choice() -> anyhow::Result<()> {
    journey("theme", async |browser| {
        browser.prefer(ColorScheme::Light).await?;
        let (start, end) = settled_range(browser.stack(), 15).await?;
        let page = DashboardPage::open(browser, "Host", &format!("from={start}&to={end}")).await?;
        page.settled("time_series", "Load", "ready").await?;
        let side_bar = SideBar::of(browser);
        is_theme(browser, "light").await?;
        let light = page.picture("Load").await?;

        // The page follows the system while nobody chose, and its charts with it.
        browser.prefer(ColorScheme::Dark).await?;
        is_theme(browser, "dark").await?;
        eventually("the chart is drawn dark", async || {
            Ok((page.picture("Load").await? != light).then_some(()))
        })
        .await?;

        side_bar.choose_theme("light").await?;
        is_theme(browser, "light").await?;
        eventually("the chart is drawn light again", async || {
            Ok((page.picture("Load").await? == light).then_some(()))
        })
        .await?;

        browser.reload().await?;
        page.settled("time_series", "Load", "ready").await?;
        is_theme(browser, "light").await?;
        assert_eq!(side_bar.theme().await?, "light");
        side_bar.choose_theme("system").await?;
        is_theme(browser, "dark").await
    })
    .await
}

async fn is_theme(browser: &Browser<'_>, theme: &str) -> anyhow::Result<()> {
    eventually(&format!("the page is {theme}"), async || {
        let shown: String = browser
            .read("return document.documentElement.dataset.theme")
            .await?;
        Ok((shown == theme).then_some(()))
    })
    .await
}
