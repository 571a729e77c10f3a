//! The start: the first dashboard, or what to do when there is none.

use leptos::prelude::*;

use crate::route::Route;
use crate::state::view_params::History;
use crate::state::{CatalogState, ViewParams};
use crate::ui::ErrorCard;

/// Goes on to the first dashboard as soon as it is known.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let catalog = CatalogState::expect();
    let params = ViewParams::expect();
    Effect::new(move |_| {
        let first = catalog
            .dashboards()
            .and_then(|it| it.first().map(|it| it.title.clone()));
        if let Some(title) = first {
            params.go(
                &untrack(|| params.link(&Route::Dashboard(title), &[])),
                History::Replace,
            );
        }
    });
    move || match (catalog.error(), catalog.dashboards()) {
        (Some(error), None) => view! {
            <main class="page">
                <ErrorCard message=error.to_string() on_retry=move |()| catalog.reload() />
            </main>
        }
        .into_any(),
        (_, Some(dashboards)) if dashboards.is_empty() => view! {
            <main class="page">
                <div class="page-notice">
                    <h1>"No dashboards yet"</h1>
                    <p>
                        "Put a YAML file into " <code>"etc/dashboards/"</code>
                        " of the server: it shows here as soon as it is there."
                    </p>
                </div>
            </main>
        }
        .into_any(),
        _ => view! { <main class="page" aria-busy="true"></main> }.into_any(),
    }
}
