//! The page below its head: counts, faults, and the groups.

use std::sync::Arc;

use leptos::prelude::*;

use super::filter_bar::{FilterBar, clear_filter, use_filter};
use super::followed;
use super::listing::{ListedGroup, Listing};
use super::no_rules::NoRules;
use super::rule_faults::RuleFaults;
use super::rule_group::RuleGroup;
use super::since::{Since, use_now};
use crate::api::{Query, QueryOptions, alerts, use_query};
use crate::state::{AlertCountState, RefreshState, ViewParams, zone};
use crate::ui::{ErrorCard, Icon};

/// Loads all rules and shows those that are wanted.
#[component]
pub(crate) fn AlertList() -> impl IntoView {
    let count = AlertCountState::expect();
    let options = RefreshState::expect().query_options();
    let options = QueryOptions {
        tick: Signal::derive(move || options.tick.get() + count.n_changes()),
        ..options
    };
    let rules = use_query(
        || Some(()),
        options,
        |(), abort| async { Ok(Listing::new(alerts::rules(abort).await?)) },
    );
    Effect::new(move |_| {
        if let Some(listing) = rules.data() {
            count.note(listing.counts.alerts());
        }
    });
    let has_answer = Memo::new(move |_| rules.data().is_some());
    let has_groups = Memo::new(move |_| rules.data().is_some_and(|it| !it.groups.is_empty()));
    let failure = Memo::new(move |_| rules.error().map(|it| it.to_string()));
    let body = move || match (has_answer.get(), has_groups.get()) {
        (true, true) => view! { <Groups rules /> }.into_any(),
        (true, false) => view! { <NoRules /> }.into_any(),
        // The failure stands above.
        (false, _) if failure.with(Option::is_some) => ().into_any(),
        (false, _) => view! {
            <p class="page-notice dim" aria-busy="true">"Loading…"</p>
        }
        .into_any(),
    };
    view! {
        {move || failure.get().map(|reason| view! { <Failure reason rules /> })}
        <RuleFaults />
        {body}
    }
}

/// Why the latest request failed, and how old is what shows instead.
#[component]
fn Failure(reason: String, rules: Query<Listing>) -> impl IntoView {
    let stale = rules.answered_at().map(|at| {
        view! {
            <p class="alerts-stale">
                <span class="state-badge" data-state="unknown">"stale"</span>
                {format!(" What shows below was answered {}.", zone::LOCAL.format(at))}
            </p>
        }
    });
    view! {
        <div class="alerts-failure">
            <ErrorCard message=reason on_retry=move |()| rules.refetch() />
            {stale}
        </div>
    }
}

#[component]
fn Groups(rules: Query<Listing>) -> impl IntoView {
    let params = ViewParams::expect();
    let filter = use_filter();
    let now = use_now();
    let answered_at = Memo::new(move |_| rules.answered_at());
    let listing = move || rules.data().unwrap_or_default();
    let counts = Memo::new(move |_| listing().counts);
    let groups = Memo::new(move |_| Arc::new(filter.with(|it| listing().wanted(it))));
    let group = move |first: ListedGroup| {
        let key = first.key.clone();
        let find = move || groups.with(|all| all.iter().find(|it| it.key == key).cloned());
        view! { <RuleGroup group=followed(first, find) filter answered_at now /> }
    };
    let is_empty = Memo::new(move |_| groups.with(|it| it.is_empty()));
    let n_rules = move || {
        let all = counts.get().rules;
        let shown = groups.with(|it| it.iter().map(|group| group.counts.rules).sum::<usize>());
        let all_text = if all == 1 {
            "1 rule".to_owned()
        } else {
            format!("{all} rules")
        };
        if shown == all {
            all_text
        } else {
            format!("{shown} of {all_text}")
        }
    };
    view! {
        <div class="alerts-head">
            <FilterBar counts filter />
            <p class="dim" role="status">{n_rules}</p>
            <p class="dim">
                "answered " <Since at=answered_at now behind=" ago" />
            </p>
        </div>
        <Show when=move || is_empty.get()>
            <div class="page-notice alerts-nothing">
                <p>
                    <Icon name="info" />
                    " No rule or alert is like that."
                </p>
                <button type="button" class="button" on:click=move |_| clear_filter(params)>
                    "Show everything"
                </button>
            </div>
        </Show>
        <For each=move || groups.get().to_vec() key=|it| it.key.clone() children=group />
    }
}
