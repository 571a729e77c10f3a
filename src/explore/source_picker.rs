//! The choice of a datasource, where there are several of a kind.

use leptos::prelude::*;

use super::question::Question;
use crate::api::{QueryOptions, datasources, use_query};

/// Nothing while there is nothing to choose.
#[component]
pub(super) fn SourcePicker(
    /// What is asked.
    question: Question,
) -> impl IntoView {
    let all = use_query(
        || Some(()),
        QueryOptions::default(),
        |(), abort| datasources::list(abort),
    );
    let choose = move |event| {
        let name = event_target_value(&event);
        question.choose_source(Some(name).filter(|it| !it.is_empty()));
    };
    move || {
        let all = all.data()?;
        let of_kind = || all.iter().filter(|it| it.kind == question.kind());
        let chosen = question.chosen_source();
        if of_kind().count() < 2 && chosen.is_none() {
            return None;
        }
        let options = of_kind().map(|source| {
            // The main one is meant when none is named.
            let value = if source.is_main {
                String::new()
            } else {
                source.name.clone()
            };
            let is_chosen = chosen.as_deref().unwrap_or_default() == value;
            view! { <option value=value selected=is_chosen>{source.name.clone()}</option> }
        });
        // A name from the URL is shown even when there is no such datasource.
        let is_known = chosen
            .iter()
            .all(|name| of_kind().any(|it| it.name == *name));
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
