//! What fires, what may soon, and the rules behind it.

use leptos::prelude::*;

use crate::alerting::{AlertList, RuleSearch, TestAlert};
use crate::shell::PageHead;
use crate::state::RefreshState;

/// What is searched and which states show live in the URL as `search` and `state`.
#[component]
pub(crate) fn AlertsPage() -> impl IntoView {
    RefreshState::expect().look_at_clock();
    super::set_tab_title("Alerts");
    view! {
        <main class="page">
            <PageHead title="Alerts">
                <TestAlert />
                <RuleSearch />
            </PageHead>
            <AlertList />
        </main>
    }
}
