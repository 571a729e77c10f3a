//! What stands round a page of charts: the bar above, and the data table docked beside them.

use leptos::context::Provider;
use leptos::prelude::*;

use super::tool_bar::ToolBar;
use crate::plot::{DataTable, PlotCursor};
use crate::state::{DataTableState, RefreshState, ThemeState, zone};

/// A page whose charts share one cursor, which ends with the page.
#[component]
pub(crate) fn ChartPage(
    /// The page's heading.
    #[prop(into)]
    title: Signal<String>,
    /// Controls of the page itself, in the bar; none by default.
    #[prop(optional, into)]
    controls: Option<AnyView>,
    /// Its CSS classes.
    #[prop(default = "page")]
    class: &'static str,
    /// What is shown below the bar.
    children: Children,
) -> impl IntoView {
    let table = DataTableState::expect();
    let is_dark = ThemeState::expect().is_dark();
    RefreshState::expect().look_at_clock();
    view! {
        // A provider and not `provide_context`: components own no scope, so a context set here
        // would reach the side bar too.
        <Provider value=PlotCursor::new()>
            <main class=class>
                <ToolBar title>{controls}</ToolBar>
                <div class="page-columns">
                    <div class="page-body">{children()}</div>
                    <Show when=move || table.is_open()>
                        <DataTable is_dark zone=zone::LOCAL on_close=move |()| table.toggle() />
                    </Show>
                </div>
            </main>
        </Provider>
    }
}
