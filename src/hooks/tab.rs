//! Whether anybody looks at this tab.

use leptos::ev::Custom;
use leptos::prelude::*;

/// True while the tab is in the background.
pub(crate) fn use_is_tab_hidden() -> Signal<bool> {
    let is_hidden = RwSignal::new(document().hidden());
    let changed = Custom::<web_sys::Event>::new("visibilitychange");
    let listener = window_event_listener(changed, move |_| is_hidden.set(document().hidden()));
    on_cleanup(move || listener.remove());
    is_hidden.into()
}
