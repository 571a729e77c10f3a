//! The server is killed while somebody looks, and comes back.

use venti_e2e::pages::{AlertsPage, DashboardPage, LoginPage, ToolBar};
use venti_e2e::{fresh_stack, journey_on};
use venti_local::Part;

use crate::login::{expect_refusals, logged_in, with_users};
use crate::support::settled_range;

const DASHBOARD: &str = "\
title: Restart
rows:
- panels:
  - title: number
    type: stat
    targets:
    - expr: sum(up)
";

const RULES: &str = "\
groups:
- name: always
  interval: 1s
  rules:
  - alert: Always
    expr: vector(1)
";

#[tokio::test]
async fn a_killed_server_is_missed_and_found_again() -> anyhow::Result<()> {
    let etc = with_users("auth: users\n")?;
    std::fs::write(etc.path().join("dashboards/restart.yml"), DASHBOARD)?;
    std::fs::create_dir(etc.path().join("alertrules"))?;
    std::fs::write(etc.path().join("alertrules/always.yml"), RULES)?;
    let stack = fresh_stack("restart", etc.path())?;
    journey_on(&stack, "restart", async |browser| {
        expect_refusals(browser);
        // While nobody listens.
        browser.expect_complaint("net::ERR_CONNECTION");
        browser.open("/alerts?refresh=1s").await?;
        let page = LoginPage::awaited(browser).await?;
        page.log_in("ana", "hunter2").await?;
        logged_in(browser, "ana").await?;
        let alerts = AlertsPage::shown_by(browser);
        alerts
            .shows("it fires", |it| it.state("Always") == Some("firing"))
            .await?;

        stack.kill(Part::Server);
        let away = alerts.shows("the server is missed", |it| it.error.is_some());
        let away = away.await?;
        let error = away.error.unwrap_or_default();
        assert!(
            error.starts_with("the Venti server cannot be reached"),
            "{error}"
        );
        let stale = away.groups.first().and_then(|it| it.rules.first());
        let stale = stale.map(|it| it.state.as_str());
        assert_eq!(stale, Some("firing"), "what was known stays");
        browser.screenshot("restart-away").await?;
        stack.start(Part::Server)?;
        alerts
            .shows("it is found again", |it| {
                it.error.is_none() && it.state("Always") == Some("firing")
            })
            .await?;
        // The session is as good as before.
        logged_in(browser, "ana").await?;

        // What failed is tried again by itself, also where nothing refreshes.
        settled_range(&stack, 3).await?;
        let page = DashboardPage::open(browser, "Restart", "refresh=1s").await?;
        page.settled("stat", "number", "ready").await?;
        stack.kill(Part::Server);
        page.settled("stat", "number", "stale").await?;
        ToolBar::of(browser).choose_refresh("Off").await?;
        stack.start(Part::Server)?;
        page.settled("stat", "number", "ready").await.map(drop)
    })
    .await
}
