//! Tree of targets, query box, how many lines there are over time, and the lines.

use leptos::prelude::*;
use venti_model::api::datasources::DatasourceType;
use venti_model::step::FINEST_STEP;

use super::answer_view::AnswerView;
use super::logs::{LinesPanel, TargetTree, Volume, is_counting, read, use_offers};
use super::query_editor::{Language, QueryEditor};
use super::question::Question;
use super::source_picker::SourcePicker;

const LETHEQL: Language = Language {
    name: "LetheQL",
    example: "LetheQL, such as pod{namespace=\"default\"} |= \"error\"",
    read: Some(read),
};

/// What is below the query box.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Nothing,
    Lines,
    Numbers,
}

/// The whole of the Logs page below its tool bar.
#[component]
pub(crate) fn LogsExplorer() -> impl IntoView {
    let question = Question::new(DatasourceType::Lethe);
    let typed = RwSignal::new(None);
    let offers = use_offers(question, typed);
    let asked = Memo::new(move |_| match question.expression(FINEST_STEP) {
        None => Asked::Nothing,
        Some(query) if is_counting(&query) => Asked::Numbers,
        Some(_) => Asked::Lines,
    });
    let answer = move || match asked.get() {
        Asked::Nothing => view! {
            <div class="page-notice logs-start">
                <h2>"Whose logs?"</h2>
                <p>"Choose a node, a namespace, a workload or a pod, or write a query."</p>
            </div>
        }
        .into_any(),
        Asked::Lines => view! {
            <Volume question />
            <LinesPanel question />
        }
        .into_any(),
        Asked::Numbers => view! { <AnswerView question /> }.into_any(),
    };
    view! {
        <div class="logs-columns">
            <TargetTree question />
            <div class="logs-main">
                <SourcePicker question />
                <QueryEditor question language=LETHEQL typed offers />
                {answer}
            </div>
        </div>
    }
}
