//! Parts of a whole.

use leptos::prelude::*;
use venti_panel::pie;

use super::super::data::unfit;
use super::super::frame::PanelFrame;
use super::super::panel_state::panel_state;
use super::super::scope::{Ask, PanelScope, USUAL_WIDTH};
use super::value_format;
use crate::plot::{Donut, PieData, SeriesSlots};
use crate::state::ThemeState;

/// A `piechart` panel.
#[component]
pub(crate) fn PiePanel(scope: PanelScope) -> impl IntoView {
    let is_dark = ThemeState::expect().is_dark();
    let slots = SeriesSlots::new();
    let query = scope.load(Ask::Instant, USUAL_WIDTH.into(), move |request, answers| {
        let slots = |names: &[&str]| slots.assign(names);
        pie::slices(&request.panel, answers, &value_format(), slots).map_err(unfit)
    });
    let state = panel_state(query, |data: &PieData| data.slices.is_empty());
    view! {
        <PanelFrame scope state progress=query.progress()>
            <Donut data=Signal::derive(move || query.data()) is_dark />
        </PanelFrame>
    }
}
