//! Stands in the place of every page while somebody has to log in first. The URL stays that of
//! the page.

use leptos::prelude::*;

use crate::shell::LoginForm;
use crate::state::SessionState;
use crate::state::session::LoginReason;
use crate::ui::ErrorCard;

/// The login, or what to do where a proxy should have done it.
#[component]
pub(crate) fn LoginPage() -> impl IntoView {
    let session = SessionState::expect();
    super::set_tab_title("Log in");
    let is_of_proxy = Memo::new(move |_| session.needs_login() == Some(LoginReason::Proxy));
    view! {
        <main class="login-page">
            <div class="login-box">
                <h1 class="login-brand">
                    <img src="logo.svg" alt="" width="40" height="40" />
                    "Venti"
                </h1>
                <Show
                    when=move || is_of_proxy.get()
                    fallback=|| view! { <LoginForm /> }
                >
                    <ErrorCard
                        message="Who you are is known by a proxy before this server, and it did \
                                 not say so. Open Venti by the proxy's address."
                        on_retry=move |()| session.ask_again()
                    />
                </Show>
            </div>
        </main>
    }
}
