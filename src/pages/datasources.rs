//! Where metrics and logs come from, how that is, and what is scraped.

use leptos::prelude::*;

use crate::shell::PageHead;
use crate::state::RefreshState;
use crate::system::{DatasourceList, TargetSearch};

/// The search lives in the URL as `search`.
#[component]
pub(crate) fn DatasourcesPage() -> impl IntoView {
    RefreshState::expect().look_at_clock();
    super::set_tab_title("Datasources");
    view! {
        <main class="page">
            <PageHead title="Datasources">
                <TargetSearch />
            </PageHead>
            <DatasourceList />
        </main>
    }
}
