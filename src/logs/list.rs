//! Log lines, newest at the bottom.

use std::collections::HashSet;
use std::sync::Arc;

use leptos::prelude::*;
use venti_model::time::Zone;

use super::line::LogLine;
use super::marks::Marks;
use super::row::LogRowView;
use crate::ui::VirtualList;

/// The widest that the columns of labels get, in letters: namespace, pod and container, or node
/// and process. What is longer is cut, and told when one points at it.
const WIDEST: [usize; 3] = [18, 28, 16];

/// The list.
#[component]
pub(crate) fn LogList(
    /// The lines, oldest first.
    lines: Signal<Arc<Vec<Arc<LogLine>>>>,
    /// What to mark in their messages.
    marks: Signal<Arc<Marks>>,
    /// The reader's zone.
    zone: Zone,
    /// Whether long lines wrap.
    wraps: Signal<bool>,
    /// Whether the newest line is in sight; set it to go there.
    is_at_end: RwSignal<bool>,
    /// What opens below a line; without it nothing does.
    #[prop(optional)]
    details: Option<Callback<Arc<LogLine>, AnyView>>,
) -> impl IntoView {
    let opened = RwSignal::new(HashSet::<u64>::new());
    let keys =
        Signal::derive(move || Arc::new(lines.with(|it| it.iter().map(|it| it.id).collect())));
    let row = move |at: usize| {
        let Some(line) = lines.with_untracked(|it| it.get(at).cloned()) else {
            return ().into_any();
        };
        let Some(details) = details else {
            return view! { <LogRowView line marks zone /> }.into_any();
        };
        let id = line.id;
        let is_open = Memo::new(move |_| opened.with(|it| it.contains(&id)));
        let toggle = move |()| {
            // What opens shall stay in sight, even if the end does not.
            is_at_end.set(false);
            opened.update(|it| {
                if !it.remove(&id) {
                    it.insert(id);
                }
            });
        };
        let below = {
            let line = line.clone();
            move || is_open.get().then(|| details.run(line.clone()))
        };
        view! {
            <LogRowView line marks zone is_open=is_open.into() on_toggle=Callback::new(toggle) />
            {below}
        }
        .into_any()
    };
    let widths = Memo::new(move |_| lines.with(|it| widths(it)));
    let width = move |column: usize| {
        move || {
            format!(
                "{}ch",
                widths.with(|it| it.get(column).copied().unwrap_or_default())
            )
        }
    };
    view! {
        <div
            class="logs"
            class:wraps=move || wraps.get()
            style=("--label-1", width(0))
            style=("--label-2", width(1))
            style=("--label-3", width(2))
        >
            <VirtualList keys row=Callback::new(row) shape=wraps is_at_end label="Log lines" />
        </div>
    }
}

/// How wide the columns of labels are, in letters.
fn widths(lines: &[Arc<LogLine>]) -> [usize; 3] {
    let mut widths = [0; 3];
    for line in lines {
        for ((width, widest), (_, label)) in widths.iter_mut().zip(WIDEST).zip(line.labels()) {
            *width = label.chars().count().min(widest).max(*width);
        }
    }
    widths
}
