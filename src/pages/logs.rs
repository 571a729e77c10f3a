//! Search logs with LetheQL.

use leptos::prelude::*;

use crate::explore::LogsExplorer;
use crate::shell::ChartPage;

/// The query lives in the URL as `query`.
#[component]
pub(crate) fn LogsPage() -> impl IntoView {
    super::set_tab_title("Logs");
    view! {
        <ChartPage title="Logs" class="page logs-page">
            <LogsExplorer />
        </ChartPage>
    }
}
