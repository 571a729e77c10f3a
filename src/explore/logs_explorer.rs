//! Tree of targets, query box, how many lines there are over time, and the lines.

use leptos::prelude::*;
use venti_model::api::datasources::DatasourceType;
use venti_model::log_query::{is_metric_of_logql, is_stats_of_logsql};
use venti_model::step::FINEST_STEP;

use super::answer_view::AnswerView;
use super::logs::{LinesPanel, TargetTree, Volume, is_counting, read, use_offers};
use super::query_editor::{Language, QueryEditor};
use super::question::Question;
use super::source_picker::SourcePicker;

/// Who has logs; Lethe before the others.
const KINDS: [DatasourceType; 3] = [
    DatasourceType::Lethe,
    DatasourceType::VictoriaLogs,
    DatasourceType::Loki,
];

const LETHEQL: Language = Language {
    name: "LetheQL",
    example: "LetheQL, such as pod{namespace=\"default\"} |= \"error\"",
    read: Some(read),
};

const LOGSQL: Language = Language {
    name: "LogsQL",
    example: "LogsQL, such as error AND kubernetes.namespace_name:default",
    read: None,
};

const LOGQL: Language = Language {
    name: "LogQL",
    example: "LogQL, such as {namespace=\"default\"} |= \"error\"",
    read: None,
};

/// What is below the query box.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Nothing,
    Lines,
    Numbers,
}

impl Asked {
    fn of(kind: DatasourceType, query: Option<&str>) -> Self {
        let Some(query) = query else {
            return Asked::Nothing;
        };
        let is_of_numbers = match kind {
            DatasourceType::VictoriaLogs => is_stats_of_logsql(query),
            DatasourceType::Loki => is_metric_of_logql(query),
            DatasourceType::Lethe | DatasourceType::Prometheus => is_counting(query),
        };
        if is_of_numbers {
            Asked::Numbers
        } else {
            Asked::Lines
        }
    }
}

/// The whole of the Logs page below its tool bar.
#[component]
pub(crate) fn LogsExplorer() -> impl IntoView {
    let question = Question::new(&KINDS);
    let typed = RwSignal::new(None);
    let offers = use_offers(question, typed);
    let kind = Memo::new(move |_| question.kind());
    let is_lethe = move || kind.get() == DatasourceType::Lethe;
    let asked = Memo::new(move |_| {
        let query = question.expression(FINEST_STEP);
        Asked::of(kind.get(), query.as_deref())
    });
    let editor = move || match kind.get() {
        DatasourceType::VictoriaLogs => {
            view! { <QueryEditor question language=LOGSQL /> }.into_any()
        }
        DatasourceType::Loki => view! { <QueryEditor question language=LOGQL /> }.into_any(),
        DatasourceType::Lethe | DatasourceType::Prometheus => {
            view! { <QueryEditor question language=LETHEQL typed offers /> }.into_any()
        }
    };
    let answer = move || match asked.get() {
        Asked::Nothing => view! { <Start kind=kind.get() /> }.into_any(),
        Asked::Lines => view! {
            <Volume question />
            <LinesPanel question />
        }
        .into_any(),
        Asked::Numbers => view! { <AnswerView question /> }.into_any(),
    };
    view! {
        <div class="logs-columns">
            <Show when=is_lethe>
                <TargetTree question />
            </Show>
            <div class="logs-main">
                <SourcePicker question />
                {editor}
                {answer}
            </div>
        </div>
    }
}

/// What to do while nothing is asked.
#[component]
fn Start(kind: DatasourceType) -> impl IntoView {
    let advice = match kind {
        DatasourceType::VictoriaLogs => {
            "Write a query in LogsQL. There is no tree of targets: which fields name them is \
             up to whoever writes the logs, and the tree writes LetheQL."
        }
        DatasourceType::Loki => {
            "Write a query in LogQL. There is no tree of targets: which labels name them is up \
             to whoever writes the logs, and the tree writes LetheQL."
        }
        DatasourceType::Lethe | DatasourceType::Prometheus => {
            "Choose a node, a namespace, a workload or a pod, or write a query."
        }
    };
    view! {
        <div class="page-notice logs-start">
            <h2>"Whose logs?"</h2>
            <p>{advice}</p>
        </div>
    }
}
