//! A question to the style engine, such as whether the system is dark.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// Whether the media query holds; false where the browser does not know it.
pub(crate) fn use_media_query(query: &str) -> Signal<bool> {
    let Some(list) = window().match_media(query).ok().flatten() else {
        return Signal::stored(false);
    };
    let holds = RwSignal::new(list.matches());
    let watched = list.clone();
    let callback = Closure::<dyn FnMut()>::new(move || holds.set(watched.matches()));
    list.set_onchange(Some(callback.as_ref().unchecked_ref()));
    let watching = SendWrapper::new((list, callback));
    on_cleanup(move || watching.0.set_onchange(None));
    holds.into()
}
