//! Parts of a whole.

use leptos::prelude::*;

use super::super::data::pie;
use super::super::frame::PanelFrame;
use super::super::panel_state::panel_state;
use super::super::scope::PanelScope;
use super::value_format;
use crate::api::ApiError;
use crate::plot::{Donut, PanelSlots, PieData, SlotBook};
use crate::state::ThemeState;

/// A `piechart` panel.
#[component]
pub(crate) fn PiePanel(scope: PanelScope) -> impl IntoView {
    let is_dark = ThemeState::expect().is_dark();
    let book = expect_context::<StoredValue<SlotBook>>();
    let slots = StoredValue::new(PanelSlots::default());
    let query = scope.load_instant(move |panel, answers| {
        let format = value_format();
        book.try_update_value(|book| {
            slots.try_update_value(|slots| pie::slices(panel, answers, &format, book, slots))
        })
        .flatten()
        .unwrap_or_else(|| Err(ApiError::Decode("the page was left".to_owned())))
    });
    let state = panel_state(query, |data: &PieData| data.slices.is_empty());
    view! {
        <PanelFrame
            scope
            state
            loading=Signal::derive(move || query.loading())
            on_retry=move |()| query.refetch()
        >
            <Donut data=Signal::derive(move || query.data()) is_dark />
        </PanelFrame>
    }
}
