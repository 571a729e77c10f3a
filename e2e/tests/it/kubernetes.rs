//! A Kubernetes cluster, as its operator looks at it.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use anyhow::{Context, anyhow};
use venti_e2e::expected::Expected;
use venti_e2e::pages::DashboardPage;
use venti_e2e::{Browser, Cluster, eventually, fresh_stack, journey_on, oracle, root};
use venti_local::Running;
use venti_model::dashboard::PanelKind;
use venti_model::variables::uses;

use crate::support::{SEOUL, dashboard, panels, settled_range};

/// The stack that these journeys share, with the cluster scraped a few times.
async fn cluster() -> anyhow::Result<&'static Running> {
    static STACK: OnceLock<Result<(Running, Cluster), String>> = OnceLock::new();
    let started = STACK.get_or_init(|| start().map_err(|it| format!("{it:#}")));
    let (stack, cluster) = started.as_ref().map_err(|error| anyhow!("{error}"))?;
    eventually("the cluster has been scraped a few times", async || {
        cluster.go_on(stack)?;
        let old = oracle::query(stack, "count_over_time(kube_node_info[5m]) >= 8", None).await?;
        Ok((!old.is_empty()).then_some(()))
    })
    .await?;
    Ok(stack)
}

fn start() -> anyhow::Result<(Running, Cluster)> {
    let stack = fresh_stack("kubernetes", &root().join("etc"))?;
    Ok((stack, Cluster::read()?))
}

#[tokio::test]
async fn the_figures_of_the_cluster_are_prometheus_own() -> anyhow::Result<()> {
    let stack = cluster().await?;
    journey_on(stack, "cluster", async |browser| {
        browser.travel_to(SEOUL.0).await?;
        let (start, end) = settled_range(stack, 8).await?;
        let view = format!("from={start}&to={end}");
        let page = DashboardPage::open(browser, "Cluster", &view).await?;
        let definition = dashboard(stack, "Cluster").await?;
        for panel in panels(&definition) {
            let kind = panel.kind.as_str();
            match panel.kind {
                PanelKind::Logs => continue,
                // What was never scraped twice has no rate yet, and that is no failure.
                _ => rests(&page, kind, &panel.title).await?,
            }
            let shown = page.panel(kind, &panel.title).await?;
            let requests = browser.requests().await?;
            let expected = Expected::of(stack, panel, &requests, SEOUL.1).await?;
            match panel.kind {
                PanelKind::Stat => assert_eq!(shown.stats, expected.stats()?, "{}", panel.title),
                PanelKind::Piechart => {
                    assert_eq!(shown.slices, expected.slices()?, "{}", panel.title);
                }
                _ => assert_eq!(shown.legend, expected.legend(), "{}", panel.title),
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_namespace_is_asked_for_where_it_matters() -> anyhow::Result<()> {
    let stack = cluster().await?;
    journey_on(stack, "namespace", async |browser| {
        let (start, end) = settled_range(stack, 8).await?;
        let view = format!("from={start}&to={end}");
        let page = DashboardPage::open(browser, "Cluster", &view).await?;
        let definition = dashboard(stack, "Cluster").await?;
        let first: Vec<_> = panels(&definition)
            .filter(|it| it.kind != PanelKind::Logs)
            .collect();
        let (first, _) = first.split_at(16.min(first.len()));
        for panel in first {
            rests(&page, panel.kind.as_str(), &panel.title).await?;
        }
        page.settled("stat", "Pods in trouble", "ready").await?;
        let all = page.panel("piechart", "Pods").await?.slices;
        let before = browser.requests().await?.len();

        page.choose("namespace", "shop").await?;
        eventually("the pods are those of the namespace", async || {
            let pods = page.panel("piechart", "Pods").await?;
            Ok((pods.rests_as("ready") && pods.slices != all).then_some(()))
        })
        .await?;
        let location = browser.location().await?;
        assert!(location.contains("namespace=shop"), "{location}");
        let asked = browser.requests().await?.split_off(before);
        let asked: BTreeSet<_> = asked.iter().filter_map(|it| it.param("query")).collect();
        assert!(!asked.is_empty());
        for query in &asked {
            assert!(query.contains("=~\"shop\""), "{query} was asked in vain");
        }
        let affected = first.iter().flat_map(|it| &it.targets);
        let affected = affected.filter(|it| uses(&it.expr, "namespace")).count();
        eventually("all that depends on it was asked", async || {
            let asked = browser.requests().await?.split_off(before);
            Ok((asked.len() >= affected).then_some(()))
        })
        .await?;

        browser.reload().await?;
        let pods = page.settled("piechart", "Pods", "ready").await?;
        assert_ne!(pods.slices, all);
        browser.screenshot("kubernetes").await
    })
    .await
}

#[tokio::test]
async fn a_table_sorts_by_the_column_that_is_clicked() -> anyhow::Result<()> {
    let stack = cluster().await?;
    journey_on(stack, "sort", async |browser| {
        let (start, end) = settled_range(stack, 8).await?;
        let view = format!("from={start}&to={end}");
        let page = DashboardPage::open(browser, "Node", &view).await?;
        let table = page.settled("table", "Nodes", "ready").await?;
        let column = |name: &str| table.headers.iter().position(|it| it == name);
        let pods = column("Pods").context("no column of pods")?;
        let name = column("Node").context("no column of names")?;

        page.sort_by("Nodes", "Pods").await?;
        let ascending = numbers(browser, pods).await?;
        assert!(
            ascending.is_sorted() && ascending.len() > 1,
            "{ascending:?}"
        );
        page.sort_by("Nodes", "Pods").await?;
        let mut descending = numbers(browser, pods).await?;
        descending.reverse();
        assert_eq!(descending, ascending);
        page.sort_by("Nodes", "Node").await?;
        let rows = page.panel("table", "Nodes").await?.rows;
        let names: Vec<_> = rows.iter().map(|it| it[name].clone()).collect();
        assert!(names.is_sorted(), "{names:?}");

        let known = oracle::query(stack, "kube_node_info", Some(end)).await?;
        let known: BTreeSet<_> = known.iter().map(|it| it.labels["node"].clone()).collect();
        assert_eq!(names.into_iter().collect::<BTreeSet<_>>(), known);
        Ok(())
    })
    .await
}

/// Scrolls to a panel, and waits until it has its answer, be it empty.
async fn rests(page: &DashboardPage<'_>, kind: &str, title: &str) -> anyhow::Result<()> {
    eventually(&format!("{title:?} has its answer"), async || {
        page.scroll_to(kind, title).await?;
        let panel = page.panel(kind, title).await?;
        Ok((panel.rests_as("ready") || panel.rests_as("empty")).then_some(()))
    })
    .await
}

async fn numbers(browser: &Browser<'_>, column: usize) -> anyhow::Result<Vec<f64>> {
    let table = DashboardPage::shown_by(browser)
        .panel("table", "Nodes")
        .await?;
    let numbers = table.rows.iter().map(|it| Ok(it[column].parse()?));
    numbers.collect()
}
