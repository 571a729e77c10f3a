//! One big value for each target.

use leptos::prelude::*;
use venti_model::threshold::Level;

use super::super::data::stat::{self, StatValue};
use super::super::frame::PanelFrame;
use super::super::panel_state::panel_state;
use super::super::scope::{Ask, PanelScope, USUAL_WIDTH};
use super::value_format;

/// A `stat` panel.
#[component]
pub(crate) fn StatPanel(scope: PanelScope) -> impl IntoView {
    let query = scope.load(Ask::Instant, USUAL_WIDTH.into(), |request, answers| {
        stat::values(&request.panel, answers, &value_format())
    });
    let state = panel_state(query, Vec::is_empty);
    let values = move || {
        let values = query.data().map(|it| (*it).clone()).unwrap_or_default();
        values
            .into_iter()
            .map(|value| view! { <BigValue value /> })
            .collect_view()
    };
    view! {
        <PanelFrame scope state progress=query.progress()>
            <div class="stats">{values}</div>
        </PanelFrame>
    }
}

#[component]
fn BigValue(value: StatValue) -> impl IntoView {
    // Colour never stands alone: a level that is not well also has its word.
    let (class, word) = match value.level {
        None => ("stat", None),
        Some(Level::Ok) => ("stat ok", None),
        Some(Level::Warning) => ("stat warning", Some("warning")),
        Some(Level::Critical) => ("stat critical", Some("critical")),
    };
    let letters = value.text.chars().count() + value.suffix.chars().count();
    view! {
        <div class=class>
            <p class="stat-value" style=("--letters", letters.max(4).to_string())>
                <span class="stat-number">{value.text}</span>
                <span class="stat-unit">{value.suffix}</span>
            </p>
            {value.caption.map(|caption| view! { <p class="stat-caption">{caption}</p> })}
            {word.map(|word| view! { <p class="stat-level">{word}</p> })}
        </div>
    }
}
