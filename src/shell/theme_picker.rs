//! Light, dark, or as the system has it.

use leptos::prelude::*;

use crate::state::ThemeState;
use crate::state::theme::ThemeChoice;

/// The choice of the theme.
#[component]
pub(crate) fn ThemePicker() -> impl IntoView {
    let theme = ThemeState::expect();
    let options = ThemeChoice::ALL
        .into_iter()
        .map(|choice| {
            view! {
                <option value=choice.as_str() selected=move || theme.choice() == choice>
                    {choice.as_str()}
                </option>
            }
        })
        .collect_view();
    let choose = move |event| theme.choose(event_target_value(&event).parse().unwrap_or_default());
    view! {
        <label class="selector theme-picker">
            <span class="selector-name">"theme"</span>
            <select on:change=choose>{options}</select>
        </label>
    }
}
