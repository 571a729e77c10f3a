//! The choice of what shows: states with their counts, and words. Both are kept in the URL.

use leptos::prelude::*;

use super::filter::{Filter, RuleState};
use super::listing::Counts;
use super::truth;
use crate::state::ViewParams;
use crate::state::view_params::History;

/// The parameter of the URL that holds the states.
const STATES: &str = "state";

/// The parameter of the URL that holds the words.
const SEARCH: &str = "search";

/// What the URL says.
pub(super) fn use_filter() -> Memo<Filter> {
    let params = ViewParams::expect();
    Memo::new(move |_| {
        let (states, search) = (params.get(STATES), params.get(SEARCH));
        Filter::new(states.as_deref(), search.as_deref())
    })
}

/// Shows everything again.
pub(super) fn clear_filter(params: ViewParams) {
    params.set(&[(STATES, None), (SEARCH, None)], History::Push);
}

/// A button for each state.
#[component]
pub(super) fn FilterBar(
    /// How much there is of each.
    counts: Memo<Counts>,
    /// What is chosen.
    filter: Memo<Filter>,
) -> impl IntoView {
    let params = ViewParams::expect();
    let button = move |state: RuleState| {
        let count = move || counts.with(|it| it.of(state));
        let things = match state {
            RuleState::Firing | RuleState::Pending => "Alerts",
            _ => "Rules",
        };
        let choose = move |_| {
            let states = filter.with_untracked(|it| it.toggled(state));
            params.set(&[(STATES, states)], History::Push);
        };
        view! {
            <button
                type="button"
                class="state-filter"
                data-state=state.as_str()
                title=format!("{things}: {}", state.meaning())
                aria-pressed=move || truth(filter.with(|it| it.has(state)))
                class:none=move || count() == 0
                on:click=choose
            >
                <strong>{count}</strong>
                " "
                {state.as_str()}
            </button>
        }
    };
    view! {
        <div class="state-filters" role="group" aria-label="States">
            {RuleState::ALL.map(button).collect_view()}
        </div>
    }
}

/// Words to look for in names and labels.
#[component]
pub(crate) fn RuleSearch() -> impl IntoView {
    let params = ViewParams::expect();
    let note_search = move |event| {
        let text = Some(event_target_value(&event)).filter(|it| !it.is_empty());
        params.set(&[(SEARCH, text)], History::Replace);
    };
    view! {
        <input
            type="search"
            class="search"
            placeholder="Search rules and labels"
            aria-label="Search rules and labels"
            prop:value=move || params.get(SEARCH).unwrap_or_default()
            on:input=note_search
        />
    }
}
