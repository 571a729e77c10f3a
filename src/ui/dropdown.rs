//! A button that opens a small panel below itself.

use leptos::html;
use leptos::prelude::*;

use super::Icon;
use crate::hooks::use_click_outside;

/// Opens on a click; closes on Escape, on a click elsewhere and on a choice inside.
#[component]
pub(crate) fn Dropdown(
    /// What it is, for the button's title and for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// The icon on the button.
    icon: &'static str,
    /// The text on the button; without it the icon stands alone.
    #[prop(optional, into)]
    text: Option<Signal<String>>,
    /// More classes of the button.
    #[prop(optional)]
    class: &'static str,
    /// What opens; made anew each time.
    children: ChildrenFn,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let root = NodeRef::<html::Div>::new();
    use_click_outside(root, move || is_open.set(false));
    let close_on_escape = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            is_open.set(false);
        }
    };
    let close_on_choice = move |event: web_sys::MouseEvent| {
        // Links and buttons marked as choices close the panel, fields do not.
        let chosen = event_target::<web_sys::Element>(&event).closest(".menu-item");
        if matches!(chosen, Ok(Some(_))) {
            is_open.set(false);
        }
    };
    let button_class = if text.is_some() {
        "button"
    } else {
        "icon-button"
    };
    view! {
        <div class="dropdown" node_ref=root on:keydown=close_on_escape>
            <button
                type="button"
                class=format!("{button_class} {class}")
                title=move || label.get()
                aria-label=move || label.get()
                aria-haspopup="true"
                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                on:click=move |_| is_open.update(|it| *it = !*it)
            >
                <Icon name=icon />
                {text.map(|text| view! { <span class="button-text">{move || text.get()}</span> })}
            </button>
            <Show when=move || is_open.get()>
                <div
                    class="dropdown-panel"
                    on:click=close_on_choice
                    // A form must still stand when it is submitted, so it is not a choice.
                    on:submit=move |_| is_open.set(false)
                >{children()}</div>
            </Show>
        </div>
    }
}
