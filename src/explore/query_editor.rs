//! The box in which a query is written.
//!
//! What is written lies, painted, below a text area whose own letters are transparent. Both
//! break lines alike, and the painted text decides how high the box is.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::question::Question;

/// What is written in the box.
#[derive(Clone, Copy)]
pub(super) struct Language {
    /// Its name.
    pub(super) name: &'static str,
    /// What an empty box says.
    pub(super) example: &'static str,
    /// How it is read while it is written; nothing where only the datasource can tell.
    pub(super) read: Option<fn(&str) -> Reading>,
}

/// A query as read while it is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reading {
    /// All of the text, cut where its meaning changes.
    pub(super) pieces: Vec<Piece>,
    /// What is wrong with it.
    pub(super) fault: Option<String>,
}

/// A part of a query.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    /// What it is, as styles call it.
    pub(super) class: &'static str,
    /// Whether it is to blame for the fault.
    pub(super) is_fault: bool,
    /// As it stands in the query.
    pub(super) text: String,
}

/// A text area that runs its query on Enter (Shift+Enter breaks the line) or by its button. A
/// query with a fault can be run too: a datasource may know more than this page.
#[component]
pub(super) fn QueryEditor(
    /// The question; when its query changes, the box follows.
    question: Question,
    /// What is written.
    language: Language,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    // The box is the outside world here: "back" and links change the query under it.
    Effect::new(move |_| text.set(question.written().get()));
    let run = move || question.ask(text.with_untracked(|it| it.trim().to_owned()));
    let run_on_enter = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            run();
        }
    };
    let reading = Memo::new(move |_| match language.read {
        Some(read) => text.with(|it| read(it)),
        None => Reading::default(),
    });
    let fault = Memo::new(move |_| reading.with(|it| it.fault.clone()));
    let painted = move || {
        let pieces = reading.with(|it| it.pieces.clone());
        if pieces.is_empty() {
            return text.get().into_any();
        }
        let pieces = pieces.into_iter().map(|piece| {
            view! { <span class=format!("query-{}", piece.class) class:query-fault=piece.is_fault>{piece.text}</span> }
        });
        pieces.collect_view().into_any()
    };
    view! {
        <form
            class="query-editor"
            on:submit=move |event| {
                event.prevent_default();
                run();
            }
        >
            <div class="query-box">
                // The last line is as high as the others, even if it is empty.
                <pre class="query-paint" aria-hidden="true">{painted}"\n"</pre>
                <textarea
                    name="query"
                    class="mono"
                    aria-label=format!("{} query", language.name)
                    aria-invalid=move || if fault.with(Option::is_some) { "true" } else { "false" }
                    aria-describedby="query-fault"
                    placeholder=language.example
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    bind:value=text
                    on:keydown=run_on_enter
                ></textarea>
            </div>
            <button
                type="submit"
                class="button primary"
                aria-busy=move || if question.is_loading() { "true" } else { "false" }
            >
                "Run"
            </button>
            <p class="field-fault query-fault-text" id="query-fault" role="status">{move || fault.get()}</p>
        </form>
    }
}
