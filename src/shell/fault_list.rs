//! Faults of configuration files, as compilers show them.

use leptos::prelude::*;
use venti_model::status::{ConfigFault, Severity};

/// Each with its place, its message, and the lines around it.
#[component]
pub(crate) fn FaultList(
    /// In the order of files and lines.
    faults: Vec<ConfigFault>,
) -> impl IntoView {
    let items = faults
        .into_iter()
        .map(|fault| {
            let mut place = fault.file.clone();
            for position in [fault.line, fault.column].into_iter().flatten() {
                place += &format!(":{position}");
            }
            let is_warning = fault.severity == Severity::Warning;
            view! {
                <li class:warning=is_warning>
                    <p class="fault-place">{place}</p>
                    <p>{fault.message}</p>
                    {fault.excerpt.map(|it| view! { <pre>{it}</pre> })}
                </li>
            }
        })
        .collect_view();
    view! { <ul class="fault-list">{items}</ul> }
}
