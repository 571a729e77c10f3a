//! Log lines as they are written, over server-sent events.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use venti_model::answer::Answer;
use venti_model::api::remote;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Event, EventSource, MessageEvent};

use super::ApiError;
use super::query::Source;
use crate::route::with_params;

/// What is followed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tail {
    /// Who is asked.
    pub(crate) source: Source,
    /// The query.
    pub(crate) query: String,
    /// From when on the first answer has lines, unix seconds.
    pub(crate) start: f64,
    /// How many lines the first answer may have.
    pub(crate) limit: usize,
}

/// Follows what `tail` says; a change of it ends the old stream, and so does leaving the view.
/// The browser connects again by itself when the connection breaks; an error means that it does
/// no more.
pub(crate) fn use_tail(
    tail: Signal<Option<Tail>>,
    on_event: impl Fn(Result<Answer, ApiError>) + Clone + 'static,
) {
    Effect::new(move |_| {
        let Some(tail) = tail.get() else { return };
        let (start, limit) = (format!("{:.3}", tail.start), tail.limit.to_string());
        let params = [
            tail.source.param(),
            ("query", tail.query.as_str()),
            ("start", start.as_str()),
            ("limit", limit.as_str()),
            ("cursors", "true"),
        ];
        let on_event = on_event.clone();
        let Ok(stream) = EventSource::new(&with_params(remote::TAIL, params)) else {
            let message = "this browser cannot follow logs".to_owned();
            return on_event(Err(ApiError::Network(message)));
        };
        let listener = {
            let stream = stream.clone();
            Closure::<dyn FnMut(Event)>::new(move |event: Event| {
                // Without data an `error` is the browser's own: the connection broke.
                let data = event
                    .dyn_ref::<MessageEvent>()
                    .and_then(|it| it.data().as_string());
                let answer = match data {
                    Some(data) => Answer::decode(data.as_bytes())
                        .map_err(|error| ApiError::Decode(error.to_string())),
                    None if stream.ready_state() == EventSource::CLOSED => {
                        let message = "the live tail was refused or ended";
                        Err(ApiError::Network(message.to_owned()))
                    }
                    None => return,
                };
                if answer.is_err() {
                    stream.close();
                }
                on_event(answer);
            })
        };
        let function = listener.as_ref().unchecked_ref();
        stream.set_onmessage(Some(function));
        stream.set_onerror(Some(function));
        let following = SendWrapper::new((stream, listener));
        on_cleanup(move || {
            following.0.set_onmessage(None);
            following.0.set_onerror(None);
            following.0.close();
        });
    });
}
