//! The tree of what has logs in the range; a click writes the query.

use leptos::prelude::*;
use venti_model::time::TimeRange;

use super::super::question::Question;
use super::letheql::with_selector;
use super::targets::{Target, Workload, is_wanted, workloads};
use crate::api::query::Source;
use crate::api::{Query, QueryOptions, logs, use_query};
use crate::hooks::use_media_query;

/// How many entries of one kind are listed; a search finds the rest.
const MOST_LISTED: usize = 200;

/// What the values of a label depend on.
#[derive(Clone, PartialEq)]
struct ValuesKey {
    source: Source,
    label: &'static str,
    selector: Option<String>,
    range: TimeRange,
}

/// The tree. On a narrow screen it is folded at first.
#[component]
pub(crate) fn TargetTree(
    /// The question whose query is written.
    question: Question,
) -> impl IntoView {
    let is_narrow = use_media_query("(max-width: 860px)");
    let search = RwSignal::new(String::new());
    let nodes = values(question, "node", None);
    let namespaces = values(question, "namespace", None);
    let node = move |name: String| {
        view! { <li><TargetLink question target=Target::Node(name.clone()) name=name /></li> }
            .into_any()
    };
    let namespace = move |name: String| view! { <Namespace question name search /> }.into_any();
    view! {
        <details class="targets" open=!is_narrow.get_untracked()>
            <summary>"Targets"</summary>
            <input
                type="search"
                placeholder="Search targets"
                aria-label="Search targets"
                autocomplete="off"
                bind:value=search
            />
            <nav class="targets-tree" aria-label="Targets">
                <Names title="Nodes" names=nodes search item=Callback::new(node) />
                <Names title="Namespaces" names=namespaces search item=Callback::new(namespace) />
            </nav>
        </details>
    }
}

/// The values that a label has now; they are asked for again with another range.
fn values(question: Question, label: &'static str, selector: Option<String>) -> Query<Vec<String>> {
    let key = move || {
        Some(ValuesKey {
            source: question.source(),
            label,
            selector: selector.clone(),
            range: question.range(),
        })
    };
    use_query(
        key,
        QueryOptions::default(),
        move |key: ValuesKey, abort| {
            let span = question.span();
            async move {
                let selector = key.selector.as_deref();
                logs::label_values(&key.source, key.label, selector, span, &abort).await
            }
        },
    )
}

/// A heading with names below it, as far as they are looked for.
#[component]
fn Names(
    title: &'static str,
    names: Query<Vec<String>>,
    search: RwSignal<String>,
    item: Callback<String, AnyView>,
) -> impl IntoView {
    let wanted = Memo::new(move |_| {
        let names = names.data()?;
        let search = search.get();
        let wanted = names.iter().filter(|it| is_wanted(it, &search)).cloned();
        Some(wanted.collect::<Vec<_>>())
    });
    let shown = move || {
        wanted
            .get()
            .unwrap_or_default()
            .into_iter()
            .take(MOST_LISTED)
            .collect::<Vec<_>>()
    };
    let told = move || match (wanted.get(), names.error()) {
        (_, Some(error)) => Some(error.to_string()),
        (None, None) => Some("Loading…".to_owned()),
        (Some(wanted), None) => match wanted.len() {
            0 if search.with(String::is_empty) => Some("none has lines in this range".to_owned()),
            0 => Some("none with this name".to_owned()),
            n if n > MOST_LISTED => Some(format!("and {} more: search for them", n - MOST_LISTED)),
            _ => None,
        },
    };
    view! {
        <h3>{title}</h3>
        <ul>
            <For each=shown key=|it| it.clone() let:name>{item.run(name)}</For>
        </ul>
        {move || told().map(|it| view! { <p class="dim">{it}</p> })}
    }
}

/// A namespace; its pods are asked for when it is opened.
#[component]
fn Namespace(question: Question, name: String, search: RwSignal<String>) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let target = Target::Namespace(name.clone());
    let workloads = {
        let name = name.clone();
        move || {
            let name = name.clone();
            is_open
                .get()
                .then(|| view! { <Workloads question namespace=name search /> })
        }
    };
    view! {
        <li>
            <Twisty is_open of=name.clone() />
            <TargetLink question target name />
            {workloads}
        </li>
    }
}

#[component]
fn Workloads(question: Question, namespace: String, search: RwSignal<String>) -> impl IntoView {
    let selector = Target::Namespace(namespace.clone()).selector();
    let pods = values(question, "pod", Some(selector));
    let shown = move || {
        let search = search.get();
        let pods = pods.data().unwrap_or_default();
        // A namespace that is looked for itself shows all that it has.
        let mut shown: Vec<Workload> = workloads(&pods);
        if !is_wanted(&namespace, &search) {
            shown.retain(|it| it.pods.iter().any(|pod| is_wanted(pod, &search)));
        }
        let more = shown.len().saturating_sub(MOST_LISTED);
        shown.truncate(MOST_LISTED);
        let shown = shown.into_iter().map(|workload| {
            view! { <WorkloadItem question namespace=namespace.clone() workload /> }
        });
        let more = (more > 0)
            .then(|| view! { <li class="dim">{format!("and {more} more: search for them")}</li> });
        (shown.collect_view(), more)
    };
    let told = move || match (pods.data(), pods.error()) {
        (_, Some(error)) => Some(error.to_string()),
        (None, None) => Some("Loading…".to_owned()),
        (Some(pods), None) => pods
            .is_empty()
            .then(|| "no pod has lines in this range".to_owned()),
    };
    view! {
        <ul>{shown}</ul>
        {move || told().map(|it| view! { <p class="dim">{it}</p> })}
    }
}

/// A workload with its pods; one that is its only pod stands alone.
#[component]
fn WorkloadItem(question: Question, namespace: String, workload: Workload) -> impl IntoView {
    let Workload { name, pods } = workload;
    if pods.first() == Some(&name) && pods.len() == 1 {
        let target = Target::Pod(namespace, name.clone());
        return view! { <li class="leaf"><TargetLink question target name /></li> }.into_any();
    }
    let is_open = RwSignal::new(false);
    let target = Target::Workload(namespace.clone(), name.clone());
    let below = move || {
        let pods = pods.iter().take(MOST_LISTED).map(|pod| {
            let target = Target::Pod(namespace.clone(), pod.clone());
            view! { <li class="leaf"><TargetLink question target name=pod.clone() /></li> }
        });
        is_open
            .get()
            .then(|| view! { <ul>{pods.collect_view()}</ul> })
    };
    view! {
        <li>
            <Twisty is_open of=name.clone() />
            <TargetLink question target name />
            {below}
        </li>
    }
    .into_any()
}

/// Opens and closes what is below an entry.
#[component]
fn Twisty(is_open: RwSignal<bool>, of: String) -> impl IntoView {
    view! {
        <button
            type="button"
            class="twisty"
            aria-label=format!("What is in {of}")
            aria-expanded=move || if is_open.get() { "true" } else { "false" }
            on:click=move |_| is_open.update(|it| *it = !*it)
        ></button>
    }
}

/// An entry: a press asks for its lines.
#[component]
fn TargetLink(question: Question, target: Target, name: String) -> impl IntoView {
    let selector = target.selector();
    let is_asked = {
        let selector = selector.clone();
        Memo::new(move |_| question.written().with(|it| it.contains(&selector)))
    };
    let title = name.clone();
    let ask = move |_| {
        let query = question
            .written()
            .with_untracked(|it| with_selector(it, &selector));
        question.ask(query);
    };
    view! {
        <button
            type="button"
            class="target"
            title=title
            aria-current=move || is_asked.get().then_some("true")
            on:click=ask
        >
            {name}
        </button>
    }
}
