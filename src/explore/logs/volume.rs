//! How many lines there are over time, by level.

use leptos::prelude::*;
use venti_model::answer::Data;
use venti_model::step::{FINEST_STEP, Grid};
use venti_model::time::TimeRange;

use super::super::question::Question;
use crate::api::query::Source;
use crate::api::{ApiError, logs, use_query};
use crate::plot::{Legend, PlotData, PlotOptions, QueryLines, TimeSeriesChart};
use crate::state::{DataTableState, RefreshState, ThemeState, TimeRangeState, zone};

/// A point for every so many CSS pixels.
const PIXELS: f64 = 4.0;

#[derive(Clone, PartialEq)]
struct VolumeKey {
    source: Source,
    query: String,
    range: TimeRange,
    step: u64,
}

/// The chart above the lines. It is an extra: when it fails it says so in a line of text.
#[component]
pub(crate) fn Volume(
    /// What is asked.
    question: Question,
) -> impl IntoView {
    let table = DataTableState::expect();
    let range = TimeRangeState::expect();
    let refresh = RefreshState::expect();
    let is_dark = ThemeState::expect().is_dark();
    let width = RwSignal::new(None::<f64>);
    let key = move || {
        let width = width.get()?;
        Some(VolumeKey {
            source: question.source(),
            query: question.expression(FINEST_STEP)?,
            range: question.range(),
            step: Grid::for_width(question.span(), width / PIXELS, 1).step,
        })
    };
    let volume = use_query(key, question.options(), move |key: VolumeKey, abort| {
        let grid = Grid::aligned(question.span(), key.step);
        async move {
            let answer = logs::histogram(&key.source, &key.query, grid, &abort).await?;
            let Data::Matrix(matrix) = answer.data else {
                let message = "the datasource did not answer counts of lines";
                return Err(ApiError::Decode(message.to_owned()));
            };
            let lines = QueryLines {
                matrix,
                legend: Some("{{level}}".to_owned()),
                unit: Default::default(),
            };
            let slots = |levels: &[&str]| levels.iter().map(|it| slot(it)).collect();
            PlotData::new(vec![lines], grid, PlotOptions::default(), slots)
                .map_err(|error| ApiError::Decode(format!("the answer is damaged: {error}")))
        }
    });
    question.follow(volume.progress());
    let data = Signal::derive(move || volume.data());
    let fault = move || {
        let error = volume.error()?;
        Some(view! { <p class="log-warning">"Lines over time: " {error.to_string()}</p> })
    };
    view! {
        <section class="panel volume" aria-label="Lines over time">
            <div class="panel-progress" class:active=move || volume.loading()></div>
            {fault}
            <div class="panel-body">
                <TimeSeriesChart
                    title="Lines over time"
                    data
                    is_dark
                    zone=zone::LOCAL
                    on_width=move |new| width.set(Some(new))
                    on_click=move |()| table.toggle()
                    on_zoom=move |(from, to)| range.zoom(from, to, refresh)
                />
                <Legend data is_dark />
            </div>
        </section>
    }
}

/// The palette slot of a level: its hue says how serious it is.
fn slot(level: &str) -> usize {
    match level {
        "error" => 7,
        "warn" => 4,
        "info" => 0,
        "debug" => 6,
        _ => 5,
    }
}
