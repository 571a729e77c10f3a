//! Rows of labels and values.

use leptos::prelude::*;

use super::super::data::table::{self, Cell, TableData};
use super::super::frame::PanelFrame;
use super::super::panel_state::panel_state;
use super::super::scope::{Ask, PanelScope, USUAL_WIDTH};
use super::value_format;
use crate::ui::{SortCell, SortTable};

/// A `table` panel.
#[component]
pub(crate) fn TablePanel(scope: PanelScope) -> impl IntoView {
    let query = scope.load(Ask::Instant, USUAL_WIDTH.into(), |request, answers| {
        table::table(&request.panel, answers, &value_format())
    });
    let state = panel_state(query, |data: &TableData| data.rows.is_empty());
    view! {
        <PanelFrame scope state progress=query.progress()>
            {move || query.data().map(|data| cells_view((*data).clone()))}
        </PanelFrame>
    }
}

/// A table of cells, sorted by a click on a header.
pub(crate) fn cells_view(data: TableData) -> impl IntoView {
    let cell = |it: Cell| SortCell {
        text: it.text,
        number: it.number,
    };
    let rows: Vec<Vec<SortCell>> = data
        .rows
        .into_iter()
        .map(|row| row.into_iter().map(cell).collect())
        .collect();
    view! { <SortTable headers=data.headers rows /> }
}
