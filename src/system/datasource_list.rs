//! Every datasource, how it is, and its targets.

use leptos::prelude::*;
use venti_model::api::datasources::{Datasource, Health, HealthState};

use super::target_table::TargetTable;
use super::targets::{Target, listed, summary};
use crate::api::{Abort, ApiError, Query, datasources, targets, use_query};
use crate::state::view_params::History;
use crate::state::{RefreshState, ViewParams, zone};
use crate::ui::{ErrorCard, Icon};

/// The parameter of the URL that holds the search.
const SEARCH: &str = "search";

/// A card for each, and above them a search over all targets.
#[component]
pub(crate) fn DatasourceList() -> impl IntoView {
    let list = use_query(
        || Some(()),
        RefreshState::expect().query_options(),
        |(), abort| datasources::list(abort),
    );
    // The cards, with their targets, stay while only the health changes.
    let shown = Memo::new(move |_| {
        let without_health = |it: &Datasource| Datasource {
            health: None,
            ..it.clone()
        };
        list.data()
            .map(|it| it.iter().map(without_health).collect::<Vec<_>>())
    });
    let health_of = move |name: &str| {
        let list = list.data()?;
        list.iter().find(|it| it.name == name)?.health.clone()
    };
    move || match (shown.get(), list.error()) {
        (None, Some(error)) => view! {
            <ErrorCard message=error.to_string() on_retry=move |()| list.refetch() />
        }
        .into_any(),
        (None, None) => view! { <p class="dim" aria-busy="true">"Loading…"</p> }.into_any(),
        (Some(none), _) if none.is_empty() => view! {
            <div class="page-notice">
                <h2>"No datasources yet"</h2>
                <p>
                    "Name a Prometheus or a Lethe in "
                    <code>"datasources.yml"</code>
                    ". It is read as soon as it is written."
                </p>
            </div>
        }
        .into_any(),
        (Some(datasources), _) => datasources
            .into_iter()
            .map(|datasource| {
                let name = datasource.name.clone();
                let health = Memo::new(move |_| health_of(&name));
                view! { <DatasourceCard datasource health /> }
            })
            .collect_view()
            .into_any(),
    }
}

/// Words to look for in all targets, kept in the URL.
#[component]
pub(crate) fn TargetSearch() -> impl IntoView {
    let params = ViewParams::expect();
    let note_search = move |event| {
        let text = Some(event_target_value(&event)).filter(|it| !it.is_empty());
        params.set(&[(SEARCH, text)], History::Replace);
    };
    view! {
        <input
            type="search"
            class="search"
            placeholder="Search targets"
            aria-label="Search targets"
            prop:value=move || params.get(SEARCH).unwrap_or_default()
            on:input=note_search
        />
    }
}

#[component]
fn DatasourceCard(
    /// What does not change.
    datasource: Datasource,
    /// How it is.
    health: Memo<Option<Health>>,
) -> impl IntoView {
    let name = datasource.name.clone();
    // Those of the main ones are what most come for; others may be many, and are asked when
    // somebody looks.
    let is_open = RwSignal::new(datasource.is_main);
    let asked = name.clone();
    let targets = use_query(
        move || is_open.get().then(|| asked.clone()),
        RefreshState::expect().query_options(),
        list_targets,
    );
    let label = name.clone();
    let address = match datasource.url.as_str() {
        "" => "inside this server".to_owned(),
        url => url.to_owned(),
    };
    let main = datasource.is_main.then(|| {
        view! { <span class="badge" title="Answers for its type when none is named">"main"</span> }
    });
    let discovered = datasource.is_discovered.then(|| {
        view! { <span class="badge" title="Found in the cluster">"discovered"</span> }
    });
    let count = move || match (targets.data(), targets.loading()) {
        (Some(targets), _) => summary(&targets),
        (None, true) => "Targets: loading…".to_owned(),
        (None, false) => "Targets".to_owned(),
    };
    view! {
        <section class="card" aria-label=label>
            <header class="card-head">
                <h2>{name}</h2>
                <span class="badge">{datasource.kind.as_str()}</span>
                {main}
                {discovered}
                <HealthBadge health />
            </header>
            <p class="mono dim">{address}</p>
            <HealthText health />
            <details
                open=is_open.get_untracked()
                on:toggle=move |event| {
                    is_open.set(event_target::<web_sys::Element>(&event).has_attribute("open"));
                }
            >
                <summary>{count}</summary>
                <Targets targets />
            </details>
        </section>
    }
}

#[component]
fn HealthBadge(health: Memo<Option<Health>>) -> impl IntoView {
    move || {
        let (class, text) = match health.get().map(|it| it.state) {
            Some(HealthState::Up) => ("badge up", "healthy"),
            Some(HealthState::Down) => ("badge down", "failing"),
            None => ("badge unknown", "not checked yet"),
        };
        view! { <span class=class>{text}</span> }
    }
}

/// Why not, and since when.
#[component]
fn HealthText(health: Memo<Option<Health>>) -> impl IntoView {
    move || {
        let Health { reason, since, .. } = health.get()?;
        Some(view! {
            {reason.map(|it| view! { <p class="target-error" role="alert">{it}</p> })}
            <p class="dim">{format!("Since {}", zone::LOCAL.format(since))}</p>
        })
    }
}

#[component]
fn Targets(targets: Query<Vec<Target>>) -> impl IntoView {
    let params = ViewParams::expect();
    let search = Signal::derive(move || params.get(SEARCH).unwrap_or_default());
    move || match (targets.data(), targets.error()) {
        (_, Some(error)) => view! {
            <ErrorCard message=error.to_string() on_retry=move |()| targets.refetch() />
        }
        .into_any(),
        (Some(none), None) if none.is_empty() => view! {
            <p class="dim">
                <Icon name="info" />
                " It has no targets yet."
            </p>
        }
        .into_any(),
        (Some(targets), None) => view! { <TargetTable targets search /> }.into_any(),
        (None, None) => view! { <p class="dim" aria-busy="true">"Loading…"</p> }.into_any(),
    }
}

async fn list_targets(name: String, abort: Abort) -> Result<Vec<Target>, ApiError> {
    Ok(listed(&targets::list(&name, &abort).await?))
}
