//! The choice of namespace and node behind `$namespace` and `$node`.

use std::collections::BTreeSet;

use leptos::prelude::*;
use venti_model::answer::Data;
use venti_model::api::datasources::DatasourceType;
use venti_model::dashboard::Dashboard;
use venti_model::variables::uses;

use crate::api::logs;
use crate::api::query::{self, Source};
use crate::api::{Abort, ApiError, QueryOptions, use_query};
use crate::state::selection::Variable;
use crate::state::{RefreshState, SelectionState};

/// A selector for each variable that the dashboard uses.
#[component]
pub(crate) fn Selectors(
    /// The dashboard whose expressions decide.
    dashboard: Dashboard,
) -> impl IntoView {
    [Variable::Namespace, Variable::Node]
        .into_iter()
        .filter(|variable| {
            let panels = dashboard.rows.iter().flat_map(|it| &it.panels);
            panels
                .flat_map(|it| &it.targets)
                .any(|it| uses(&it.expr, variable.name()))
        })
        .map(|variable| view! { <Selector variable /> })
        .collect_view()
}

#[component]
fn Selector(variable: Variable) -> impl IntoView {
    let selection = SelectionState::expect();
    let refresh = RefreshState::expect();
    let names = use_query(
        || Some(()),
        QueryOptions::default(),
        move |(), abort| values(variable, refresh.now(), abort),
    );
    // A value from the URL is offered even when the cluster no longer knows it.
    let options = move || {
        let mut names = names.data().map(|it| (*it).clone()).unwrap_or_default();
        names.extend(selection.get(variable));
        names
            .into_iter()
            .map(|name| {
                let is_chosen = selection.get(variable).as_ref() == Some(&name);
                view! { <option value=name.clone() selected=is_chosen>{name.clone()}</option> }
            })
            .collect_view()
    };
    let choose = move |event| {
        let value = event_target_value(&event);
        selection.set(variable, Some(value).filter(|it| !it.is_empty()));
    };
    view! {
        <label class="selector">
            <span class="selector-name">{variable.name()}</span>
            <select on:change=choose title=move || names.error().map(|it| it.to_string())>
                <option value="" selected=move || selection.get(variable).is_none()>"All"</option>
                {options}
            </select>
        </label>
    }
}

/// The values on offer: what kube-state-metrics knows, and what has logs. One of the two may
/// fail; on a machine without Kubernetes only logs tell of nodes.
async fn values(variable: Variable, now: f64, abort: Abort) -> Result<BTreeSet<String>, ApiError> {
    let (metric, label) = match variable {
        Variable::Namespace => ("kube_namespace_created", "namespace"),
        Variable::Node => ("kube_node_created", "node"),
    };
    let source = Source::Main(DatasourceType::Prometheus);
    let known = query::instant(&source, metric, now, &abort);
    let logged = logs::targets(&abort);
    let (known, logged) = futures_util::future::join(known, logged).await;
    let mut names = BTreeSet::new();
    if let Ok(targets) = &logged {
        names.extend(
            targets
                .iter()
                .filter(|it| it.label == label)
                .map(|it| it.value.clone()),
        );
    }
    match known {
        Ok(answer) => {
            if let Data::Vector(samples) = answer.data {
                names.extend(
                    samples
                        .iter()
                        .filter_map(|it| it.labels.get(label))
                        .map(str::to_owned),
                );
            }
        }
        Err(error) if logged.is_err() => return Err(error),
        Err(_) => {}
    }
    Ok(names)
}
