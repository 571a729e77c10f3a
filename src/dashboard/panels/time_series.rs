//! Lines over time, with every target of the panel.

use leptos::prelude::*;
use venti_panel::time_series;

use super::super::data::unfit;
use super::super::frame::PanelFrame;
use super::super::panel_state::panel_state;
use super::super::scope::{Ask, PanelScope};
use crate::plot::{Legend, PlotData, SeriesSlots, TimeSeriesChart};
use crate::state::{DataTableState, RefreshState, ThemeState, TimeRangeState, zone};

/// A `time_series` panel.
#[component]
pub(crate) fn TimeSeriesPanel(scope: PanelScope) -> impl IntoView {
    let is_dark = ThemeState::expect().is_dark();
    let table = DataTableState::expect();
    let range = TimeRangeState::expect();
    let refresh = RefreshState::expect();
    let slots = SeriesSlots::new();
    let width = RwSignal::new(None::<f64>);
    let query = scope.load(Ask::Range, width.into(), move |request, answers| {
        let slots = |names: &[&str]| slots.assign(names);
        time_series::plot(&request.panel, answers, request.grid, slots).map_err(unfit)
    });
    let state = panel_state(query, |data: &PlotData| data.frame.series().is_empty());
    let data = Signal::derive(move || query.data());
    let title = scope.panel().title.clone();
    view! {
        <PanelFrame scope state progress=query.progress()>
            <TimeSeriesChart
                title
                data
                is_dark
                zone=zone::LOCAL
                on_width=move |new| width.set(Some(new))
                on_click=move |()| table.toggle()
                on_zoom=move |(from, to)| range.zoom(from, to, refresh)
            />
            <Legend data is_dark />
        </PanelFrame>
    }
}
