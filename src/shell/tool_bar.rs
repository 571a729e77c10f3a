//! The bar above a page: its heading, its own controls, time range and refresh.

use leptos::prelude::*;

use super::refresh_picker::RefreshPicker;
use super::time_range_picker::TimeRangePicker;
use crate::state::DataTableState;
use crate::ui::Icon;

/// The tool bar of a page.
#[component]
pub(crate) fn ToolBar(
    /// The page's heading.
    #[prop(into)]
    title: Signal<String>,
    /// Controls of the page itself.
    children: Children,
) -> impl IntoView {
    let table = DataTableState::expect();
    view! {
        <header class="tool-bar">
            <h1>{move || title.get()}</h1>
            <div class="tool-bar-controls">
                {children()}
                <TimeRangePicker />
                <RefreshPicker />
                <button
                    type="button"
                    class="button"
                    title="Data table at the cursor"
                    aria-label="Data table at the cursor"
                    aria-pressed=move || if table.is_open() { "true" } else { "false" }
                    on:click=move |_| table.toggle()
                >
                    <Icon name="table" />
                </button>
            </div>
        </header>
    }
}
