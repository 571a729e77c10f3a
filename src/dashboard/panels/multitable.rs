//! One row for each Prometheus datasource.

use leptos::prelude::*;
use venti_model::api::datasources::DatasourceType;

use super::super::data::multitable::{self, SourceAnswers};
use super::super::data::table::TableData;
use super::super::frame::PanelFrame;
use super::super::panel_state::panel_state;
use super::super::scope::{PanelRequest, PanelScope};
use super::table::cells_view;
use super::value_format;
use crate::api::query::{self, Source};
use crate::api::{Abort, ApiError, datasources};

/// A `multitable` panel.
#[component]
pub(crate) fn MultitablePanel(scope: PanelScope) -> impl IntoView {
    let query = scope.load_with(|request, abort| async move {
        let sources = ask_all(&request, &abort).await?;
        Ok(multitable::table(&request.panel, sources, &value_format()))
    });
    let state = panel_state(query, |data: &TableData| data.rows.is_empty());
    view! {
        <PanelFrame scope state progress=query.progress()>
            {move || query.data().map(|data| cells_view((*data).clone()))}
        </PanelFrame>
    }
}

/// Asks every Prometheus at once; one that fails does not keep the others from answering.
async fn ask_all(request: &PanelRequest, abort: &Abort) -> Result<Vec<SourceAnswers>, ApiError> {
    let sources = datasources::list(abort.clone()).await?;
    let answers = sources
        .into_iter()
        .filter(|it| it.kind == DatasourceType::Prometheus)
        .map(|datasource| async move {
            let source = Source::Named(datasource.name.clone());
            let answers = request.panel.targets.iter().map(|target| {
                let source = &source;
                async move {
                    let expression = request.expression(target);
                    query::instant(source, &expression, request.span.end, abort).await
                }
            });
            let answers = futures_util::future::join_all(answers).await;
            (datasource.name, answers)
        });
    Ok(futures_util::future::join_all(answers).await)
}
