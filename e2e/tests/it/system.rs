//! Somebody looks how the server and its datasources are.

use std::fs;

use venti_e2e::pages::{Card, LoginPage, SideBar};
use venti_e2e::{Browser, ColorScheme, eventually, fresh_stack, journey, journey_on, stack};

use crate::login::{expect_refusals, logged_in, with_users};

/// Pictures in both schemes and on a phone.
async fn photograph(browser: &Browser<'_>, name: &str) -> anyhow::Result<()> {
    browser.prefer(ColorScheme::Light).await?;
    browser.screenshot(&format!("{name}-light")).await?;
    browser.prefer(ColorScheme::Dark).await?;
    browser.screenshot(&format!("{name}-dark")).await?;
    browser.become_a_phone().await?;
    browser.screenshot(&format!("{name}-phone")).await
}

#[tokio::test]
async fn datasources_tell_their_health_and_their_targets() -> anyhow::Result<()> {
    journey("datasources", async |browser| {
        browser.open("/?refresh=5s").await?;
        let side_bar = SideBar::of(browser);
        eventually("the side bar leads there", async || {
            side_bar.go_to("Datasources").await.map(Some)
        })
        .await?;
        // Where everybody may look, nobody is logged in.
        assert_eq!(side_bar.user().await?, None);
        let prometheus = Card::named(browser, "prometheus");
        eventually("all targets are up", async || {
            let targets = prometheus.targets().await?;
            let jobs: Vec<_> = targets.iter().map(|it| it.job.as_str()).collect();
            let all_up = targets.iter().all(|it| it.state == "up");
            Ok((jobs == ["node-exporter", "prometheus", "venti"] && all_up).then_some(()))
        })
        .await?;
        eventually("it is healthy", async || {
            let badges = prometheus.badges().await?;
            Ok((badges == ["prometheus", "main", "healthy"]).then_some(()))
        })
        .await?;
        let lethe = Card::named(browser, "lethe");
        let host = stack()?.host();
        eventually("the logs of this machine are there", async || {
            let text = lethe.text().await?;
            Ok((text.contains(host) && text.contains("inside this server")).then_some(()))
        })
        .await?;
        photograph(browser, "datasources").await?;

        browser.open("/datasources?search=VENTI+up").await?;
        eventually("only what is looked for is shown", async || {
            let targets = prometheus.targets().await?;
            Ok((targets.len() == 1 && targets[0].job == "venti").then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
async fn a_datasource_in_trouble_says_so() -> anyhow::Result<()> {
    let etc = crate::support::configuration(&[("a.yml", "title: A\n")])?;
    let stack = fresh_stack("trouble", etc.path())?;
    stack.stop(venti_local::Part::Prometheus);
    journey_on(&stack, "trouble", async |browser| {
        browser.expect_complaint("the server responded with a status of 502");
        browser.open("/datasources?refresh=5s").await?;
        let card = Card::named(browser, "prometheus");
        eventually("it is failing, with the reason", async || {
            let failing = card.badges().await?.contains(&"failing".to_owned());
            Ok((failing && card.text().await?.contains("cannot be reached")).then_some(()))
        })
        .await?;
        browser.screenshot("datasources-trouble").await
    })
    .await
}

#[tokio::test]
async fn the_status_tells_what_runs_and_an_administrator_reloads() -> anyhow::Result<()> {
    let etc = with_users("auth: users\n")?;
    let stack = fresh_stack("status", etc.path())?;
    journey_on(&stack, "status", async |browser| {
        expect_refusals(browser);
        browser.expect_complaint("the server responded with a status of 422");
        browser.open("/status").await?;
        let page = LoginPage::awaited(browser).await?;
        page.log_in("ana", "hunter2").await?;
        logged_in(browser, "ana").await?;
        let build = Card::named(browser, "Build");
        let facts = eventually("the build is told", async || {
            let facts = build.facts().await?;
            Ok((!facts.is_empty()).then_some(facts))
        })
        .await?;
        assert_eq!(facts[0].0, "Version");
        let configuration = Card::named(browser, "Configuration");
        assert_eq!(configuration.badges().await?, ["in order"]);

        fs::write(etc.path().join("dashboards/a.yml"), "title: A\nrowz: []\n")?;
        configuration.press("Reload").await?;
        eventually("the fault is told with its place", async || {
            let text = configuration.text().await?;
            let is_told = text.contains("dashboards/a.yml:2:1")
                && text.contains("unknown key `rowz`, did you mean `rows`?")
                && text.contains("The files were read again.");
            Ok(is_told.then_some(()))
        })
        .await?;
        photograph(browser, "status").await
    })
    .await
}

#[tokio::test]
async fn a_viewer_cannot_reload() -> anyhow::Result<()> {
    let etc = with_users("auth: users\n")?;
    let stack = fresh_stack("viewer", etc.path())?;
    journey_on(&stack, "viewer", async |browser| {
        expect_refusals(browser);
        browser.open("/status").await?;
        let page = LoginPage::awaited(browser).await?;
        page.log_in("ben", "hunter2").await?;
        logged_in(browser, "ben").await?;
        let configuration = Card::named(browser, "Configuration");
        eventually("the configuration is in order", async || {
            Ok((configuration.badges().await? == ["in order"]).then_some(()))
        })
        .await?;
        assert!(configuration.press("Reload").await.is_err());
        Ok(())
    })
    .await
}
