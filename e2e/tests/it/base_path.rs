//! Venti lives below a path, as behind an ingress that serves other things too.

use venti_e2e::pages::{AlertsPage, LoginPage, SideBar};
use venti_e2e::{Browser, eventually, fresh_stack, journey_on};

use crate::login::{expect_refusals, logged_in, with_users};

const BASE: &str = "/venti/";

/// A link to the middle of something.
const DEEP_LINK: &str = "/venti/alerts?search=none&from=now-5m";

/// Each page with where it is.
const PAGES: [(&str, &str); 6] = [
    ("A", "/venti/dashboards/A"),
    ("Metrics", "/venti/explore/metrics"),
    ("Logs", "/venti/explore/logs"),
    ("Alerts", "/venti/alerts"),
    ("Datasources", "/venti/datasources"),
    ("Status", "/venti/status"),
];

/// What the page has loaded and asked since it was opened, by its path.
async fn asked(browser: &Browser<'_>) -> anyhow::Result<Vec<String>> {
    let script =
        "return performance.getEntriesByType('resource').map((it) => new URL(it.name).pathname)";
    let mut paths: Vec<String> = browser.read(script).await?;
    paths.extend(browser.requests().await?.into_iter().map(|it| it.path));
    Ok(paths)
}

#[tokio::test]
async fn nothing_leaves_the_base_path() -> anyhow::Result<()> {
    let etc = with_users("auth: users\nbasePath: /venti/\n")?;
    let stack = fresh_stack("base-path", etc.path())?;
    journey_on(&stack, "base-path", async |browser| {
        expect_refusals(browser);
        browser.open(DEEP_LINK).await?;
        let page = LoginPage::awaited(browser).await?;
        page.log_in("ana", "hunter2").await?;
        logged_in(browser, "ana").await?;
        assert_eq!(browser.location().await?, DEEP_LINK);
        AlertsPage::shown_by(browser)
            .shows("the page of the link is there", |it| it.error.is_none())
            .await?;

        for (name, path) in PAGES {
            SideBar::of(browser).go_to(name).await?;
            eventually(&format!("{name} is shown"), async || {
                let title: String = browser.read("return document.title").await?;
                let location = browser.location().await?;
                let is_there = title == format!("{name} · Venti");
                Ok((is_there && location.starts_with(path)).then_some(()))
            })
            .await?;
        }
        let asked_below = |paths: &[String]| {
            let elsewhere = paths.iter().find(|it| !it.starts_with(BASE));
            assert_eq!(elsewhere, None);
        };
        let paths = asked(browser).await?;
        asked_below(&paths);
        // Chunks of pages and answers of the server are among them.
        for part in [
            "/venti/logs-",
            "/venti/status-",
            "/venti/api/v1/",
            "/venti/auth/",
        ] {
            assert!(paths.iter().any(|it| it.starts_with(part)), "no {part}");
        }

        browser.reload().await?;
        logged_in(browser, "ana").await?;
        asked_below(&asked(browser).await?);
        SideBar::of(browser).log_out().await?;
        LoginPage::awaited(browser).await?;
        assert!(browser.location().await?.starts_with("/venti/status"));
        Ok(())
    })
    .await
}
