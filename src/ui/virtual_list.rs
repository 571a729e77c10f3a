//! A scrolling list of any length that draws only the rows in sight.
//!
//! Rows may be of any height and may change it: each is measured where it stands. What the
//! reader looks at stays in place while rows come, go or grow above it; a list that is at its
//! end stays there, until the reader scrolls up.

mod keys;
mod layout;

use std::collections::HashMap;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use self::layout::Layout;
use crate::hooks::use_size;

/// The height of a row before it is drawn, CSS pixels.
const USUAL: f64 = 20.0;

/// Within this distance of the end a list counts as being there.
const NEAR: i32 = 24;

/// The row that the reader looks at, and how much of it is scrolled away.
type Anchor = (u64, f64);

/// The list.
#[component]
pub(crate) fn VirtualList(
    /// Names of all rows from top to bottom, each once.
    keys: Signal<Arc<Vec<u64>>>,
    /// Draws the row at a position.
    row: Callback<usize, AnyView>,
    /// When it changes, all heights are measured anew.
    shape: Signal<bool>,
    /// Whether the end is in sight; set it to go there.
    is_at_end: RwSignal<bool>,
    /// What the list is, for screen readers.
    label: &'static str,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let drawn_rows = NodeRef::<html::Div>::new();
    let frame_size = use_size(frame);
    let drawn_size = use_size(drawn_rows);
    let scrolled = RwSignal::new(0.0);
    let measured = RwSignal::new(HashMap::new());
    let anchor = StoredValue::new(None::<Anchor>);

    // Two layouts are never worth comparing.
    let layout = Memo::new_with_compare(
        move |_| measured.with(|it| Arc::new(Layout::new(keys.get(), it, USUAL))),
        |_, _| true,
    );
    let drawn = Memo::new(move |_| layout.with(|it| it.drawn(scrolled.get(), frame_size.get().1)));
    let rows = move || {
        let layout = layout.get();
        let row = |at: usize| Some((at, layout.key(at)?));
        drawn.get().filter_map(row).collect::<Vec<_>>()
    };

    let note_anchor = move |layout: &Layout, scrolled: f64| {
        let row = layout.row_at(scrolled);
        anchor.set_value(layout.key(row).map(|key| (key, scrolled - layout.top(row))));
    };
    let note_scroll = move |_| {
        let Some(frame) = frame.get_untracked() else {
            return;
        };
        let top = frame.scroll_top();
        let below = frame.scroll_height() - top - frame.client_height();
        // Rows that grow push the end away; only the reader goes up.
        let went_up = f64::from(top) < scrolled.get_untracked() - 1.0;
        let is_there = below < NEAR || (is_at_end.get_untracked() && !went_up);
        if is_at_end.get_untracked() != is_there {
            is_at_end.set(is_there);
        }
        note_anchor(&layout.get_untracked(), f64::from(top));
        scrolled.set(f64::from(top));
    };

    Effect::new(move |_| {
        shape.track();
        let _ = frame_size.get().0;
        measured.set(HashMap::new());
    });
    let settle = move || {
        let (Some(Some(frame)), Some(Some(drawn_rows))) =
            (frame.try_get_untracked(), drawn_rows.try_get_untracked())
        else {
            return;
        };
        let (Some(layout), Some(drawn)) = (layout.try_get_untracked(), drawn.try_get_untracked())
        else {
            return;
        };
        let mut grown = Vec::new();
        let mut element = drawn_rows.first_element_child();
        for at in drawn {
            let (Some(key), Some(this)) = (layout.key(at), element) else {
                break;
            };
            let height = this.get_bounding_client_rect().height();
            if (layout.top(at + 1) - layout.top(at) - height).abs() > 0.5 {
                grown.push((key, height));
            }
            element = this.next_element_sibling();
        }
        if !grown.is_empty() {
            measured.update(|it| it.extend(grown));
            return;
        }
        if frame.scroll_height() <= frame.client_height() && !is_at_end.get_untracked() {
            is_at_end.set(true);
        } else if is_at_end.get_untracked() {
            frame.set_scroll_top(frame.scroll_height());
        } else if let Some((key, hidden)) = anchor.get_value()
            && let Some(row) = layout.row_of(key)
        {
            let top = (layout.top(row) + hidden).round() as i32;
            if (frame.scroll_top() - top).abs() > 1 {
                frame.set_scroll_top(top);
            }
        }
    };
    Effect::new(move |_| {
        layout.track();
        drawn.track();
        drawn_size.track();
        frame_size.track();
        is_at_end.track();
        request_animation_frame(settle);
    });

    let go = move |event: KeyboardEvent| {
        let (Some(list), Some(rows)) = (frame.get_untracked(), drawn_rows.get_untracked()) else {
            return;
        };
        if let Some(button) = keys::target(&list, &rows, &event.key()) {
            event.prevent_default();
            // A browser that refuses the focus leaves it where it is.
            let _ = button.focus();
        }
    };

    view! {
        <div class="virtual-list" role="log" aria-live="off" tabindex="0" aria-label=label node_ref=frame on:scroll=note_scroll on:keydown=go>
            <div class="virtual-list-space" style:height=move || format!("{}px", layout.with(|it| it.height()))>
                <div
                    class="virtual-list-rows"
                    node_ref=drawn_rows
                    style:transform=move || {
                        format!("translateY({}px)", layout.with(|it| it.top(drawn.get().start)))
                    }
                >
                    <For each=rows key=|(_, key)| *key let:item>
                        <div class="virtual-list-row">{row.run(item.0)}</div>
                    </For>
                </div>
            </div>
        </div>
    }
}
