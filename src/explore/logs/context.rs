//! The lines round one line: in a Lethe those of the same container or process, whatever the query
//! filters, elsewhere those that the query finds.

use std::sync::Arc;

use leptos::prelude::*;

use super::letheql::quoted;
use crate::api::query::Source;
use crate::api::{ApiError, QueryOptions, logs, use_query};
use crate::logs::{LogLine, LogLines, LogRowView, Marks, Page};
use crate::state::zone;
use crate::ui::ErrorCard;

/// How many lines before, and as many behind.
const COUNT: usize = 10;

/// The lines, with the one in question marked.
#[component]
pub(super) fn Context(
    /// The line in the middle.
    line: Arc<LogLine>,
    /// Who answered it.
    source: Source,
    /// The query whose lines are shown; without one all of the line's writer.
    round: Option<String>,
    /// What to mark in the messages.
    marks: Signal<Arc<Marks>>,
) -> impl IntoView {
    let cursor = line.row.cursor.clone().unwrap_or_default();
    let note = round
        .is_some()
        .then(|| view! { <p class="dim">"Before and after it, of what the query finds:"</p> });
    let selector = round.unwrap_or_else(|| selector(&line));
    let asked = (selector, cursor.clone());
    let context = use_query(
        move || Some(asked.clone()),
        QueryOptions::default(),
        move |(selector, cursor): (String, String), abort| {
            let source = source.clone();
            async move {
                let answer = logs::context(&source, &selector, &cursor, COUNT, &abort).await?;
                let page = Page::of(answer).ok_or_else(|| {
                    ApiError::Decode("the datasource did not answer log lines".to_owned())
                })?;
                let mut lines = LogLines::default();
                lines.refresh(page, f64::NEG_INFINITY);
                Ok(lines)
            }
        },
    );
    let shown = move || match (context.data(), context.error()) {
        (_, Some(error)) => {
            view! { <ErrorCard message=error.to_string() on_retry=move |()| context.refetch() /> }
                .into_any()
        }
        (None, None) => view! { <p class="dim">"Loading…"</p> }.into_any(),
        (Some(lines), None) => {
            let rows = lines.lines();
            let rows = rows.iter().map(|it| {
                let is_middle = it.row.cursor.as_ref() == Some(&cursor);
                view! {
                    <li class="log-context-line" aria-current=is_middle.then_some("true")>
                        <LogRowView line=it.clone() marks zone=zone::LOCAL />
                    </li>
                }
            });
            rows.collect_view().into_any()
        }
    };
    view! {
        {note}
        <ol class="log-context" aria-label="Lines before and after">{shown}</ol>
    }
}

/// Selects everything that the line's writer wrote.
fn selector(line: &LogLine) -> String {
    let kind = if line.row.node.is_some() {
        "node"
    } else {
        "pod"
    };
    let labels = line
        .labels()
        .map(|(name, value)| format!("{name}={}", quoted(value)));
    format!("{kind}{{{}}}", labels.collect::<Vec<_>>().join(","))
}
