//! The newest log lines of the range.

use leptos::html;
use leptos::prelude::*;
use venti_model::answer::LogRow;
use venti_model::time::{TimePoint, Zone};

use super::super::data::logs::{self, LogLines};
use super::super::frame::PanelFrame;
use super::super::panel_state::panel_state;
use super::super::scope::{Ask, PanelScope, USUAL_WIDTH};
use crate::state::zone;

/// How many lines a panel shows of each target; the newest.
const MOST_LINES: usize = 200;

/// A `logs` panel.
#[component]
pub(crate) fn LogsPanel(scope: PanelScope) -> impl IntoView {
    let body = NodeRef::<html::Div>::new();
    let ask = Ask::Logs { limit: MOST_LINES };
    let query = scope.load(ask, USUAL_WIDTH.into(), |_, answers| {
        logs::lines(answers, MOST_LINES)
    });
    let state = panel_state(query, |lines: &LogLines| lines.rows.is_empty());

    // New lines come into view, unless the reader scrolled up to look at older ones.
    let is_at_end = StoredValue::new(true);
    let note_scroll = move |_| {
        if let Some(body) = body.get_untracked() {
            let below = body.scroll_height() - body.scroll_top() - body.client_height();
            is_at_end.set_value(below < 24);
        }
    };
    Effect::new(move |_| {
        if query.data().is_some() && is_at_end.get_value() {
            request_animation_frame(move || {
                if let Some(body) = body.get_untracked() {
                    body.set_scroll_top(body.scroll_height());
                }
            });
        }
    });

    let rows = move || {
        let rows = query.data().map(|it| it.rows.clone()).unwrap_or_default();
        rows.into_iter()
            .map(|row| view! { <Line row /> })
            .collect_view()
    };
    let warnings = move || {
        let warnings = query
            .data()
            .map(|it| it.warnings.join(" · "))
            .unwrap_or_default();
        (!warnings.is_empty()).then(|| view! { <p class="log-warning">{warnings}</p> })
    };
    view! {
        <PanelFrame scope state progress=query.progress()>
            {warnings}
            <div class="logs" tabindex="0" role="log" aria-live="off" node_ref=body on:scroll=note_scroll>
                {rows}
            </div>
        </PanelFrame>
    }
}

#[component]
fn Line(row: LogRow) -> impl IntoView {
    let from = [row.namespace, row.pod, row.container, row.node, row.process];
    let from = from
        .into_iter()
        .flatten()
        .map(|it| view! { <span class="log-label">{it}</span> });
    view! {
        <p class="log-line">
            <time title=row.time.clone()>{local_time(&row.time, zone::LOCAL)}</time>
            {from.collect_view()}
            <span class="log-text">{row.log}</span>
        </p>
    }
}

/// A line's time in the reader's zone; as it stands in the file when it cannot be read.
fn local_time(text: &str, zone: Zone) -> String {
    match text.parse() {
        Ok(TimePoint::At(at)) => zone.format(at),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_times_in_the_readers_zone() {
        let seoul = Zone::new(|_| 9 * 3600);
        assert_eq!(
            local_time("2024-09-24T14:00:25.123456Z", seoul),
            "2024-09-24 23:00:25"
        );
        assert_eq!(local_time("not a time", seoul), "not a time");
    }
}
