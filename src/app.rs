//! Providers, router and pages. The only file that provides contexts to the whole app.

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;

use crate::pages::{DashboardPage, HomePage, MetricsPage, NotFoundPage};
use crate::shell::SideBar;
use crate::state::{
    CatalogState, DataTableState, RefreshState, SelectionState, ThemeState, TimeRangeState,
    ViewParams,
};

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    provide_context(ThemeState::new());
    view! {
        <Router>
            <Shell />
        </Router>
    }
}

/// What needs the router: everything that lives in the URL, and the pages.
#[component]
fn Shell() -> impl IntoView {
    let params = ViewParams::new();
    provide_context(params);
    provide_context(TimeRangeState::new(params));
    provide_context(RefreshState::new(params));
    provide_context(SelectionState::new(params));
    provide_context(DataTableState::new(params));
    provide_context(CatalogState::new());
    view! {
        <SideBar />
        <FlatRoutes fallback=NotFoundPage>
            <Route path=path!("/") view=HomePage />
            <Route path=path!("/dashboards/:name") view=DashboardPage />
            <Route path=path!("/explore/metrics") view=MetricsPage />
        </FlatRoutes>
    }
}
