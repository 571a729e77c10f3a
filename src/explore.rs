//! The explore feature: ask a question, look at the answer.

mod metrics_explorer;
mod query_editor;

pub(crate) use metrics_explorer::MetricsExplorer;
