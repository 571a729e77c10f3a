//! An alert that is no alert, to see whether alerts arrive.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{ApiError, alerts};
use crate::state::SessionState;
use crate::ui::Icon;

/// How the latest one fared.
#[derive(Clone)]
enum Sent {
    Never,
    Sending,
    Done,
    Failed(ApiError),
}

/// A button for those who may, and how it went.
#[component]
pub(crate) fn TestAlert() -> impl IntoView {
    let session = SessionState::expect();
    let sent = RwSignal::new(Sent::Never);
    let is_sending = move || sent.with(|it| matches!(it, Sent::Sending));
    let send = move |_| {
        sent.set(Sent::Sending);
        spawn_local(async move {
            let outcome = alerts::send_test().await;
            // Whoever left the page does not wait for it.
            let _ = sent.try_set(match outcome {
                Ok(()) => Sent::Done,
                Err(error) => Sent::Failed(error),
            });
        });
    };
    let outcome = move || match sent.get() {
        Sent::Never | Sent::Sending => None,
        Sent::Done => Some(view! { <span>"Sent: it should arrive in a moment"</span> }.into_any()),
        Sent::Failed(error) => {
            let text = format!("Not sent: {error}");
            Some(view! { <span class="field-fault">{text}</span> }.into_any())
        }
    };
    view! {
        <Show when=move || session.is_admin()>
            <span class="test-alert">
                <span role="status">{outcome}</span>
                <button
                    type="button"
                    class="button"
                    title="Send an alert to every receiver, to see whether it arrives"
                    disabled=is_sending
                    on:click=send
                >
                    <Icon name="alerts" />
                    "Test alert"
                </button>
            </span>
        </Show>
    }
}
