//! The configuration as the server last read it, what is wrong with it, and a way to have it read
//! again.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{ApiError, status, use_query};
use crate::shell::FaultList;
use crate::state::{CatalogState, RefreshState, SessionState, zone};
use crate::ui::{ErrorCard, Icon};

/// Files are read by themselves when they change; the button is for those who will not wait.
#[component]
pub(super) fn Configuration() -> impl IntoView {
    let catalog = CatalogState::expect();
    let session = SessionState::expect();
    let config = use_query(
        || Some(()),
        RefreshState::expect().query_options(),
        |(), abort| status::config(abort),
    );
    let is_busy = RwSignal::new(false);
    let outcome = RwSignal::new(None::<Result<(), ApiError>>);
    let reload = move |_| {
        is_busy.set(true);
        spawn_local(async move {
            let reloaded = status::reload().await;
            // The page may be left by now.
            let _ = is_busy.try_set(false);
            let _ = outcome.try_set(Some(reloaded));
            config.refetch();
            catalog.reload();
        });
    };
    let button = move || {
        session.is_admin().then(|| {
            view! {
                <button
                    type="button"
                    class="button"
                    disabled=move || is_busy.get()
                    on:click=reload
                >
                    <Icon name="refresh" />
                    "Reload"
                </button>
            }
        })
    };
    let body = move || match (config.data(), config.error()) {
        (Some(config), _) => {
            let faults = config.faults.clone();
            view! {
                <p class="dim">{loaded(config.last_success)}</p>
                <Show
                    when={
                        let is_clean = faults.is_empty();
                        move || !is_clean
                    }
                    fallback=|| view! { <p>"No faults: every file is used as it is written."</p> }
                >
                    <FaultList faults=faults.clone() />
                </Show>
            }
            .into_any()
        }
        (None, Some(error)) => view! {
            <ErrorCard message=error.to_string() on_retry=move |()| config.refetch() />
        }
        .into_any(),
        (None, None) => view! { <p class="dim" aria-busy="true">"Loading…"</p> }.into_any(),
    };
    let badge = move || {
        let n_faults = config.data()?.faults.len();
        let (class, text) = match n_faults {
            0 => ("badge up", "in order".to_owned()),
            1 => ("badge down", "1 fault".to_owned()),
            n => ("badge down", format!("{n} faults")),
        };
        Some(view! { <span class=class>{text}</span> })
    };
    let notice = move || match outcome.get()? {
        Ok(()) => Some("The files were read again.".to_owned()),
        // What is wrong with them stands below.
        Err(ApiError::Refused { status: 422, .. }) => {
            Some("The files were read again. What is wrong with them stands below.".to_owned())
        }
        Err(error) => Some(error.to_string()),
    };
    view! {
        <section class="card" aria-label="Configuration">
            <header class="card-head">
                <h2>"Configuration"</h2>
                {badge}
                <span class="card-head-gap"></span>
                {button}
            </header>
            <p role="status" class="card-notice">{notice}</p>
            {body}
        </section>
    }
}

fn loaded(last_success: Option<f64>) -> String {
    match last_success {
        Some(at) => format!("Last read without an error: {}", zone::LOCAL.format(at)),
        None => "It was not yet read without an error.".to_owned(),
    }
}
