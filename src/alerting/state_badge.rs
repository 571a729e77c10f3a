//! A state as a word with a colour, never as a colour alone.

use leptos::prelude::*;

use super::filter::RuleState;

/// The state of a rule or an alert.
#[component]
pub(super) fn StateBadge(
    /// Which one.
    #[prop(into)]
    state: Signal<RuleState>,
) -> impl IntoView {
    view! {
        <span
            class="state-badge"
            data-state=move || state.get().as_str()
            title=move || state.get().meaning()
        >
            {move || state.get().as_str()}
        </span>
    }
}
