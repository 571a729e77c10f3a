//! One dashboard, by the title in the URL.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use venti_model::dashboard::Dashboard;

use crate::dashboard::{DashboardGrid, Selectors};
use crate::shell::ChartPage;
use crate::state::CatalogState;
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
    super::set_tab_title(&dashboard.title);
    let title = dashboard.title.clone();
    let selectors = view! { <Selectors dashboard=dashboard.clone() /> };
    view! {
        <ChartPage title controls=selectors.into_any()>
            <DashboardGrid dashboard />
        </ChartPage>
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
