//! The newest log lines of the range.

use leptos::html;
use leptos::prelude::*;
use venti_model::answer::{Data, LogRow};
use venti_model::api::datasources::DatasourceType;
use venti_model::time::{TimePoint, Zone};

use super::super::frame::PanelFrame;
use super::super::panel_state::panel_state;
use super::super::scope::{PanelRequest, PanelScope};
use crate::api::query::{self, Source};
use crate::api::{Abort, ApiError};
use crate::state::zone;

/// How many lines a panel shows of each target; the newest.
const MOST_LINES: usize = 200;

/// Lines and what the database says about them.
#[derive(Clone, Debug, Default)]
struct LogLines {
    rows: Vec<LogRow>,
    warnings: Vec<String>,
}

/// A `logs` panel.
#[component]
pub(crate) fn LogsPanel(scope: PanelScope) -> impl IntoView {
    let body = NodeRef::<html::Div>::new();
    let query = scope.load(
        || Some(600.0),
        |request, abort| async move { lines(&request, &abort).await },
    );
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
        <PanelFrame
            scope
            state
            loading=Signal::derive(move || query.loading())
            on_retry=move |()| query.refetch()
        >
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

/// The lines of all targets, in the order of time.
async fn lines(request: &PanelRequest, abort: &Abort) -> Result<LogLines, ApiError> {
    let source = Source::Main(DatasourceType::Lethe);
    let answers = request.panel.targets.iter().map(|target| {
        let source = &source;
        async move {
            let expression = request.expression(target);
            query::logs(source, &expression, request.span, MOST_LINES, abort).await
        }
    });
    let mut lines = LogLines::default();
    for answer in futures_util::future::try_join_all(answers).await? {
        let Data::Logs(rows) = answer.data else {
            return Err(ApiError::Decode(
                "the query did not answer log lines".to_owned(),
            ));
        };
        lines.rows.extend(rows);
        lines.warnings.extend(answer.warnings);
    }
    if request.panel.targets.len() > 1 {
        // Times of one spelling sort as text; a stable sort keeps the rest as it came.
        lines.rows.sort_by(|a, b| a.time.cmp(&b.time));
    }
    let surplus = lines.rows.len().saturating_sub(MOST_LINES);
    lines.rows.drain(..surplus);
    Ok(lines)
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
