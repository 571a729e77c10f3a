//! Providers, router and pages. The only file that provides contexts to the whole app.

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;

use crate::chunks;
use crate::pages::{DashboardPage, HomePage, NotFoundPage};
use crate::shell::SideBar;
use crate::state::{
    AlertCountState, CatalogState, DataTableState, RefreshState, SelectionState, SessionState,
    ThemeState, TimeRangeState, ViewParams,
};
use crate::ui::{Later, Loaded};

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    provide_context(ThemeState::new());
    let base = base_path();
    view! {
        <Router base=base.clone()>
            <Shell base />
        </Router>
    }
}

/// The path under which the page lives, as its `base` element says, without the slash at its end.
fn base_path() -> String {
    let uri = document().base_uri().ok().flatten().unwrap_or_default();
    path_of(&uri).trim_end_matches('/').to_owned()
}

/// The path of a URL with scheme and host.
fn path_of(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, it)| it);
    after_scheme
        .find('/')
        .and_then(|at| after_scheme.get(at..))
        .unwrap_or_default()
}

/// What needs the router: everything that lives in the URL, and the pages.
#[component]
fn Shell(
    /// The path under which the page lives, without a slash at its end.
    base: String,
) -> impl IntoView {
    let params = ViewParams::new(base);
    provide_context(params);
    provide_context(TimeRangeState::new(params));
    let refresh = RefreshState::new(params);
    provide_context(refresh);
    provide_context(SelectionState::new(params));
    provide_context(DataTableState::new(params));
    let session = SessionState::new();
    provide_context(session);
    provide_context(CatalogState::new());
    provide_context(AlertCountState::new(session, refresh));
    let is_open = Memo::new(move |_| session.needs_login().is_none());
    view! {
        <Show when=move || is_open.get() fallback=|| later(chunks::login)>
            <Pages />
        </Show>
    }
}

/// A page that is not loaded before it is wanted.
fn later<F: Future<Output = Loaded<()>> + 'static>(page: fn() -> F) -> AnyView {
    view! { <Later load=page with=() class="page" /> }.into_any()
}

/// What those may see who are logged in, or need not be.
#[component]
fn Pages() -> impl IntoView {
    view! {
        <SideBar />
        <FlatRoutes fallback=NotFoundPage>
            <Route path=path!("/") view=HomePage />
            <Route path=path!("/dashboards/:name") view=DashboardPage />
            <Route path=path!("/explore/metrics") view=|| later(chunks::metrics) />
            <Route path=path!("/explore/logs") view=|| later(chunks::logs) />
            <Route path=path!("/alerts") view=|| later(chunks::alerts) />
            <Route path=path!("/datasources") view=|| later(chunks::datasources) />
            <Route path=path!("/status") view=|| later(chunks::status) />
        </FlatRoutes>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_what_follows_the_host() {
        assert_eq!(path_of("http://localhost:3030/"), "/");
        assert_eq!(path_of("https://example.org/tools/venti/"), "/tools/venti/");
        assert_eq!(path_of("https://example.org"), "");
    }
}
