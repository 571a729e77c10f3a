//! Ask Prometheus a question and look at the answer.

use leptos::prelude::*;

use crate::explore::MetricsExplorer;
use crate::shell::ChartPage;

/// The query lives in the URL as `query`.
#[component]
pub(crate) fn MetricsPage() -> impl IntoView {
    super::set_tab_title("Metrics");
    view! {
        <ChartPage title="Metrics">
            <MetricsExplorer />
        </ChartPage>
    }
}
