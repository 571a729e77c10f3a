//! The frame round every panel: heading, state, links, and what stands in the body when there
//! is nothing to draw.

use std::time::Duration;

use leptos::prelude::*;
use venti_model::dashboard::{Panel, PanelKind};
use venti_model::duration::format_seconds;

use super::panel_state::PanelState;
use super::scope::PanelScope;
use crate::api::{Progress, clock};
use crate::route::Route;
use crate::state::ViewParams;
use crate::state::zone;
use crate::ui::{Dropdown, ErrorCard, Icon};

/// A panel's frame. The body is mounted once and stays: it is hidden while there is nothing to
/// show, so that a picture keeps its size and its hover over refreshes.
#[component]
pub(crate) fn PanelFrame(
    /// The panel.
    scope: PanelScope,
    /// What its data is like.
    state: Signal<PanelState>,
    /// How its request fares.
    progress: Progress,
    /// The picture.
    children: Children,
) -> impl IntoView {
    let panel = scope.panel().clone();
    let kind = panel.kind.as_str();
    let title = panel.title.clone();
    let span = panel.span.unwrap_or(1).max(1).to_string();
    let shows_data = move || matches!(state.get(), PanelState::Ready | PanelState::Stale { .. });
    let notice = move || match state.get() {
        PanelState::Empty => {
            Some(view! { <p class="panel-notice empty">"No data in this range"</p> }.into_any())
        }
        PanelState::Failed { reason } => Some(
            view! { <ErrorCard message=reason on_retry=move |()| progress.refetch() /> }.into_any(),
        ),
        PanelState::Loading => {
            Some(view! { <p class="panel-notice loading">"Loading…"</p> }.into_any())
        }
        PanelState::Ready | PanelState::Stale { .. } => None,
    };

    view! {
        <section
            class=format!("panel panel-{kind}")
            style=("--span", span)
            node_ref=scope.element()
            data-state=move || state.with(PanelState::as_str)
            aria-busy=move || if progress.loading() { "true" } else { "false" }
            aria-label=title.clone()
        >
            <header class="panel-head">
                <h3 title=title.clone()>{title.clone()}</h3>
                {panel.description.clone().map(|text| {
                    view! {
                        <span class="panel-info" tabindex="0" role="note" aria-label=text.clone() title=text>
                            <Icon name="info" />
                        </span>
                    }
                })}
                <StaleBadge state />
                <ExploreLinks panel=(*panel).clone() />
            </header>
            <div class="panel-progress" class:active=move || progress.loading()></div>
            <div class="panel-body" class:hidden=move || !shows_data()>
                {children()}
            </div>
            {notice}
        </section>
    }
}

/// Says that what shows is old, how old, and why.
#[component]
fn StaleBadge(state: Signal<PanelState>) -> impl IntoView {
    move || match state.get() {
        PanelState::Stale { since, reason } => Some(view! { <Age since reason /> }),
        _ => None,
    }
}

/// An age that grows while one looks.
#[component]
fn Age(since: f64, reason: String) -> impl IntoView {
    let age = move || (clock::server_now() - since).max(0.0) as u64;
    let shown = RwSignal::new(age());
    let timer = set_interval_with_handle(move || shown.set(age()), Duration::from_secs(1));
    on_cleanup(move || {
        if let Ok(timer) = timer {
            timer.clear();
        }
    });
    let title = format!("Last answer {}. {reason}", zone::LOCAL.format(since));
    view! {
        <span class="badge stale" tabindex="0" title=title>
            "stale, " {move || format_seconds(shown.get())} " old"
        </span>
    }
}

/// From a panel to the page where its queries can be changed.
#[component]
fn ExploreLinks(panel: Panel) -> impl IntoView {
    let params = ViewParams::expect();
    if panel.targets.is_empty() {
        return ().into_any();
    }
    let (route, one, some) = match panel.kind {
        PanelKind::Logs => (
            Route::Logs,
            "Open this query on the Logs page",
            "Open a query on the Logs page",
        ),
        _ => (
            Route::Metrics,
            "Open this query on the Metrics page",
            "Open a query on the Metrics page",
        ),
    };
    let expressions: Vec<String> = panel.targets.iter().map(|it| it.expr.clone()).collect();
    let route = StoredValue::new(route);
    let href = move |expression: &str| {
        route.with_value(|route| params.link(route, &[("query", expression)]))
    };
    if let [only] = expressions.as_slice() {
        let only = only.clone();
        return view! {
            <a
                class="icon-button panel-link"
                href=move || href(&only)
                title=one
                aria-label=one
            >
                <Icon name="explore" />
            </a>
        }
        .into_any();
    }
    let links = move || {
        let links = expressions.clone().into_iter().map(|expression| {
            let text = expression.clone();
            view! { <a class="menu-item mono" href=move || href(&expression)>{text}</a> }
        });
        links.collect_view()
    };
    view! {
        <Dropdown label=some icon="explore" class="panel-link">
            {links.clone()}
        </Dropdown>
    }
    .into_any()
}
