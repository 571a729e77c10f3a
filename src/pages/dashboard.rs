//! One dashboard, by the title in the URL.

use leptos::context::Provider;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use venti_model::dashboard::Dashboard;

use crate::dashboard::{DashboardGrid, Selectors};
use crate::plot::{DataTable, PlotCursor};
use crate::shell::ToolBar;
use crate::state::{CatalogState, DataTableState, RefreshState, ThemeState, zone};
use crate::ui::ErrorCard;

/// Finds the dashboard and shows it; another title in the URL is another dashboard.
#[component]
pub(crate) fn DashboardPage() -> impl IntoView {
    let catalog = CatalogState::expect();
    let params = use_params_map();
    let title = Memo::new(move |_| params.with(|it| it.get("name")).unwrap_or_default());
    // The position alone: a whole dashboard would be compared at every change.
    let found = Memo::new(move |_| {
        let dashboards = catalog.dashboards()?;
        Some(dashboards.iter().position(|it| it.title == title.get()))
    });
    let dashboard = move |at: usize| catalog.dashboards()?.get(at).cloned();
    move || match (found.get(), catalog.error()) {
        (Some(at), _) => match at.and_then(dashboard) {
            Some(dashboard) => view! { <Shown dashboard /> }.into_any(),
            None => view! { <Missing title=title.get() /> }.into_any(),
        },
        (None, Some(error)) => view! {
            <main class="page">
                <ErrorCard message=error.to_string() on_retry=move |()| catalog.reload() />
            </main>
        }
        .into_any(),
        (None, None) => view! { <main class="page" aria-busy="true"></main> }.into_any(),
    }
}

#[component]
fn Shown(dashboard: Dashboard) -> impl IntoView {
    let table = DataTableState::expect();
    let is_dark = ThemeState::expect().is_dark();
    RefreshState::expect().look_at_clock();
    super::set_tab_title(&dashboard.title);
    let title = dashboard.title.clone();
    let selectors = view! { <Selectors dashboard=dashboard.clone() /> };
    view! {
        // A provider and not `provide_context`: components own no scope, so a context set here
        // would reach the side bar too.
        <Provider value=PlotCursor::new()>
                <main class="page">
                    <ToolBar title>
                        {selectors}
                    </ToolBar>
                    <div class="page-columns">
                        <div class="page-body">
                            <DashboardGrid dashboard />
                        </div>
                        <Show when=move || table.is_open()>
                            <DataTable is_dark zone=zone::LOCAL on_close=move |()| table.toggle() />
                        </Show>
                    </div>
                </main>
        </Provider>
    }
}

#[component]
fn Missing(title: String) -> impl IntoView {
    super::set_tab_title("Not found");
    view! {
        <main class="page">
            <div class="page-notice">
                <h1>"There is no dashboard “" {title} "”"</h1>
                <p>"Choose one at the left. If its file has a fault, the fault is listed there."</p>
            </div>
        </main>
    }
}
