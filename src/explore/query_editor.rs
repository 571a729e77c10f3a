//! The box in which a query is written.
//!
//! What is written lies, painted, below a text area whose own letters are transparent. Both
//! break lines alike, and the painted text decides how high the box is.

use leptos::html;
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

/// What may be written at the caret.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Offers {
    /// Where the word starts that an offer replaces, in bytes.
    pub(super) start: usize,
    /// The offers, best first.
    pub(super) words: Vec<String>,
}

/// How many offers are shown.
const MOST_OFFERS: usize = 8;

/// A text area that runs its query on Enter (Shift+Enter breaks the line) or by its button. A
/// query with a fault can be run too: a datasource may know more than this page.
#[component]
pub(super) fn QueryEditor(
    /// The question; when its query changes, the box follows.
    question: Question,
    /// What is written.
    language: Language,
    /// Told the query up to the caret while somebody writes.
    #[prop(optional)]
    typed: Option<RwSignal<Option<String>>>,
    /// What may be written there: Tab takes the first, arrows and Enter another one.
    #[prop(optional, into)]
    offers: Option<Signal<Option<Offers>>>,
) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let picked = RwSignal::new(None::<usize>);
    let text = RwSignal::new(String::new());
    // The box is the outside world here: "back" and links change the query under it.
    Effect::new(move |_| text.set(question.written().get()));
    let tell = move |query: Option<String>| {
        picked.set(None);
        if let Some(typed) = typed {
            typed.set(query);
        }
    };
    let run = move || {
        tell(None);
        question.ask(text.with_untracked(|it| it.trim().to_owned()));
    };
    let note_typing = move || {
        let caret = field
            .get_untracked()
            .and_then(|it| it.selection_start().ok().flatten());
        let query = caret.map(|caret| text.with_untracked(|it| up_to(it, caret).to_owned()));
        tell(query);
    };
    let words = Memo::new(move |_| {
        let words = offers
            .and_then(|it| it.get())
            .map(|it| it.words)
            .unwrap_or_default();
        words.into_iter().take(MOST_OFFERS).collect::<Vec<_>>()
    });
    let take = move |at: usize| {
        let offers = offers.and_then(|it| it.get_untracked());
        let Some(typed) = typed.and_then(|it| it.get_untracked()) else {
            return;
        };
        let Some((start, word)) = offers.and_then(|it| Some((it.start, it.words.get(at)?.clone())))
        else {
            return;
        };
        let begun = format!("{}{word}", typed.get(..start).unwrap_or_default());
        let caret = begun.encode_utf16().count() as u32;
        text.update(|it| *it = format!("{begun}{}", it.get(typed.len()..).unwrap_or_default()));
        tell(Some(begun));
        request_animation_frame(move || {
            if let Some(Some(field)) = field.try_get_untracked() {
                let _ = field.focus();
                let _ = field.set_selection_range(caret, caret);
            }
        });
    };
    let press = move |event: KeyboardEvent| {
        if event.is_composing() || event.shift_key() {
            return;
        }
        let n_words = words.with_untracked(Vec::len);
        match (event.key().as_str(), picked.get_untracked()) {
            ("Enter", Some(at)) => take(at),
            ("Enter", None) => run(),
            ("Tab", at) if n_words > 0 => take(at.unwrap_or(0)),
            ("ArrowDown", at) if n_words > 0 => {
                picked.set(Some(at.map_or(0, |it| (it + 1) % n_words)))
            }
            ("ArrowUp", Some(at)) => picked.set(at.checked_sub(1)),
            ("Escape", _) if n_words > 0 => tell(None),
            _ => return,
        }
        event.prevent_default();
    };
    let list = move || {
        let words = words.get();
        let items = words.iter().enumerate().map(|(at, word)| {
            let is_picked = move || picked.get() == Some(at);
            view! {
                <li
                    role="option"
                    id=format!("query-offer-{at}")
                    aria-selected=move || if is_picked() { "true" } else { "false" }
                    // The box must not lose the caret before the click arrives.
                    on:pointerdown=move |event| event.prevent_default()
                    on:click=move |_| take(at)
                >
                    {word.clone()}
                </li>
            }
        });
        (!words.is_empty()).then(|| {
            view! { <ul class="query-offers mono" id="query-offers" role="listbox" aria-label="Completions">{items.collect_view()}</ul> }
        })
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
                    node_ref=field
                    name="query"
                    role="combobox"
                    aria-autocomplete="list"
                    aria-controls="query-offers"
                    aria-expanded=move || if words.with(Vec::is_empty) { "false" } else { "true" }
                    aria-activedescendant=move || picked.get().map(|at| format!("query-offer-{at}"))
                    class="mono"
                    aria-label=format!("{} query", language.name)
                    aria-invalid=move || if fault.with(Option::is_some) { "true" } else { "false" }
                    aria-describedby="query-fault"
                    placeholder=language.example
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    bind:value=text
                    on:keydown=press
                    on:input=move |_| note_typing()
                    on:click=move |_| note_typing()
                    on:blur=move |_| tell(None)
                ></textarea>
            </div>
            {list}
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

/// The text up to a caret, which browsers count in UTF-16 units.
fn up_to(text: &str, caret: u32) -> &str {
    let mut units = 0;
    let end = text.char_indices().find_map(|(at, c)| {
        let is_there = units >= caret;
        units += c.len_utf16() as u32;
        is_there.then_some(at)
    });
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_are_counted_as_browsers_do() {
        assert_eq!(up_to("a😀b", 0), "");
        assert_eq!(up_to("a😀b", 1), "a");
        assert_eq!(up_to("a😀b", 3), "a😀");
        assert_eq!(up_to("a😀b", 99), "a😀b");
    }
}
