//! What a panel says when there is nothing to show, or nobody to ask.

use venti_e2e::pages::{DashboardPage, Panel, ToolBar};
use venti_e2e::{eventually, fresh_stack, journey_on, oracle};
use venti_local::Part;

use crate::support::{configuration, settled_range};

const DASHBOARD: &str = r#"
title: States
rows:
- panels:
  - title: number
    type: stat
    targets:
    - expr: sum(up)
  - title: nothing
    type: stat
    targets:
    - expr: absent_series
  - title: wrong
    type: stat
    targets:
    - expr: sum(up
- panels:
  - title: parts
    type: piechart
    targets:
    - expr: up
      legend: '{{job}}'
  - title: lines
    type: time_series
    targets:
    - expr: up
      legend: '{{job}}'
  - title: wrong lines
    type: time_series
    targets:
    - expr: up
    - expr: rate(up)
- panels:
  - title: node log
    type: logs
    targets:
    - expr: node{node=~".*"}
  - title: no log
    type: logs
    targets:
    - expr: node{node="nowhere"}
"#;

/// Panels that have data while Prometheus runs.
const FED: [(&str, &str); 3] = [
    ("stat", "number"),
    ("piechart", "parts"),
    ("time_series", "lines"),
];

#[tokio::test]
async fn no_state_is_mistaken_for_another() -> anyhow::Result<()> {
    let etc = configuration(&[("states.yml", DASHBOARD)])?;
    let stack = fresh_stack("states", etc.path())?;
    journey_on(&stack, "states", async |browser| {
        // The queries that are wrong on purpose, and Prometheus while it is down.
        for status in ["400 (Bad Request)", "502 (Bad Gateway)"] {
            browser.expect_complaint(status);
        }
        settled_range(&stack, 8).await?;
        let page = DashboardPage::open(browser, "States", "from=now-5m&to=now").await?;

        for (kind, title) in FED {
            page.settled(kind, title, "ready").await?;
        }
        page.settled("logs", "node log", "ready").await?;
        for (kind, title) in [("stat", "nothing"), ("logs", "no log")] {
            let empty = page.settled(kind, title, "empty").await?;
            assert_eq!(
                empty.notice.as_deref(),
                Some("No data in this range"),
                "{title}"
            );
        }
        let words = oracle::query(&stack, "sum(up", None).await.unwrap_err();
        let failed = page.settled("stat", "wrong", "failed").await?;
        assert_eq!(failed.notice, Some(words.to_string()));
        let words = oracle::query_range(&stack, "rate(up)", (0.0, 1.0), 1.0).await;
        let failed = page.settled("time_series", "wrong lines", "failed").await?;
        assert_eq!(failed.notice, words.err().map(|it| it.to_string()));

        stack.stop(Part::Prometheus);
        // Answers of this very moment may still be had.
        let bar = ToolBar::of(browser);
        eventually("the data gets old", async || {
            bar.refresh().await?;
            let panel = page.panel("stat", "number").await?;
            Ok((panel.state.as_deref() == Some("stale")).then_some(()))
        })
        .await?;
        for (kind, title) in FED {
            let stale = page.settled(kind, title, "stale").await?;
            let badge = stale.badge.unwrap_or_default();
            assert!(
                badge.starts_with("stale, ") && badge.ends_with(" old"),
                "{badge}"
            );
            assert!(stale.notice.is_none());
        }
        page.settled("logs", "node log", "ready").await?;
        browser.screenshot("stale").await?;

        browser.reload().await?;
        for (kind, title) in FED {
            let failed = page.settled(kind, title, "failed").await?;
            let reason = failed.notice.unwrap_or_default();
            assert!(reason.contains("prometheus"), "{title}: {reason}");
        }
        browser.screenshot("failed").await?;

        // Nobody touches the page: it finds out by itself.
        stack.start(Part::Prometheus)?;
        for (kind, title) in FED {
            page.settled(kind, title, "ready").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_panel_that_has_never_been_answered_is_loading() -> anyhow::Result<()> {
    let etc = configuration(&[("states.yml", DASHBOARD)])?;
    let stack = fresh_stack("loading", etc.path())?;
    journey_on(&stack, "loading", async |browser| {
        browser.expect_complaint("400 (Bad Request)");
        let (start, end) = settled_range(&stack, 5).await?;
        stack.pause(Part::Prometheus);
        let view = format!("from={start}&to={end}");
        let page = DashboardPage::open(browser, "States", &view).await?;
        let loading = |it: &Panel| it.busy && it.state.as_deref() == Some("loading");
        eventually("the panels wait", async || {
            let mut panels = page.panels().await?.into_iter();
            let fed = panels
                .by_ref()
                .filter(|it| FED.iter().any(|fed| fed.1 == it.title));
            let fed: Vec<_> = fed.collect();
            Ok((fed.len() == 3 && fed.iter().all(loading)).then_some(()))
        })
        .await?;
        stack.resume(Part::Prometheus);
        page.settled("stat", "number", "ready").await.map(drop)
    })
    .await
}
