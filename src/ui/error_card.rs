//! What failed, in whose words, and a way to try again.

use leptos::prelude::*;

use super::Icon;

/// Stands where a picture would.
#[component]
pub(crate) fn ErrorCard(
    /// The reason, shown as text.
    #[prop(into)]
    message: String,
    /// The user wants to try again.
    #[prop(into)]
    on_retry: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="error-card" role="alert">
            <p class="error-card-message">
                <Icon name="error" />
                <span>{message}</span>
            </p>
            <button type="button" class="button" on:click=move |_| on_retry.run(())>"Try again"</button>
        </div>
    }
}
