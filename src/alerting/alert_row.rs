//! One alert: what it is about, since when, and where to read on. All of it is text that others
//! wrote; only a known annotation with a web address becomes a link.

use leptos::prelude::*;
use venti_model::labels::Labels;

use super::annotation::{Annotation, SUMMARY, annotations};
use super::filter::RuleState;
use super::listing::ListedAlert;
use super::moment::{moment, value};
use super::since::Since;
use super::state_badge::StateBadge;

/// The label that repeats the name of the rule.
const ALERT_NAME: &str = "alertname";

/// An alert below its rule.
#[component]
pub(super) fn AlertRow(
    /// The alert.
    alert: Memo<ListedAlert>,
    /// The present.
    now: Signal<f64>,
) -> impl IntoView {
    let state = Signal::derive(move || alert.with(|it| RuleState::of_alert(it.alert.state)));
    let since = Memo::new(move |_| alert.with(|it| it.since));
    let held =
        Memo::new(move |_| alert.with(|it| it.alert.keep_firing_since.as_deref().and_then(moment)));
    let written = Memo::new(move |_| alert.with(|it| it.alert.value.clone()));
    let rendered = Memo::new(move |_| alert.with(|it| it.alert.annotations.clone()));
    let summary = move || {
        let summary = rendered.with(|it| it.get(SUMMARY).map(str::to_owned));
        let summary = summary.filter(|it| !it.is_empty());
        summary.map(|it| view! { <p class="alert-summary"><bdi>{it}</bdi></p> })
    };
    let labels = alert.with_untracked(|it| it.alert.labels.clone());
    let held_text = move || {
        held.get().map(|_| {
            view! {
                <span class="dim" title="Its condition is not true any more; the rule keeps it firing for a while">
                    <Since at=held now before="held for " />
                </span>
            }
        })
    };
    view! {
        <li class="alert" data-state=move || state.get().as_str()>
            <div class="alert-head">
                <StateBadge state />
                <LabelChips labels />
                <span class="alert-facts">
                    <span class="alert-value" title=move || written.get()>
                        <span class="dim">"value "</span>
                        {move || written.with(|it| value(it))}
                    </span>
                    <Since at=since now before="for " />
                    {held_text}
                </span>
            </div>
            {summary}
            {move || rendered.with(|it| view! { <Annotations all=annotations(it) /> })}
        </li>
    }
}

/// Labels as small boxes, all as text.
#[component]
pub(super) fn LabelChips(
    /// The labels; the name of the alert, which stands above, is left out.
    labels: Labels,
) -> impl IntoView {
    let chips: Vec<_> = labels
        .iter()
        .filter(|(name, _)| *name != ALERT_NAME)
        .map(|(name, value)| {
            let (name, value) = (name.to_owned(), value.to_owned());
            view! {
                <li class="label-chip">
                    <bdi class="dim">{name}</bdi>
                    "="
                    <bdi>{value}</bdi>
                </li>
            }
        })
        .collect();
    (!chips.is_empty()).then(|| view! { <ul class="label-chips" aria-label="Labels">{chips}</ul> })
}

#[component]
fn Annotations(all: Vec<Annotation>) -> impl IntoView {
    let terms: Vec<_> = all
        .into_iter()
        .map(|it| {
            let text = if it.is_link {
                view! {
                    <a href=it.text.clone() target="_blank" rel="noopener noreferrer">{it.text.clone()}</a>
                }
                .into_any()
            } else {
                view! { <bdi class:broken=it.is_broken>{it.text}</bdi> }.into_any()
            };
            view! { <div><dt>{it.name}</dt><dd>{text}</dd></div> }
        })
        .collect();
    (!terms.is_empty()).then(|| view! { <dl class="annotations">{terms}</dl> })
}
