//! Whether an element is near the visible part of the page.

use leptos::html;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// Near is within one screen above or below, so that what is scrolled to is there already.
const MARGIN: &str = "100% 0px";

/// Follows the element; a browser that cannot tell counts it as near.
pub(crate) fn use_is_near(element: NodeRef<html::Section>) -> Signal<bool> {
    let is_near = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let callback = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let latest = entries
                .iter()
                .last()
                .map(IntersectionObserverEntry::unchecked_from_js);
            if let Some(entry) = latest {
                is_near.set(entry.is_intersecting());
            }
        });
        let options = IntersectionObserverInit::new();
        options.set_root_margin(MARGIN);
        let function = callback.as_ref().unchecked_ref();
        let Ok(observer) = IntersectionObserver::new_with_options(function, &options) else {
            is_near.set(true);
            return;
        };
        observer.observe(&element);
        let observing = SendWrapper::new((observer, callback));
        on_cleanup(move || observing.0.disconnect());
    });
    is_near.into()
}
