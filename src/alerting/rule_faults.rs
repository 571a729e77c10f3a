//! What is wrong with rule files. A faulty rule is not among the groups, so it must stand here.

use leptos::prelude::*;

use crate::shell::FaultList;
use crate::state::CatalogState;
use crate::ui::Icon;

/// The folder of rule files.
const FOLDER: &str = "alertrules/";

/// The faults of rule files, folded; nothing where there are none.
#[component]
pub(super) fn RuleFaults() -> impl IntoView {
    let catalog = CatalogState::expect();
    let faults = Memo::new(move |_| {
        let mut faults = catalog.faults();
        faults.retain(|it| it.file.starts_with(FOLDER));
        faults
    });
    move || {
        let faults = faults.get();
        let title = match faults.len() {
            0 => return None,
            1 => "1 fault in a rule file".to_owned(),
            n => format!("{n} faults in rule files"),
        };
        Some(view! {
            <details class="faults rule-faults">
                <summary>
                    <Icon name="error" />
                    <span>{title}</span>
                </summary>
                <FaultList faults />
            </details>
        })
    }
}
