//! One log line as a row: level, time, where it comes from, message.

use std::sync::Arc;

use leptos::prelude::*;
use venti_model::time::Zone;

use super::clean::clean;
use super::line::{LogLine, local_time};
use super::marks::Marks;

/// How much of a message a row shows, in bytes; what opens below it has the rest.
const MOST_SHOWN: usize = 4_000;

/// A line's row.
#[component]
pub(crate) fn LogRowView(
    /// The line.
    line: Arc<LogLine>,
    /// What to mark in its message.
    marks: Signal<Arc<Marks>>,
    /// The reader's zone.
    zone: Zone,
    /// Whether its details are open, where it has some.
    #[prop(optional)]
    is_open: Option<Signal<bool>>,
    /// The reader opens or closes the details.
    #[prop(optional)]
    on_toggle: Option<Callback<()>>,
) -> impl IntoView {
    let toggle = move |_| {
        // A click that ends a selection is meant for the selection.
        let selected = window().get_selection().ok().flatten();
        if let Some(on_toggle) = on_toggle
            && selected.is_none_or(|it| it.is_collapsed())
        {
            on_toggle.run(());
        }
    };
    let labels = line.labels().map(|(name, value)| {
        view! { <span class="log-label" title=format!("{name}: {value}")>{value.to_owned()}</span> }
    });
    let labels = labels.collect_view();
    let time = local_time(&line.row, zone);
    let level = line.level.name();
    view! {
        <div class="log-line" class:can-open=is_open.is_some() data-level=level title=move || format!("level: {level}") on:click=toggle>
            {is_open.map(|is_open| view! {
                <button
                    type="button"
                    class="log-open"
                    // The list is the tab stop, and arrow keys lead here.
                    tabindex="-1"
                    aria-label=format!("Details of the line of {time}")
                    aria-expanded=move || if is_open.get() { "true" } else { "false" }
                ></button>
            })}
            <time title=line.row.time.clone()>{time.clone()}</time>
            {labels}
            <Message line marks />
        </div>
    }
}

#[component]
fn Message(line: Arc<LogLine>, marks: Signal<Arc<Marks>>) -> impl IntoView {
    let pieces = move || {
        let (shown, hidden) = cut(&line.row.log);
        let mut pieces = Vec::new();
        let mut at = 0;
        for range in marks.with(|it| it.ranges(shown)) {
            let text = |range| clean(shown.get(range).unwrap_or_default()).into_owned();
            pieces.push(text(at..range.start).into_any());
            pieces.push(view! { <mark>{text(range.clone())}</mark> }.into_any());
            at = range.end;
        }
        pieces.push(
            clean(shown.get(at..).unwrap_or_default())
                .into_owned()
                .into_any(),
        );
        if hidden > 0 {
            let more = format!("… {} more", kibibytes(hidden));
            pieces.push(view! { <span class="log-more">{more}</span> }.into_any());
        }
        pieces
    };
    view! { <span class="log-text">{pieces}</span> }
}

/// What of a message a row shows, and how many bytes are left.
fn cut(message: &str) -> (&str, usize) {
    let end = message.floor_char_boundary(MOST_SHOWN);
    let shown = message.get(..end).unwrap_or_default();
    (shown, message.len() - shown.len())
}

fn kibibytes(bytes: usize) -> String {
    match bytes {
        ..1024 => format!("{bytes} B"),
        _ => format!("{} KiB", bytes.div_ceil(1024)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_messages_are_cut_between_letters() {
        assert_eq!(cut("short"), ("short", 0));
        let long = "ü".repeat(MOST_SHOWN);
        let (shown, hidden) = cut(&long);
        assert_eq!(shown.len(), MOST_SHOWN);
        assert_eq!(hidden, MOST_SHOWN);
        let odd = format!("a{long}");
        assert_eq!(cut(&odd).0.len(), MOST_SHOWN - 1);
        assert_eq!([7, 1024, 1025].map(kibibytes), ["7 B", "1 KiB", "2 KiB"]);
    }
}
