//! The size of an element.

use leptos::html;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{ResizeObserver, ResizeObserverEntry};

/// Width and height of the element's content in CSS pixels; zero until it is on the page.
pub(crate) fn use_size(element: NodeRef<html::Div>) -> Signal<(f64, f64)> {
    let size = RwSignal::new((0.0, 0.0));
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let callback = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let latest = entries
                .iter()
                .last()
                .map(ResizeObserverEntry::unchecked_from_js);
            if let Some(entry) = latest {
                let content = entry.content_rect();
                let new = (content.width(), content.height());
                if size.get_untracked() != new {
                    size.set(new);
                }
            }
        });
        let Ok(observer) = ResizeObserver::new(callback.as_ref().unchecked_ref()) else {
            return;
        };
        observer.observe(&element);
        let observing = SendWrapper::new((observer, callback));
        on_cleanup(move || observing.0.disconnect());
    });
    size.into()
}
