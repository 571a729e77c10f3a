//! A rule: its state in a row, and what it asks, says and has found while it is unfolded.

use leptos::prelude::*;
use venti_model::api::alerts::{AlertState, AlertingRule, Rule};
use venti_model::api::datasources::DatasourceType;
use venti_model::labels::Labels;

use super::alert_row::{AlertRow, LabelChips};
use super::annotation::is_broken;
use super::filter::RuleState;
use super::followed;
use super::listing::{ListedAlert, ListedRule};
use super::moment::length;
use super::since::Since;
use super::state_badge::StateBadge;
use super::truth;
use crate::route::Route;
use crate::state::ViewParams;
use crate::ui::{Icon, WhileNear};

/// So many alerts are drawn at first, and as many more at each request.
const PAGE: usize = 20;

/// Usual heights of a rule's details and of one alert in CSS pixels, to keep the place of those
/// not drawn yet.
const DETAILS: f64 = 90.0;
const ALERT: f64 = 70.0;

/// Unfolded while there is something to see, unless somebody decides otherwise.
#[component]
pub(super) fn RuleRow(
    /// The rule, with the alerts that show.
    rule: Memo<ListedRule>,
    /// The present.
    now: Signal<f64>,
) -> impl IntoView {
    let chosen = RwSignal::new(None);
    let is_open = Memo::new(move |_| {
        let by_itself = || rule.with(ListedRule::needs_somebody);
        chosen.get().unwrap_or_else(by_itself)
    });
    let n_drawn = RwSignal::new(PAGE);
    let estimate = move || {
        let n_alerts = rule.with_untracked(|it| it.alerts.len());
        DETAILS + ALERT * n_alerts.min(n_drawn.get_untracked()) as f64
    };
    let state = Signal::derive(move || rule.with(|it| it.state));
    let name = move || {
        rule.with(|it| match &*it.rule {
            Rule::Alerting(rule) => rule.name.clone(),
            Rule::Recording(rule) => rule.name.clone(),
        })
    };
    view! {
        <li class="rule" data-state=move || state.get().as_str()>
            <h3 class="rule-head">
                <button
                    type="button"
                    class="fold"
                    aria-expanded=move || truth(is_open.get())
                    on:click=move |_| chosen.set(Some(!is_open.get_untracked()))
                >
                    <Icon name="chevron" />
                    <StateBadge state />
                    <span class="rule-name">{name}</span>
                    <span class="dim">{move || rule.with(alert_counts)}</span>
                </button>
                <Marks rule />
            </h3>
            <Show when=move || is_open.get()>
                <WhileNear estimate=estimate()>
                    <Details rule now />
                    <Alerts rule n_drawn now />
                </WhileNear>
            </Show>
        </li>
    }
}

/// Such as `2 firing, 1 pending`; nothing where the state says it all.
fn alert_counts(rule: &ListedRule) -> String {
    let count = |state| {
        rule.alerts
            .iter()
            .filter(|it| it.alert.state == state)
            .count()
    };
    let counts = [
        (count(AlertState::Firing), "firing"),
        (count(AlertState::Pending), "pending"),
    ];
    let texts = counts.iter().filter(|(n, _)| *n > 0);
    let texts: Vec<_> = texts.map(|(n, word)| format!("{n} {word}")).collect();
    texts.join(", ")
}

/// What is wrong with a rule, even where its state does not tell.
#[component]
fn Marks(rule: Memo<ListedRule>) -> impl IntoView {
    let fails = Memo::new(move |_| {
        // The state itself may say so already.
        rule.with(|it| it.fails() && it.state != RuleState::Failing)
    });
    let is_broken = Memo::new(move |_| {
        let is_broken = |labels: &Labels| labels.iter().any(|(_, text)| is_broken(text));
        rule.with(|it| {
            let mut alerts = it.alerts.iter().map(|it| &it.alert);
            alerts.any(|it| is_broken(&it.labels) || is_broken(&it.annotations))
        })
    });
    view! {
        <Show when=move || fails.get()>
            <span class="state-badge" data-state="failing" title="The last evaluation failed">"error"</span>
        </Show>
        <Show when=move || is_broken.get()>
            <span class="state-badge" data-state="pending" title="A template of this rule cannot be rendered">
                "broken template"
            </span>
        </Show>
    }
}

#[component]
fn Details(rule: Memo<ListedRule>, now: Signal<f64>) -> impl IntoView {
    let at = Memo::new(move |_| rule.with(|it| it.evaluated_at));
    let took = Memo::new(move |_| rule.with(|it| length(it.took)));
    let is_askable = rule.with_untracked(|it| it.is_askable);
    // Made anew only when the file was changed, or its error.
    let rule = Memo::new(move |_| rule.with(|it| it.rule.clone()));
    move || match &*rule.get() {
        Rule::Alerting(rule) => {
            view! { <AlertingDetails rule=rule.clone() is_askable at took now /> }.into_any()
        }
        Rule::Recording(rule) => view! {
            <div class="rule-details">
                <Expression query=rule.query.clone() source=Some(DatasourceType::Prometheus) />
                <p class="dim">
                    "Not evaluated here: load it into the Prometheus that stores the series."
                </p>
                <LabelChips labels=rule.labels.clone() />
            </div>
        }
        .into_any(),
    }
}

#[component]
fn AlertingDetails(
    rule: AlertingRule,
    is_askable: bool,
    at: Memo<Option<f64>>,
    took: Memo<String>,
    now: Signal<f64>,
) -> impl IntoView {
    let mut terms = Vec::new();
    if rule.duration > 0.0 {
        terms.push(format!("for {}", length(rule.duration)));
    }
    if rule.keep_firing_for > 0.0 {
        terms.push(format!("keeps firing for {}", length(rule.keep_firing_for)));
    }
    let was_evaluated = Memo::new(move |_| at.with(Option::is_some));
    let evaluated = move || {
        was_evaluated.get().then(|| {
            view! { <span>"evaluated " <Since at now behind=" ago" /> " in " {move || took.get()}</span> }
        })
    };
    // Those that are rendered stand with the alerts.
    let has_alerts = matches!(rule.state, AlertState::Firing | AlertState::Pending);
    let written = (!has_alerts && !rule.annotations.is_empty()).then(|| {
        let terms = rule.annotations.iter().map(|(name, text)| {
            view! { <div><dt>{name.to_owned()}</dt><dd><bdi>{text.to_owned()}</bdi></dd></div> }
        });
        view! { <dl class="annotations">{terms.collect_view()}</dl> }
    });
    view! {
        <div class="rule-details">
            {rule.last_error.map(|it| view! { <p class="rule-error">{it}</p> })}
            <Expression query=rule.query source=is_askable.then_some(rule.datasource_type) />
            <p class="dim rule-terms">
                {terms.into_iter().map(|it| view! { <span>{it}</span> }).collect_view()}
                {evaluated}
            </p>
            <LabelChips labels=rule.labels />
            {written}
        </div>
    }
}

/// What is asked, and a link to where it can be asked, if there is such a page.
#[component]
fn Expression(query: String, source: Option<DatasourceType>) -> impl IntoView {
    let params = ViewParams::expect();
    let page = match source {
        Some(DatasourceType::Prometheus) => Some((Route::Metrics, "Open on the Metrics page")),
        Some(DatasourceType::Lethe) => Some((Route::Logs, "Open on the Logs page")),
        Some(DatasourceType::VictoriaLogs | DatasourceType::Loki) | None => None,
    };
    let link = page.map(|(route, label)| {
        let query = query.clone();
        let href = move || params.link(&route, &[("query", &query)]);
        view! {
            <a class="icon-button" href=href title=label aria-label=label>
                <Icon name="explore" />
            </a>
        }
    });
    view! {
        <div class="rule-expression">
            <code>{query}</code>
            {link}
        </div>
    }
}

#[component]
fn Alerts(
    rule: Memo<ListedRule>,
    /// So many are drawn.
    n_drawn: RwSignal<usize>,
    now: Signal<f64>,
) -> impl IntoView {
    let alerts = Memo::new(move |_| rule.with(|it| it.alerts.clone()));
    let drawn =
        move || alerts.with(|it| it.iter().take(n_drawn.get()).cloned().collect::<Vec<_>>());
    let n_more = move || alerts.with(|it| it.len().saturating_sub(n_drawn.get()));
    let alert = move |first: ListedAlert| {
        let key = first.key.clone();
        let find = move || alerts.with(|it| it.iter().find(|it| it.key == key).cloned());
        view! { <AlertRow alert=followed(first, find) now /> }
    };
    view! {
        <ul class="alerts">
            <For each=drawn key=|it| it.key.clone() children=alert />
        </ul>
        <Show when=move || { n_more() > 0 }>
            <button
                type="button"
                class="button show-more"
                on:click=move |_| n_drawn.update(|it| *it += PAGE)
            >
                {move || format!("Show more of {} alerts", n_more())}
            </button>
        </Show>
    }
}
