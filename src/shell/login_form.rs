//! Name and password. Browsers and password managers know the fields by their names.

use leptos::html;
use leptos::prelude::*;

use crate::state::session::LoginReason;
use crate::state::{CatalogState, SessionState};
use crate::ui::Icon;

/// The form; what was to be shown is loaded once it went well.
#[component]
pub(crate) fn LoginForm() -> impl IntoView {
    let session = SessionState::expect();
    let catalog = CatalogState::expect();
    let username = NodeRef::<html::Input>::new();
    let password = NodeRef::<html::Input>::new();
    // The page may come in the middle of other work: whoever types a name types it here.
    Effect::new(move |_| {
        if let Some(input) = username.get() {
            let _ = input.focus();
        }
    });
    let has_ended = move || session.needs_login() == Some(LoginReason::Ended);
    let submit_login = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let value = |it: NodeRef<html::Input>| it.get_untracked().map(|it| it.value());
        if let (Some(name), Some(secret)) = (value(username), value(password))
            && !session.is_busy()
        {
            session.login(name, secret, Callback::new(move |()| catalog.reload()));
        }
    };
    view! {
        <form class="login-form" method="post" on:submit=submit_login>
            <Show when=has_ended>
                <p class="login-notice" role="status">
                    <Icon name="clock" />
                    "Your session has ended. Log in again, and you are back where you were."
                </p>
            </Show>
            <label>
                "User name"
                <input
                    node_ref=username
                    name="username"
                    autocomplete="username"
                    autocapitalize="none"
                    spellcheck="false"
                    required
                />
            </label>
            <label>
                "Password"
                <input
                    node_ref=password
                    name="password"
                    type="password"
                    autocomplete="current-password"
                    required
                />
            </label>
            <p class="field-fault" role="alert">
                {move || session.error().map(|it| it.to_string())}
            </p>
            <button type="submit" class="button primary" disabled=move || session.is_busy()>
                {move || if session.is_busy() { "Logging in…" } else { "Log in" }}
            </button>
        </form>
    }
}
