//! Query box, graph over the range, and the values at its end.

use leptos::prelude::*;
use venti_model::api::datasources::DatasourceType;

use super::answer_view::AnswerView;
use super::query_editor::{Language, QueryEditor};
use super::question::Question;
use super::source_picker::SourcePicker;

const PROMQL: Language = Language {
    name: "PromQL",
    example: "PromQL, such as rate(node_cpu_seconds_total{mode!=\"idle\"}[1m])",
    read: None,
};

/// The whole of the Metrics page below its tool bar.
#[component]
pub(crate) fn MetricsExplorer() -> impl IntoView {
    let question = Question::new(&[DatasourceType::Prometheus]);
    view! {
        <SourcePicker question />
        <QueryEditor question language=PROMQL />
        <AnswerView question />
    }
}
