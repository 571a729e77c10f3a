//! The choice of a datasource, where there are several.

use leptos::prelude::*;

use super::question::Question;

/// Nothing while there is nothing to choose.
#[component]
pub(super) fn SourcePicker(
    /// What is asked.
    question: Question,
) -> impl IntoView {
    let choose = move |event| {
        let name = event_target_value(&event);
        question.choose_source(Some(name).filter(|it| !it.is_empty()));
    };
    move || {
        let all = question.sources()?;
        let chosen = question.chosen_source();
        if all.len() < 2 && chosen.is_none() {
            return None;
        }
        let usual = question.usual_kind();
        let has_others = all.iter().any(|it| it.kind != usual);
        let options = all.iter().map(|source| {
            // The main one is meant when none is named.
            let value = if source.is_main && source.kind == usual {
                String::new()
            } else {
                source.name.clone()
            };
            let is_chosen = chosen.as_deref().unwrap_or_default() == value;
            let name = match has_others {
                true => format!("{} ({})", source.name, source.kind),
                false => source.name.clone(),
            };
            view! { <option value=value selected=is_chosen>{name}</option> }
        });
        // A name from the URL is shown even when there is no such datasource.
        let is_known = chosen
            .iter()
            .all(|name| all.iter().any(|it| it.name == *name));
        let unknown = chosen.clone().filter(|_| !is_known);
        Some(view! {
            <label class="selector">
                <span class="selector-name">"datasource"</span>
                <select on:change=choose>
                    {options.collect_view()}
                    {unknown.map(|it| view! { <option value=it.clone() selected=true>{it.clone()}</option> })}
                </select>
            </label>
        })
    }
}
