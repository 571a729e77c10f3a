//! A press anywhere else.

use leptos::html;
use leptos::prelude::*;

/// Calls back when something outside of the element is pressed.
pub(crate) fn use_click_outside(element: NodeRef<html::Div>, callback: impl Fn() + 'static) {
    let listener = window_event_listener(leptos::ev::pointerdown, move |event| {
        let pressed = event_target::<web_sys::Node>(&event);
        if element
            .get_untracked()
            .is_some_and(|it| !it.contains(Some(&pressed)))
        {
            callback();
        }
    });
    on_cleanup(move || listener.remove());
}
