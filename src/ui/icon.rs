//! The icons, as paths on a 16 × 16 grid drawn with the colour of the text.

use leptos::prelude::*;

/// An icon by name; it says nothing by itself, so the element around it needs a label.
#[component]
pub(crate) fn Icon(
    /// Which one; an unknown name is an empty square.
    name: &'static str,
) -> impl IntoView {
    let path = match name {
        "alerts" => "M8 1.8v1.4M3.2 12h9.6l-1.3-2V7a3.5 3.5 0 0 0-7 0v3zM6.8 14h2.4",
        "chevron" => "M6 3.5 10.5 8 6 12.5",
        "clock" => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 5v3.2l2.2 1.6",
        "datasource" => {
            "M2.5 4c0-2 11-2 11 0s-11 2-11 0zM2.5 4v8c0 2 11 2 11 0V4M2.5 8c0 2 11 2 11 0"
        }
        "dashboard" => "M2.5 2.5h4.5v6h-4.5zM9 2.5h4.5v3.5H9zM9 8h4.5v5.5H9zM2.5 10.5h4.5v3h-4.5z",
        "error" => "M8 2.2 14.2 13H1.8zM8 6.5v3M8 11.2v.3",
        "explore" => "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4 13.5 13.5",
        "info" => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 7.3v3.6M8 5v.3",
        "logs" => "M2.5 4h1M5.5 4h8M2.5 8h1M5.5 8h8M2.5 12h1M5.5 12h5",
        "logout" => "M6.5 2.5h-4v11h4M6 8h7.5M10.5 5l3 3-3 3",
        "menu" => "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
        "metrics" => "M2.5 13.5v-11M2.5 13.5h11M4.5 10.5l3-4 2.5 2 3-4.5",
        "refresh" => "M13 8a5 5 0 1 1-1.6-3.7M13.2 2.3v3h-3",
        "status" => "M1.5 8h3l2-5 3 10 2-5h3",
        "table" => "M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.6h11M6.2 6.3V13",
        "user" => "M8 8.2a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c0-5 11-5 11 0",
        _ => "M3 3h10v10H3z",
    };
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d=path fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
}
