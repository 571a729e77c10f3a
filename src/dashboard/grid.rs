//! Rows and panels on the page.

use leptos::prelude::*;
use venti_model::dashboard::{Dashboard, Panel, PanelKind, Row};

use super::panels::{
    MultitablePanel, PiePanel, StatPanel, TablePanel, TimeSeriesPanel, logs_panel,
};
use super::scope::PanelScope;
use crate::ui::Later;

/// All rows of a dashboard.
#[component]
pub(crate) fn DashboardGrid(
    /// What to show; a new dashboard is a new grid.
    dashboard: Dashboard,
) -> impl IntoView {
    if dashboard.rows.iter().all(|it| it.panels.is_empty()) {
        return view! { <p class="page-notice">"This dashboard has no panels yet."</p> }.into_any();
    }
    dashboard
        .rows
        .into_iter()
        .map(|row| view! { <PanelRow row /> })
        .collect_view()
        .into_any()
}

#[component]
fn PanelRow(row: Row) -> impl IntoView {
    let columns: u32 = row
        .panels
        .iter()
        .map(|it| u32::from(it.span.unwrap_or(1).max(1)))
        .sum();
    // Single values stay readable where a chart no longer would.
    let is_compact = row.panels.iter().all(|it| it.kind == PanelKind::Stat);
    let class = if is_compact { "row compact" } else { "row" };
    let panels = row.panels.into_iter().map(panel_view).collect_view();
    view! {
        {row.title.map(|title| view! { <h2 class="row-title">{title}</h2> })}
        <div class=class style=("--columns", columns.max(1).to_string())>
            {panels}
        </div>
    }
}

fn panel_view(panel: Panel) -> AnyView {
    let kind = panel.kind;
    let scope = PanelScope::new(panel);
    match kind {
        PanelKind::TimeSeries => view! { <TimeSeriesPanel scope /> }.into_any(),
        PanelKind::Stat => view! { <StatPanel scope /> }.into_any(),
        PanelKind::Piechart => view! { <PiePanel scope /> }.into_any(),
        PanelKind::Table => view! { <TablePanel scope /> }.into_any(),
        PanelKind::Multitable => view! { <MultitablePanel scope /> }.into_any(),
        PanelKind::Logs => view! { <Later load=logs_panel with=scope class="panel" /> }.into_any(),
    }
}
