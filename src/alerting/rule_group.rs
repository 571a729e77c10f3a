//! A group of rules: how its evaluation goes, and its rules while it is unfolded.

use leptos::html;
use leptos::prelude::*;

use super::filter::{Filter, RuleState};
use super::followed;
use super::listing::{ListedGroup, ListedRule};
use super::moment::{length, moment};
use super::rule_row::RuleRow;
use super::since::Since;
use super::truth;
use crate::hooks::use_is_near;
use crate::ui::Icon;

/// So many rules are drawn at first, and as many more at each request.
const PAGE: usize = 100;

/// The height of a folded rule in CSS pixels, to keep the place of those not drawn yet.
const ROW: usize = 37;

/// Unfolded while there is something to see, unless somebody decides otherwise.
#[component]
pub(super) fn RuleGroup(
    /// The group, with the rules that show.
    group: Memo<ListedGroup>,
    /// What is wanted.
    filter: Memo<Filter>,
    /// When the answer came.
    answered_at: Memo<Option<f64>>,
    /// The present.
    now: Signal<f64>,
) -> impl IntoView {
    let chosen = RwSignal::new(None);
    let is_open = Memo::new(move |_| {
        let by_itself =
            || group.with(ListedGroup::needs_somebody) || filter.with(Filter::is_narrow);
        chosen.get().unwrap_or_else(by_itself)
    });
    let section = NodeRef::<html::Section>::new();
    let is_near = use_is_near(section);
    // What was drawn stays, so that nothing jumps and nothing unfolded is lost.
    let is_drawn = Memo::new(move |last: Option<&bool>| {
        is_open.get() && (last == Some(&true) || is_near.get())
    });
    let height = move || {
        let n_rules = group.with(|it| it.rules.len().min(PAGE));
        let is_waiting = is_open.get() && !is_drawn.get();
        is_waiting.then(|| format!("{}px", n_rules * ROW))
    };
    let name = move || group.with(|it| it.group.name.clone());
    view! {
        <section class="rule-group" node_ref=section aria-label=name>
            <h2 class="rule-group-head">
                <button
                    type="button"
                    class="fold"
                    aria-expanded=move || truth(is_open.get())
                    on:click=move |_| chosen.set(Some(!is_open.get_untracked()))
                >
                    <Icon name="chevron" />
                    <span class="rule-group-name">{name}</span>
                    <span class="dim rule-group-file">{move || group.with(|it| it.group.file.clone())}</span>
                </button>
                <GroupCounts group />
            </h2>
            <Evaluation group answered_at now />
            <div style:min-height=height>
                <Show when=move || is_drawn.get()>
                    <Rules group now />
                </Show>
            </div>
        </section>
    }
}

/// How many there are of each state that there is.
#[component]
fn GroupCounts(group: Memo<ListedGroup>) -> impl IntoView {
    let counts = Memo::new(move |_| group.with(|it| it.counts));
    move || {
        let counts = counts.get();
        let count = |state: &RuleState| {
            let n = counts.of(*state);
            let text = format!("{n} {}", state.as_str());
            (n > 0).then(|| {
                view! { <span class="state-badge" data-state=state.as_str() title=state.meaning()>{text}</span> }
            })
        };
        let badges = RuleState::ALL.iter().map(count).collect_view();
        view! { <span class="rule-group-counts">{badges}</span> }
    }
}

/// When the group was evaluated, how long that took, and whether it should have been again.
#[component]
fn Evaluation(
    group: Memo<ListedGroup>,
    answered_at: Memo<Option<f64>>,
    now: Signal<f64>,
) -> impl IntoView {
    let last = Memo::new(move |_| group.with(|it| moment(&it.group.last_evaluation)));
    let took = move || group.with(|it| length(it.group.evaluation_time));
    let every = move || group.with(|it| length(it.group.interval));
    let is_late = move || {
        answered_at
            .get()
            .is_some_and(|at| group.with(|it| it.is_late(at)))
    };
    let evaluated = move || match last.with(Option::is_some) {
        true => {
            view! { "evaluated " <Since at=last now behind=" ago" /> " in " {took} ", " }.into_any()
        }
        false => "not evaluated yet, ".into_any(),
    };
    let late = move || {
        is_late().then(|| {
            view! {
                <span class="state-badge" data-state="failing" title="The last evaluation is more than three intervals ago">
                    "late"
                </span>
            }
        })
    };
    view! {
        <p class="dim rule-group-evaluation">{evaluated} "every " {every} " " {late}</p>
    }
}

#[component]
fn Rules(group: Memo<ListedGroup>, now: Signal<f64>) -> impl IntoView {
    let n_drawn = RwSignal::new(PAGE);
    let drawn = move || {
        group.with(|it| {
            it.rules
                .iter()
                .take(n_drawn.get())
                .cloned()
                .collect::<Vec<_>>()
        })
    };
    let n_more = move || group.with(|it| it.rules.len().saturating_sub(n_drawn.get()));
    let rule = move |first: ListedRule| {
        let key = first.key;
        let find = move || group.with(|it| it.rules.iter().find(|it| it.key == key).cloned());
        view! { <RuleRow rule=followed(first, find) now /> }
    };
    view! {
        <ul class="rules">
            <For each=drawn key=|it| it.key children=rule />
        </ul>
        <Show when=move || { n_more() > 0 }>
            <button
                type="button"
                class="button show-more"
                on:click=move |_| n_drawn.update(|it| *it += PAGE)
            >
                {move || format!("Show more of {} rules", n_more())}
            </button>
        </Show>
    }
}
