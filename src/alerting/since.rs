//! How long ago something was, by the server's clock.

use std::time::Duration;

use leptos::prelude::*;

use super::moment::age;
use crate::api::clock;
use crate::state::{RefreshState, zone};

/// Ages need not be truer than this.
const EVERY: Duration = Duration::from_secs(5);

/// The server's present in unix seconds, moved on every few seconds and with each refresh, as
/// long as somebody looks.
pub(super) fn use_now() -> Signal<f64> {
    let refresh = RefreshState::expect();
    let now = RwSignal::new(clock::server_now());
    Effect::new(move |_| {
        refresh.tick().track();
        if refresh.is_hidden() {
            return;
        }
        now.set(clock::server_now());
        let timer = set_interval_with_handle(move || now.set(clock::server_now()), EVERY);
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    });
    now.into()
}

/// An age; the moment itself is the title. Nothing for what never was.
#[component]
pub(super) fn Since(
    /// Unix seconds.
    #[prop(into)]
    at: Signal<Option<f64>>,
    /// The present.
    now: Signal<f64>,
    /// What stands before the age, such as `since`.
    #[prop(optional)]
    before: &'static str,
    /// What stands behind it, such as `ago`.
    #[prop(optional)]
    behind: &'static str,
) -> impl IntoView {
    let text = move || {
        let at = at.get()?;
        Some(format!("{before}{}{behind}", age(at, now.get())))
    };
    let title = move || at.get().map(|it| zone::LOCAL.format(it));
    view! { <time class="since" title=title>{text}</time> }
}
