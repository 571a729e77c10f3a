//! The choice of the time range: how far back, or from when to when.

use leptos::prelude::*;
use venti_model::duration::format_seconds;
use venti_model::time::{TimePoint, TimeRange};

use crate::state::zone::{self, LOCAL};
use crate::state::{RefreshState, TimeRangeState};
use crate::ui::Dropdown;

/// How far back, seconds, and its name.
const PRESETS: [(i64, &str); 11] = [
    (300, "Last 5 minutes"),
    (900, "Last 15 minutes"),
    (1800, "Last 30 minutes"),
    (3600, "Last hour"),
    (10_800, "Last 3 hours"),
    (21_600, "Last 6 hours"),
    (43_200, "Last 12 hours"),
    (86_400, "Last day"),
    (172_800, "Last 2 days"),
    (604_800, "Last 7 days"),
    (2_592_000, "Last 30 days"),
];

/// The picker of the app's range.
#[component]
pub(crate) fn TimeRangePicker() -> impl IntoView {
    let range = TimeRangeState::expect();
    let refresh = RefreshState::expect();
    let name = Signal::derive(move || name(range.range()));
    let label = Signal::derive(|| "Time range".to_owned());
    let presets = move || {
        PRESETS
            .into_iter()
            .map(|(seconds, name)| {
                let preset = TimeRange::last(seconds);
                view! {
                    <button
                        type="button"
                        class="menu-item"
                        aria-pressed=move || if range.range() == preset { "true" } else { "false" }
                        on:click=move |_| range.set(preset, refresh)
                    >
                        {name}
                    </button>
                }
            })
            .collect_view()
    };
    view! {
        <Dropdown label icon="clock" text=name class="time-range">
            <div class="time-range-panel">
                <div class="time-range-presets">{presets()}</div>
                <FixedRange />
            </div>
        </Dropdown>
    }
}

/// From when to when, by the browser's own calendar or by hand.
#[component]
fn FixedRange() -> impl IntoView {
    let range = TimeRangeState::expect();
    let refresh = RefreshState::expect();
    let shown = range.range_untracked().resolve(refresh.now_untracked());
    let from = RwSignal::new(field_text(shown.start));
    let to = RwSignal::new(field_text(shown.end));
    let point = |text: RwSignal<String>| text.with(|it| TimePoint::parse_in(it, LOCAL));
    let fault = move || match (point(from), point(to)) {
        (Err(error), _) | (_, Err(error)) => Some(error.to_string()),
        (Ok(from), Ok(to)) => {
            let now = refresh.now();
            let is_empty = from.resolve(now) >= to.resolve(now);
            is_empty.then(|| "the range ends before it begins".to_owned())
        }
    };
    let apply = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if let (Ok(from), Ok(to), None) = (point(from), point(to), fault()) {
            range.set(TimeRange { from, to }, refresh);
        }
    };
    let zone_text = move || zone::offset_text(refresh.now());
    view! {
        <form class="time-range-fixed" on:submit=apply>
            <label>
                "From"
                <input type="text" name="from" autocomplete="off" spellcheck="false" bind:value=from />
            </label>
            <label>
                "To"
                <input type="text" name="to" autocomplete="off" spellcheck="false" bind:value=to />
            </label>
            <p class="field-fault" role="status">{fault}</p>
            <button type="submit" class="button primary" disabled=move || fault().is_some()>
                "Apply"
            </button>
            <p class="dim">
                "Times are " {zone_text} ". " <code>"now-2h"</code> " works too."
            </p>
        </form>
    }
}

fn field_text(unix_seconds: f64) -> String {
    LOCAL.format(unix_seconds)
}

/// What the button says.
fn name(range: TimeRange) -> String {
    let preset = PRESETS
        .iter()
        .find(|(seconds, _)| range == TimeRange::last(*seconds));
    if let Some((_, name)) = preset {
        return (*name).to_owned();
    }
    match (range.from, range.to) {
        (TimePoint::NowMinus(seconds), TimePoint::NowMinus(0)) => {
            format!("Last {}", format_seconds(seconds.unsigned_abs()))
        }
        (from, to) => format!("{} – {}", point_name(from), point_name(to)),
    }
}

fn point_name(point: TimePoint) -> String {
    match point {
        TimePoint::At(at) => LOCAL.format(at),
        relative => relative.to_string(),
    }
}
