//! Nothing lives at this URL.

use leptos::prelude::*;

/// Says so, and leads back.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    super::set_tab_title("Not found");
    view! {
        <main class="page">
            <div class="page-notice">
                <h1>"There is no such page"</h1>
                <p>
                    <a href="./">"Go to the first dashboard"</a>
                </p>
            </div>
        </main>
    }
}
