//! The server itself: its build, how it runs, and with which flags.

use leptos::prelude::*;

use super::configuration::Configuration;
use super::facts::{Facts, facts};
use crate::api::{Abort, ApiError, status, use_query};
use crate::state::RefreshState;
use crate::ui::ErrorCard;

/// A card for the configuration, and one for each group of facts.
#[component]
pub(crate) fn ServerStatus() -> impl IntoView {
    let all = use_query(
        || Some(()),
        RefreshState::expect().query_options(),
        |(), abort| load(abort),
    );
    let cards = move || match (all.data(), all.error()) {
        (Some(all), _) => all.iter().cloned().map(card).collect_view().into_any(),
        (None, Some(error)) => view! {
            <ErrorCard message=error.to_string() on_retry=move |()| all.refetch() />
        }
        .into_any(),
        (None, None) => view! { <p class="dim" aria-busy="true">"Loading…"</p> }.into_any(),
    };
    view! {
        <Configuration />
        <div class="card-columns">{cards}</div>
    }
}

async fn load(abort: Abort) -> Result<Vec<Facts>, ApiError> {
    let build = status::build_info(&abort);
    let runtime = status::runtime_info(&abort);
    let flags = status::flags(&abort);
    let (build, runtime, flags) = futures_util::join!(build, runtime, flags);
    Ok(facts(build?, runtime?, flags?))
}

fn card((title, rows): Facts) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-label=title>
            <header class="card-head">
                <h2>{title}</h2>
            </header>
            <dl class="facts">{rows}</dl>
        </section>
    }
    .into_any()
}
