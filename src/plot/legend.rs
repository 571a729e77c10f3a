//! The names of a chart's series with their colours.

use std::sync::Arc;

use leptos::prelude::*;
use venti_chart::{Dash, Theme};
use venti_panel::PlotData;

/// How many names a legend lists; the data table has them all.
const MOST_NAMES: usize = 60;

/// The chart theme for the page's colours.
pub(crate) fn theme(is_dark: bool) -> Theme {
    if is_dark {
        Theme::dark()
    } else {
        Theme::light()
    }
}

/// A small line in a series' colour and dash.
#[component]
pub(crate) fn Swatch(
    /// The palette slot of the series.
    palette_slot: usize,
    /// Whether dark colours show.
    is_dark: Signal<bool>,
) -> impl IntoView {
    let style = move || theme(is_dark.get()).palette.slot(palette_slot);
    let line = move || match style().dash {
        Dash::Solid => "solid",
        Dash::Dashed => "dashed",
        Dash::Dotted => "dotted",
    };
    view! {
        <span
            class="swatch"
            style:border-top-color=move || style().color.to_string()
            style:border-top-style=line
            aria-hidden="true"
        ></span>
    }
}

/// All names of a chart, in the order of the answers.
#[component]
pub(crate) fn Legend(
    /// The chart's data.
    data: Signal<Option<Arc<PlotData>>>,
    /// Whether dark colours show.
    is_dark: Signal<bool>,
) -> impl IntoView {
    // Names and slots alone: new samples of the same series change nothing here.
    let names = Memo::new(move |_| {
        data.with(|data| {
            let series = data
                .as_ref()
                .map(|it| it.frame.series())
                .unwrap_or_default();
            let names: Vec<_> = series
                .iter()
                .take(MOST_NAMES)
                .map(|it| (it.name.clone(), it.slot))
                .collect();
            (names, series.len().saturating_sub(MOST_NAMES))
        })
    });
    view! {
        <ul class="legend">
            {move || {
                let (names, more) = names.get();
                let items = names.into_iter().map(|(name, slot)| {
                    let title = name.clone();
                    view! {
                        <li title=title>
                            <Swatch palette_slot=slot is_dark />
                            <span class="legend-name">{name}</span>
                        </li>
                    }
                });
                let more = (more > 0).then(|| view! { <li class="dim">{format!("and {more} more")}</li> });
                (items.collect_view(), more)
            }}
        </ul>
    }
}
