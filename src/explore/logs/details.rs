//! What opens below a line: all its fields, its whole message, and the lines round it.

use std::sync::Arc;

use leptos::prelude::*;

use super::context::Context;
use super::json;
use crate::api::query::Source;
use crate::hooks::copy_text;
use crate::logs::{LogLine, Marks, clean};

/// How much of a message is shown, in bytes: a browser has a hard time with a longer text. The
/// copy is of all of it.
const MOST_SHOWN: usize = 200_000;

/// The details of a line.
#[component]
pub(super) fn Details(
    /// The line.
    line: Arc<LogLine>,
    /// Who answered it.
    source: Source,
    /// Which lines are shown round it: those of a query, or else all of its writer.
    round: Option<String>,
    /// What to mark in the lines round it.
    marks: Signal<Arc<Marks>>,
) -> impl IntoView {
    let is_copied = RwSignal::new(false);
    let has_context = RwSignal::new(false);
    let copy = {
        let line = line.clone();
        move |_| is_copied.set(copy_text(&line.row.log))
    };
    let time = ("time", line.row.time.as_str());
    let level = ("level", line.level.name());
    let fields = [time].into_iter().chain(line.labels()).chain([level]);
    let fields = fields.map(|(name, value)| {
        view! {
            <dt>{name}</dt>
            <dd>{clean(value).into_owned()}</dd>
        }
    });
    let fields = fields.collect_view();
    let message = json::pretty(&line.row.log);
    let message = match &message {
        Some(pretty) => pretty.lines().map(clean).collect::<Vec<_>>().join("\n"),
        None => clean(&line.row.log).into_owned(),
    };
    let end = message.floor_char_boundary(MOST_SHOWN);
    let is_cut = end < message.len();
    let message = message.get(..end).unwrap_or_default().to_owned();
    let can_have_context = line.row.cursor.is_some();
    let context = move || {
        let (line, source, round) = (line.clone(), source.clone(), round.clone());
        has_context
            .get()
            .then(|| view! { <Context line source round marks /> })
    };
    view! {
        <div class="log-details">
            <div class="log-actions">
                <button type="button" class="button small" on:click=copy>
                    {move || if is_copied.get() { "Copied" } else { "Copy message" }}
                </button>
                {can_have_context.then(|| view! {
                    <button
                        type="button"
                        class="button small"
                        aria-pressed=move || if has_context.get() { "true" } else { "false" }
                        on:click=move |_| has_context.update(|it| *it = !*it)
                    >
                        "Context"
                    </button>
                })}
            </div>
            <dl>{fields}</dl>
            <pre class="log-message" tabindex="0">{message}</pre>
            {is_cut.then(|| view! { <p class="dim">"The message is longer; the copy has all of it."</p> })}
            {context}
        </div>
    }
}
