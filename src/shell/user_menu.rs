//! Who is logged in, and the way out. Nothing where nobody logs in.

use leptos::prelude::*;
use venti_model::api::auth::{Role, SessionUser};

use crate::state::SessionState;
use crate::ui::Icon;

/// Name, role, and a button to log out.
#[component]
pub(crate) fn UserMenu() -> impl IntoView {
    let session = SessionState::expect();
    move || {
        let SessionUser { name, role, .. } = session.user()?;
        let role = match role {
            Role::Viewer => "viewer",
            Role::Admin => "administrator",
        };
        let logout = session.can_log_out().then(|| {
            view! {
                <button
                    type="button"
                    class="icon-button"
                    aria-label="Log out"
                    title="Log out"
                    disabled=move || session.is_busy()
                    on:click=move |_| session.logout()
                >
                    <Icon name="logout" />
                </button>
            }
        });
        Some(view! {
            <div class="user-menu">
                <Icon name="user" />
                <p>
                    <span class="user-name">{name}</span>
                    <span class="dim">{role}</span>
                </p>
                {logout}
            </div>
        })
    }
}
