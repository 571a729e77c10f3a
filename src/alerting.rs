//! Alert rules and their alerts: what fires, what may soon, and what cannot be told.
//!
//! [`listing`] holds an answer in the order in which it shows, [`filter`] says which part of it;
//! both are plain Rust. All else draws: [`alert_list`] the page, down to one alert in
//! [`alert_row`]. Only what is unfolded and near the visible part is drawn, since there may be
//! thousands of rules.

mod alert_list;
mod alert_row;
mod annotation;
mod filter;
mod filter_bar;
mod listing;
mod moment;
mod no_rules;
mod rule_faults;
mod rule_group;
mod rule_row;
mod since;
mod state_badge;
mod test_alert;

pub(crate) use alert_list::AlertList;
pub(crate) use filter_bar::RuleSearch;
pub(crate) use test_alert::TestAlert;

use leptos::prelude::*;

/// A value that is followed as long as it is found, and stays as it was once it is gone: the row
/// that shows it goes a moment later.
fn followed<T>(first: T, find: impl Fn() -> Option<T> + Send + Sync + 'static) -> Memo<T>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    Memo::new(move |last: Option<&T>| {
        find()
            .or_else(|| last.cloned())
            .unwrap_or_else(|| first.clone())
    })
}

/// What `aria-expanded` and its like say.
fn truth(is_so: bool) -> &'static str {
    if is_so { "true" } else { "false" }
}
