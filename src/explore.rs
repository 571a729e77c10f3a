//! The explore feature: ask a question, look at the answer.

mod answer_view;
mod logs;
mod logs_explorer;
mod metrics_explorer;
mod query_editor;
mod question;
mod source_picker;

pub(crate) use logs_explorer::LogsExplorer;
pub(crate) use metrics_explorer::MetricsExplorer;
