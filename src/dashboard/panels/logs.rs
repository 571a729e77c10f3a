//! The newest log lines of the range.

use std::sync::Arc;

use leptos::prelude::*;

use super::super::data::logs;
use super::super::frame::PanelFrame;
use super::super::panel_state::panel_state;
use super::super::scope::{Ask, PanelScope, USUAL_WIDTH};
use crate::logs::{LogLines, LogList, Marks, Page};
use crate::state::zone;

/// How many lines a panel shows of each target; the newest.
const MOST_LINES: usize = 200;

/// A `logs` panel.
#[component]
pub(crate) fn LogsPanel(scope: PanelScope) -> impl IntoView {
    let ask = Ask::Logs { limit: MOST_LINES };
    let query = scope.load(ask, USUAL_WIDTH.into(), |_, answers| {
        logs::newest(answers, MOST_LINES)
    });
    let state = panel_state(query, |page: &Page| page.rows.is_empty());
    let is_at_end = RwSignal::new(true);
    // Lines that were there already keep their rows.
    let lines = Memo::new_with_compare(
        move |lines: Option<&LogLines>| {
            let mut lines = lines.cloned().unwrap_or_default();
            lines.refresh(
                query.data().map(|it| (*it).clone()).unwrap_or_default(),
                0.0,
            );
            lines
        },
        |_, _| true,
    );
    let shown = Signal::derive(move || lines.with(LogLines::lines));
    // Variables of the dashboard stand in label values, which nothing is marked for.
    let targets = scope.panel().targets.iter();
    let marks = targets.map(|it| it.expr.as_str()).map(Marks::of);
    let marks = Signal::stored(Arc::new(Marks::all(marks)));
    let warnings = move || {
        let warnings = lines.with(|it| it.warnings().join(" · "));
        (!warnings.is_empty()).then(|| view! { <p class="log-warning">{warnings}</p> })
    };
    view! {
        <PanelFrame scope state progress=query.progress()>
            {warnings}
            <LogList lines=shown marks zone=zone::LOCAL wraps=Signal::stored(true) is_at_end />
        </PanelFrame>
    }
}
