//! The numbers that a query answers: a graph over the range, and the values at its end.

use leptos::prelude::*;
use venti_model::answer::{Answer, Data};
use venti_model::step::{FINEST_STEP, Grid};
use venti_model::time::{Span, TimeRange};

use super::question::Question;
use crate::api::query::{self, Source};
use crate::api::{Abort, ApiError, Query, use_query};
use crate::plot::{Legend, PlotData, PlotOptions, QueryLines, SeriesSlots, TimeSeriesChart};
use crate::state::{DataTableState, RefreshState, ThemeState, TimeRangeState, zone};
use crate::ui::{ErrorCard, SortCell, SortTable};

#[derive(Clone, PartialEq)]
struct GraphKey {
    source: Source,
    expression: String,
    range: TimeRange,
    step: u64,
}

/// Graph and values of a question that asks for numbers.
#[component]
pub(super) fn AnswerView(
    /// What is asked.
    question: Question,
) -> impl IntoView {
    let refresh = RefreshState::expect();
    let slots = SeriesSlots::new();
    let width = RwSignal::new(None::<f64>);
    let key = move || {
        let range = question.range();
        let span = range.resolve(refresh.now());
        let step = Grid::for_width(span, width.get()?, FINEST_STEP).step;
        Some(GraphKey {
            source: question.source(),
            expression: question.expression(step)?,
            range,
            step,
        })
    };
    let key = Memo::new(move |_| key());
    let drawn = StoredValue::new(String::new());

    let graph = use_query(
        move || key.get(),
        question.options(),
        move |key: GraphKey, abort| {
            let span = key.range.resolve(refresh.now());
            async move {
                let grid = Grid::aligned(span, key.step);
                let lines = graph_lines(&key, grid, &abort).await?;
                // Names of an earlier query shall not decide the colours of this one.
                if drawn.with_value(|it| *it != key.expression) {
                    drawn.set_value(key.expression);
                    slots.forget();
                }
                let slots = |names: &[&str]| slots.assign(names);
                PlotData::new(vec![lines], grid, PlotOptions::default(), slots)
                    .map_err(|error| ApiError::Decode(format!("the answer is damaged: {error}")))
            }
        },
    );
    let values = use_query(
        move || key.get(),
        question.options(),
        move |key: GraphKey, abort| instant_rows(key, refresh.now(), abort),
    );
    question.follow(graph.progress());
    question.follow(values.progress());
    view! {
        <Graph graph width />
        <Values values />
    }
}

#[component]
fn Graph(graph: Query<PlotData>, width: RwSignal<Option<f64>>) -> impl IntoView {
    let table = DataTableState::expect();
    let range = TimeRangeState::expect();
    let refresh = RefreshState::expect();
    let is_dark = ThemeState::expect().is_dark();
    let data = Signal::derive(move || graph.data());
    let fault = move || {
        graph.error().map(|error| {
            view! { <ErrorCard message=error.to_string() on_retry=move |()| graph.refetch() /> }
        })
    };
    let is_empty = move || {
        let is_blank = graph.data().is_some_and(|it| it.frame.series().is_empty());
        is_blank && graph.error().is_none()
    };
    view! {
        <section class="panel explore-graph" aria-label="Graph">
            <div class="panel-progress" class:active=move || graph.loading()></div>
            {fault}
            <Show when=is_empty>
                <p class="panel-notice empty">"No data in this range"</p>
            </Show>
            <div class="panel-body" class:hidden=move || graph.error().is_some()>
                <TimeSeriesChart
                    title="Graph"
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

/// The samples at the end of the range.
#[component]
fn Values(values: Query<Vec<Vec<SortCell>>>) -> impl IntoView {
    let table = move || {
        // The graph tells of a failure; one card is enough.
        let rows = values.data().filter(|_| values.error().is_none())?;
        let headers = vec!["Series".to_owned(), "Value".to_owned()];
        Some(view! {
            <section class="panel" aria-label="Values at the end of the range">
                <header class="panel-head">
                    <h3>{format!("{} series at the end of the range", rows.len())}</h3>
                </header>
                <SortTable headers rows=(*rows).clone() />
            </section>
        })
    };
    view! { {table} }
}

async fn graph_lines(key: &GraphKey, grid: Grid, abort: &Abort) -> Result<QueryLines, ApiError> {
    let answer = query::range(&key.source, &key.expression, grid, abort).await?;
    match answer.data {
        Data::Matrix(matrix) => Ok(QueryLines {
            matrix,
            legend: None,
            unit: Default::default(),
        }),
        _ => Err(ApiError::Decode(
            "the query did not answer samples over time".to_owned(),
        )),
    }
}

async fn instant_rows(
    key: GraphKey,
    now: f64,
    abort: Abort,
) -> Result<Vec<Vec<SortCell>>, ApiError> {
    let Span { end, .. } = key.range.resolve(now);
    Ok(rows(
        query::instant(&key.source, &key.expression, end, &abort).await?,
    ))
}

/// One row a series; values as the datasource wrote them, for this page shows what it said.
fn rows(answer: Answer) -> Vec<Vec<SortCell>> {
    let row = |name: String, value: f64| {
        let text = |text: String, number| SortCell { text, number };
        vec![text(name, None), text(value.to_string(), Some(value))]
    };
    match answer.data {
        Data::Vector(samples) => samples
            .into_iter()
            .map(|it| {
                let mut cells = row(it.labels.to_string(), it.value);
                if let (Some(text), Some(cell)) = (it.histogram, cells.last_mut()) {
                    let text = text.into();
                    *cell = SortCell { text, number: None };
                }
                cells
            })
            .collect(),
        Data::Scalar(_, value) => vec![row("scalar".to_owned(), value)],
        Data::Text(text) => vec![vec![SortCell { text, number: None }, SortCell::default()]],
        Data::Matrix(_) | Data::Logs(_) => Vec::new(),
    }
}
