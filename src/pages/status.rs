//! What runs here, and what is wrong with its configuration.

use leptos::prelude::*;

use crate::shell::PageHead;
use crate::state::RefreshState;
use crate::system::ServerStatus;

/// Configuration, build, runtime and flags.
#[component]
pub(crate) fn StatusPage() -> impl IntoView {
    RefreshState::expect().look_at_clock();
    super::set_tab_title("Status");
    view! {
        <main class="page">
            <PageHead title="Status">""</PageHead>
            <ServerStatus />
        </main>
    }
}
