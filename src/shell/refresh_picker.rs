//! Refresh by hand, and by itself.

use leptos::prelude::*;
use venti_model::duration::format_seconds;

use crate::state::RefreshState;
use crate::state::refresh::INTERVALS;
use crate::ui::Icon;

/// The refresh button and the interval beside it.
#[component]
pub(crate) fn RefreshPicker() -> impl IntoView {
    let refresh = RefreshState::expect();
    let choose = move |event| {
        let seconds = event_target_value(&event).parse().ok();
        refresh.set_interval(seconds);
    };
    // An interval from the URL that is none of ours is offered as well.
    let intervals = move || {
        let own = refresh.interval();
        let mut all: Vec<u64> = INTERVALS.into_iter().chain(own).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter()
            .map(|seconds| {
                view! {
                    <option value=seconds.to_string() selected=own == Some(seconds)>
                        {format_seconds(seconds)}
                    </option>
                }
            })
            .collect_view()
    };
    view! {
        <div class="refresh">
            <button
                type="button"
                class="button"
                title="Refresh now"
                aria-label="Refresh now"
                on:click=move |_| refresh.refresh()
            >
                <Icon name="refresh" />
            </button>
            <select aria-label="Auto refresh" title="Auto refresh" on:change=choose>
                <option value="" selected=move || refresh.interval().is_none()>"Off"</option>
                {intervals}
            </select>
        </div>
    }
}
