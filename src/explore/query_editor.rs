//! The box in which a query is written.

use leptos::prelude::*;

/// A text area that runs its query on Enter (Shift+Enter breaks the line) or by its button.
#[component]
pub(crate) fn QueryEditor(
    /// The query that runs; when it changes, the box follows.
    query: Signal<String>,
    /// Whether the answer is on its way.
    loading: Signal<bool>,
    /// The user wants this query run.
    #[prop(into)]
    on_run: Callback<String>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    // The box is the outside world here: "back" and links change the query under it.
    Effect::new(move |_| text.set(query.get()));
    let run = move || on_run.run(text.with_untracked(|it| it.trim().to_owned()));
    let run_on_enter = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            run();
        }
    };
    view! {
        <form
            class="query-editor"
            on:submit=move |event| {
                event.prevent_default();
                run();
            }
        >
            <textarea
                name="query"
                rows="2"
                class="mono"
                aria-label="PromQL query"
                placeholder="PromQL, such as rate(node_cpu_seconds_total{mode!=\"idle\"}[1m])"
                spellcheck="false"
                autocomplete="off"
                autocapitalize="off"
                bind:value=text
                on:keydown=run_on_enter
            ></textarea>
            <button type="submit" class="button primary" aria-busy=move || if loading.get() { "true" } else { "false" }>
                "Run"
            </button>
        </form>
    }
}
