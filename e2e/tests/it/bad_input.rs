//! Files that are wrong, and texts that want to be more than text.

use std::fs;

use venti_e2e::pages::{DashboardPage, Fault, SideBar, ToolBar};
use venti_e2e::{Browser, eventually, expose, fresh_stack, journey_on};

use crate::support::{configuration, settled_range};

/// Would set a variable that tells on it if it ever ran.
const IMAGE: &str = "<img src=x onerror=\"window.e2eOwned=1\">";
const SCRIPT: &str = "</script><script>window.e2eOwned=1</script>";

#[tokio::test]
async fn a_faulty_dashboard_is_listed_and_costs_only_itself() -> anyhow::Result<()> {
    let panel = |of: &str| format!("title: Bad\nrows:\n- panels:\n  - title: x\n{of}");
    let etc = configuration(&[
        (
            "good.yml",
            &panel("    type: stat\n    targets:\n    - expr: sum(up)\n"),
        ),
        ("key.yml", &panel("    typ: stat\n")),
        ("type.yml", &panel("    type: pie\n")),
        ("unit.yml", &panel("    unit: parsec\n")),
        ("syntax.yml", "title: Bad\nrows: [\n"),
    ])?;
    let stack = fresh_stack("faults", etc.path())?;
    journey_on(&stack, "faults", async |browser| {
        settled_range(&stack, 2).await?;
        browser.open("/").await?;
        let side_bar = SideBar::of(browser);
        let faults = eventually("the faults are listed", async || {
            let faults = side_bar.faults().await?;
            Ok((!faults.is_empty()).then_some(faults))
        });
        let faults = faults.await?;
        browser.screenshot("faults").await?;
        assert_eq!(faults.len(), 4, "{faults:#?}");
        for (place, words) in [
            (
                "dashboards/key.yml:5:5",
                "unknown key `typ`, did you mean `type`?",
            ),
            (
                "dashboards/type.yml:5:11",
                "unknown panel type `pie`, expected one of",
            ),
            ("dashboards/unit.yml:5:11", "parsec"),
            ("dashboards/syntax.yml:", ""),
        ] {
            let told = |it: &Fault| it.place.starts_with(place) && it.message.contains(words);
            assert!(
                faults.iter().any(told),
                "{place} {words} is not among {faults:#?}"
            );
        }
        assert_eq!(
            side_bar.pages().await?,
            ["Bad", "Metrics", "Logs", "Alerts", "Datasources", "Status"]
        );
        let page = DashboardPage::shown_by(browser);
        page.settled("stat", "x", "ready").await.map(drop)
    })
    .await
}

#[tokio::test]
async fn hostile_text_stays_text() -> anyhow::Result<()> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let (image, script) = (quoted(IMAGE), quoted(SCRIPT));
    let dashboard = format!(
        r#"
title: {image}
rows:
- title: {script}
  panels:
  - title: {image}
    type: time_series
    description: {script}
    targets:
    - expr: hostile
      legend: '{{{{text}}}}'
  - title: {script}
    type: piechart
    targets:
    - expr: hostile
      legend: '{{{{text}}}}'
  - title: {image}
    type: table
    targets:
    - expr: hostile
      columns: [text, VALUE]
      headers: [{image}]
  - title: {image}
    type: stat
    targets:
    - expr: hostile
      legend: '{{{{text}}}}'
- panels:
  - title: log
    type: logs
    targets:
    - expr: node{{node="attacker"}}
"#
    );
    let broken = format!("title: x\n{image}: 1\n");
    let etc = configuration(&[("hostile.yml", &dashboard), ("broken.yml", &broken)])?;
    let stack = fresh_stack("hostile", etc.path())?;
    let logs = stack.logs().join("node/attacker");
    fs::create_dir_all(&logs)?;
    let time = "2024-01-02T03:04:05.000000Z";
    let log = format!("{time}[attacker|evil] {IMAGE}\n{time}[attacker|evil] {SCRIPT}\n");
    fs::write(logs.join("2024-01-02_03.log"), log)?;
    let labels = [IMAGE, SCRIPT].map(|it| format!("hostile{{text={}}} 1\n", quoted(it)));
    expose(&stack, "hostile", &labels.concat())?;

    journey_on(&stack, "hostile", async |browser| {
        let page = DashboardPage::shown_by(browser);
        browser.open("/?from=now-5m&to=now&table=on").await?;
        // They arrive with a scrape; until then the panels are empty.
        for (kind, title) in [
            ("time_series", IMAGE),
            ("piechart", SCRIPT),
            ("table", IMAGE),
            ("stat", IMAGE),
        ] {
            eventually("the hostile series are shown", async || {
                let panel = page.panel(kind, title).await?;
                if panel.rests_as("empty") {
                    ToolBar::of(browser).refresh().await?;
                }
                Ok(panel.rests_as("ready").then_some(()))
            })
            .await?;
        }
        let chart = page.panel("time_series", IMAGE).await?;
        assert_eq!(chart.legend.len(), 2);
        page.point_at(IMAGE, 40).await?;
        let mut table = page.panel("table", IMAGE).await?.rows;
        table.sort();
        assert_eq!(table, [[SCRIPT, "1"], [IMAGE, "1"]]);
        assert_eq!(ToolBar::of(browser).heading().await?, IMAGE);
        assert_eq!(browser.driver().title().await?.matches(IMAGE).count(), 1);
        let faults = SideBar::of(browser).faults().await?;
        assert!(
            faults.iter().any(|it| it.message.contains(IMAGE)),
            "{faults:?}"
        );
        browser.screenshot("hostile").await?;
        nothing_came_alive(browser).await?;

        let here = browser.location().await?;
        let path = here.split('?').next().unwrap_or_default();
        browser
            .open(&format!("{path}?from=1704164640&to=1704164700"))
            .await?;
        let log = page.settled("logs", "log", "ready").await?;
        let lines: Vec<_> = log.lines.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(lines, [IMAGE, SCRIPT]);
        nothing_came_alive(browser).await
    })
    .await
}

async fn nothing_came_alive(browser: &Browser<'_>) -> anyhow::Result<()> {
    let alive: Vec<String> = browser.read(ALIVE).await?;
    assert!(alive.is_empty(), "{alive:?}");
    Ok(())
}

const ALIVE: &str = r#"
    const made = document.querySelectorAll("img[src='x'], [onerror], main script, nav script");
    const ran = window.e2eOwned ? ["the script ran"] : [];
    return [...ran, ...[...made].map((it) => it.outerHTML)];
"#;
