//! The targets of one datasource in a table.

use std::sync::Arc;

use leptos::prelude::*;
use venti_model::duration::format_seconds;

use super::targets::Target;
use crate::state::RefreshState;

/// More are counted, and found by searching.
const MOST_ROWS: usize = 500;

/// Those that match the search.
#[component]
pub(super) fn TargetTable(
    /// All of them, in their order.
    targets: Arc<Vec<Target>>,
    /// Words to look for.
    search: Signal<String>,
) -> impl IntoView {
    let refresh = RefreshState::expect();
    move || {
        let search = search.get();
        let found: Vec<_> = targets.iter().filter(|it| it.matches(&search)).collect();
        if found.is_empty() {
            return view! { <p class="dim">"No target matches."</p> }.into_any();
        }
        let surplus = found.len().saturating_sub(MOST_ROWS);
        let now = refresh.now();
        let rows = found.into_iter().take(MOST_ROWS).cloned();
        let rows = rows.map(|it| row(it, now)).collect_view();
        let surplus = (surplus > 0).then(|| {
            view! { <p class="dim">{format!("and {surplus} more: search to find them")}</p> }
        });
        view! {
            <div class="table-scroll">
                <table class="table target-table">
                    <thead>
                        <tr>
                            <th scope="col">"State"</th>
                            <th scope="col">"Target"</th>
                            <th scope="col">"Last"</th>
                            <th scope="col">"Labels"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {surplus}
        }
        .into_any()
    }
}

fn row(target: Target, now: f64) -> AnyView {
    let state = target.state.as_str();
    let error =
        (!target.error.is_empty()).then(|| view! { <p class="target-error">{target.error}</p> });
    let labels = target
        .labels
        .into_iter()
        .map(|it| view! { <span class="label-chip">{it}</span> })
        .collect_view();
    view! {
        <tr>
            <td>
                <span class=format!("badge {state}")>{state}</span>
            </td>
            <td>
                <p class="dim">{target.job}</p>
                <p class="mono">{target.name}</p>
                {error}
            </td>
            <td class="target-last" title=target.last.clone()>{age(&target.last, now)}</td>
            <td>{labels}</td>
        </tr>
    }
    .into_any()
}

/// Such as `15s ago`.
fn age(last: &str, now: f64) -> String {
    let then = js_sys::Date::parse(last) / 1000.0;
    if then.is_nan() {
        return "never".to_owned();
    }
    let seconds = (now - then).max(0.0) as u64;
    format!("{} ago", format_seconds(seconds))
}
