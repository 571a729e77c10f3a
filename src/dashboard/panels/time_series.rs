//! Lines over time, with every target of the panel.

use leptos::prelude::*;
use venti_model::answer::{Answer, Data};
use venti_model::api::datasources::DatasourceType;
use venti_model::dashboard::Panel;

use super::super::frame::PanelFrame;
use super::super::panel_state::panel_state;
use super::super::scope::{PanelRequest, PanelScope};
use crate::api::query::{self, Source};
use crate::api::{Abort, ApiError};
use crate::plot::{
    Legend, PanelSlots, PlotData, PlotOptions, QueryLines, SlotBook, TimeSeriesChart,
};
use crate::state::{DataTableState, ThemeState, zone};

/// A `time_series` panel.
#[component]
pub(crate) fn TimeSeriesPanel(scope: PanelScope) -> impl IntoView {
    let is_dark = ThemeState::expect().is_dark();
    let table = DataTableState::expect();
    let book = expect_context::<StoredValue<SlotBook>>();
    let slots = StoredValue::new(PanelSlots::default());
    let width = RwSignal::new(None::<f64>);
    let query = scope.load(
        move || width.get(),
        move |request, abort| async move {
            let lines = lines(&request, &abort).await?;
            let options = options(&request.panel);
            book.try_update_value(|book| {
                slots.try_update_value(|slots| {
                    PlotData::new(lines, request.grid, options, book, slots)
                })
            })
            .flatten()
            .ok_or_else(|| ApiError::Decode("the page was left".to_owned()))?
            .map_err(|error| {
                ApiError::Decode(format!("the datasource's answer is damaged: {error}"))
            })
        },
    );
    let state = panel_state(query, |data: &PlotData| data.frame.series().is_empty());
    let data = Signal::derive(move || query.data());
    let title = scope.panel().title.clone();
    view! {
        <PanelFrame
            scope
            state
            loading=Signal::derive(move || query.loading())
            on_retry=move |()| query.refetch()
        >
            <TimeSeriesChart
                title
                data
                is_dark
                zone=zone::LOCAL
                on_width=move |new| width.set(Some(new))
                on_click=move |()| table.toggle()
            />
            <Legend data is_dark />
        </PanelFrame>
    }
}

/// The answers of all targets, asked at once.
async fn lines(request: &PanelRequest, abort: &Abort) -> Result<Vec<QueryLines>, ApiError> {
    let source = Source::Main(DatasourceType::Prometheus);
    let answers = request.panel.targets.iter().map(|target| {
        let source = &source;
        async move {
            let expression = request.expression(target);
            let answer = query::range(source, &expression, request.grid, abort).await?;
            let unit = request.panel.unit_of(target);
            query_lines(answer, target.legend.clone(), unit)
        }
    });
    futures_util::future::try_join_all(answers).await
}

fn query_lines(
    answer: Answer,
    legend: Option<String>,
    unit: venti_model::unit::Unit,
) -> Result<QueryLines, ApiError> {
    match answer.data {
        Data::Matrix(matrix) => Ok(QueryLines {
            matrix,
            legend,
            unit,
        }),
        _ => Err(ApiError::Decode(
            "the query did not answer samples over time".to_owned(),
        )),
    }
}

fn options(panel: &Panel) -> PlotOptions {
    let mut options = PlotOptions {
        decimals: panel.decimals,
        thresholds: panel.thresholds.clone(),
        ..PlotOptions::default()
    };
    options.limits.min = panel.min;
    options.limits.max = panel.max;
    options.limits.soft_max = panel.chart_options.and_then(|it| it.y_max);
    options
}
