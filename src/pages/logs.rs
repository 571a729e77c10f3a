//! Search logs with LetheQL.

use leptos::context::Provider;
use leptos::prelude::*;

use crate::explore::LogsExplorer;
use crate::plot::{DataTable, PlotCursor};
use crate::shell::ToolBar;
use crate::state::{DataTableState, RefreshState, ThemeState, zone};

/// The query lives in the URL as `query`.
#[component]
pub(crate) fn LogsPage() -> impl IntoView {
    let table = DataTableState::expect();
    let is_dark = ThemeState::expect().is_dark();
    RefreshState::expect().look_at_clock();
    super::set_tab_title("Logs");
    view! {
        <Provider value=PlotCursor::new()>
                <main class="page logs-page">
                    <ToolBar title="Logs">""</ToolBar>
                    <div class="page-columns">
                        <div class="page-body">
                            <LogsExplorer />
                        </div>
                        <Show when=move || table.is_open()>
                            <DataTable is_dark zone=zone::LOCAL on_close=move |()| table.toggle() />
                        </Show>
                    </div>
                </main>
        </Provider>
    }
}
