//! Every query of the dashboards that we ship has an answer, on this machine
//! and on a small Kubernetes cluster.

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde_json::Value;
use venti_e2e::{Cluster, eventually, fresh_stack, root};
use venti_local::{Part, Running};
use venti_model::dashboard::{Dashboard, Panel, PanelKind};
use venti_model::variables::Variables;

#[tokio::test]
async fn every_query_of_our_dashboards_has_an_answer() -> anyhow::Result<()> {
    let stack = fresh_stack("dashboards", &root().join("etc"))?;
    let cluster = Cluster::read()?;
    let dashboards: Vec<Dashboard> = get(&stack, "dashboards", &[]).await?;
    let titles: Vec<_> = dashboards.iter().map(|it| it.title.as_str()).collect();
    assert_eq!(
        titles,
        ["Host", "Cluster", "Control Plane", "Ingress", "Node"]
    );

    let all = variables(None, None);
    let chosen = variables(Some("shop"), Some("worker-1"));
    for (dashboard, row, panel) in panels(&dashboards) {
        for target in &panel.targets {
            let place = format!("{}, row {row}, {}", dashboard.title, panel.title);
            for variables in [&all, &chosen] {
                let expression = variables.substitute(&target.expr);
                if panel.kind == PanelKind::Logs {
                    logs(&stack, &expression).await.context(place.clone())?;
                    continue;
                }
                let what = format!("{place} has data for {expression}");
                eventually(&what, async || {
                    cluster.go_on(&stack)?;
                    let found = metrics(&stack, &expression).await?;
                    Ok(found.then_some(()))
                })
                .await?;
            }
        }
    }
    Ok(())
}

/// Every panel with its dashboard and the number of its row, from 1.
fn panels(dashboards: &[Dashboard]) -> impl Iterator<Item = (&Dashboard, usize, &Panel)> {
    dashboards.iter().flat_map(|dashboard| {
        let rows = dashboard.rows.iter().zip(1..);
        rows.flat_map(move |(row, at)| row.panels.iter().map(move |it| (dashboard, at, it)))
    })
}

fn variables(namespace: Option<&str>, node: Option<&str>) -> Variables {
    Variables {
        namespace: namespace.map(str::to_owned),
        node: node.map(str::to_owned),
        interval: 15,
        range: 3600,
    }
}

/// Whether a query of metrics has an answer, asked through venti-server.
async fn metrics(stack: &Running, expression: &str) -> anyhow::Result<bool> {
    let parameters = [("dsType", "prometheus"), ("query", expression)];
    let answer: Answer = get(stack, "remote/query", &parameters).await?;
    Ok(answer
        .data
        .result
        .as_array()
        .is_some_and(|it| !it.is_empty()))
}

/// A log query must be one that Lethe understands. Lines need not be there:
/// nobody wants errors to be.
async fn logs(stack: &Running, expression: &str) -> anyhow::Result<()> {
    let parameters = [("dsType", "lethe"), ("query", expression)];
    let answer: Answer = get(stack, "remote/query", &parameters).await?;
    ensure!(
        answer.data.result.is_array(),
        "no list of lines: {}",
        answer.data.result
    );
    Ok(())
}

#[derive(Deserialize)]
struct Answer {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    result: Value,
}

async fn get<T: for<'de> Deserialize<'de>>(
    stack: &Running,
    path: &str,
    parameters: &[(&str, &str)],
) -> anyhow::Result<T> {
    let url = format!("{}/api/v1/{path}", stack.url(Part::Server));
    let client = reqwest::Client::builder().no_proxy().build()?;
    let text = client
        .get(url)
        .query(parameters)
        .send()
        .await?
        .text()
        .await?;
    serde_json::from_str(&text).with_context(|| format!("unexpected answer: {text}"))
}
