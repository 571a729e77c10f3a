//! The bar above a page that has no time range: heading, its own controls, and refresh.

use leptos::prelude::*;

use super::refresh_picker::RefreshPicker;

/// The head of a page.
#[component]
pub(crate) fn PageHead(
    /// The page's heading.
    title: &'static str,
    /// Controls of the page itself.
    children: Children,
) -> impl IntoView {
    view! {
        <header class="tool-bar">
            <h1>{title}</h1>
            <div class="tool-bar-controls">
                {children()}
                <RefreshPicker />
            </div>
        </header>
    }
}
