//! The newest lines of the range, older ones page by page, and new ones as they are written.

use std::sync::Arc;

use leptos::prelude::*;
use venti_model::api::datasources::DatasourceType;
use venti_model::step::FINEST_STEP;
use venti_model::time::TimeRange;

use super::super::question::Question;
use super::details::Details;
use crate::api::logs::Newest;
use crate::api::query::Source;
use crate::api::{ApiError, Query, QueryOptions, Tail, logs, use_query, use_tail};
use crate::hooks::use_media_query;
use crate::logs::{LogLine, LogLines, LogList, MOST_LINES, Marks, Page};
use crate::state::view_params::History;
use crate::state::{RefreshState, TimeRangeState, ViewParams, zone};
use crate::ui::ErrorCard;

/// How many lines are asked for at once.
const PAGE: usize = 1_000;

/// What the lines depend on.
#[derive(Clone, Debug, PartialEq)]
struct LinesKey {
    source: Source,
    query: String,
    range: TimeRange,
}

/// The lines with their own bar of controls.
#[component]
pub(crate) fn LinesPanel(
    /// What is asked.
    question: Question,
) -> impl IntoView {
    let params = ViewParams::expect();
    let lines = RwSignal::new(LogLines::default());
    let is_at_end = RwSignal::new(true);
    let is_live = Memo::new(move |_| params.get("live").as_deref() == Some("on"));
    let is_narrow = use_media_query("(max-width: 640px)");
    let wraps = Memo::new(move |_| match params.get("wrap").as_deref() {
        Some("on") => true,
        Some("off") => false,
        _ => is_narrow.get(),
    });
    let key = Memo::new(move |_| {
        Some(LinesKey {
            source: question.source(),
            query: question.expression(FINEST_STEP)?,
            range: question.range(),
        })
    });
    let newest = newest(question, key, lines, is_at_end);
    let older = Older::new(question, key, lines);
    let tail_fault = follow(question, key, is_live, lines);

    let shown = Signal::derive(move || lines.with(LogLines::lines));
    let marks = Memo::new_with_compare(
        move |_| {
            Arc::new(key.with(|it| {
                it.as_ref()
                    .map(|it| Marks::of(&it.query))
                    .unwrap_or_default()
            }))
        },
        |old, new| old.map(Arc::as_ptr) != new.map(Arc::as_ptr),
    );
    let details = move |line: Arc<LogLine>| {
        // Only in LetheQL is it known how the writer of a line is selected.
        let is_lethe = question.kind() == DatasourceType::Lethe;
        let round = key.with(|it| it.as_ref().map(|it| it.query.clone()));
        let round = round.filter(|_| !is_lethe);
        view! { <Details line source=question.source() round marks=marks.into() /> }.into_any()
    };
    let is_blank = Memo::new(move |_| lines.with(|it| it.lines().is_empty()));
    let notice = move || {
        if !is_blank.get() || newest.error().is_some() {
            return None;
        }
        let has_answer = newest.data().is_some() && !newest.loading();
        Some(if has_answer {
            view! {
                <div class="panel-notice empty log-notice">
                    <p>
                        <strong>"No lines in this range."</strong>
                        " Choose a longer range, another target, or fewer filters."
                    </p>
                </div>
            }
            .into_any()
        } else {
            view! { <p class="panel-notice loading log-notice">"Loading…"</p> }.into_any()
        })
    };
    let fault = move || {
        let message = newest.error()?.to_string();
        Some(view! { <ErrorCard message on_retry=move |()| newest.refetch() /> })
    };
    let warnings = move || {
        let warnings = lines.with(|it| it.warnings().join(" · "));
        let tail_fault = tail_fault.get().map(|it| it.to_string());
        let all = [Some(warnings).filter(|it| !it.is_empty()), tail_fault];
        let all = all.into_iter().flatten();
        all.map(|it| view! { <p class="log-warning">{it}</p> })
            .collect_view()
    };
    let state = move || match (newest.error().is_some(), is_blank.get()) {
        (true, true) => "failed",
        (true, false) => "stale",
        (false, true) if newest.data().is_none() || newest.loading() => "loading",
        (false, true) => "empty",
        (false, false) => "ready",
    };
    view! {
        <section
            class="panel lines-panel"
            aria-label="Lines"
            data-state=state
            aria-busy=move || if newest.loading() { "true" } else { "false" }
        >
            <div class="panel-progress" class:active=move || newest.loading()></div>
            <header class="lines-bar">
                <h3>{move || count(shown.with(|it| it.len()))}</h3>
                <OlderButton older />
                <span class="lines-bar-gap"></span>
                <WrapToggle wraps=wraps.into() />
                <LiveToggle is_live=is_live.into() />
            </header>
            {warnings}
            {fault}
            {notice}
            <div class="lines-body" class:hidden=move || is_blank.get()>
                <LogList
                    lines=shown
                    marks=marks.into()
                    zone=zone::LOCAL
                    wraps=wraps.into()
                    is_at_end
                    details=Callback::new(details)
                />
                <JumpToEnd lines=shown is_at_end />
            </div>
        </section>
    }
}

/// Loads the newest page, at the start and at each refresh.
fn newest(
    question: Question,
    key: Memo<Option<LinesKey>>,
    lines: RwSignal<LogLines>,
    is_at_end: RwSignal<bool>,
) -> Query<()> {
    let shown_key = StoredValue::new(None::<LinesKey>);
    let newest = use_query(
        move || key.get(),
        question.options(),
        move |key: LinesKey, abort| {
            let span = question.span();
            async move {
                let newest = Newest {
                    limit: PAGE,
                    before: None,
                };
                let answer = logs::lines(&key.source, &key.query, span, newest, &abort).await;
                let page = answer.and_then(|it| Page::of(it).ok_or_else(no_lines));
                // Whatever comes, lines of another query go.
                if shown_key.with_value(|it| it.as_ref() != Some(&key)) {
                    shown_key.set_value(Some(key));
                    is_at_end.set(true);
                    lines.set(LogLines::default());
                }
                let page = page?;
                lines.update(|it| it.refresh(page, span.start));
                Ok(())
            }
        },
    );
    question.follow(newest.progress());
    newest
}

/// Older lines, a page for each press of a button.
#[derive(Clone, Copy)]
struct Older {
    lines: RwSignal<LogLines>,
    key: Memo<Option<LinesKey>>,
    wanted: RwSignal<Option<(LinesKey, String)>>,
    page: Query<()>,
}

impl Older {
    fn new(question: Question, key: Memo<Option<LinesKey>>, lines: RwSignal<LogLines>) -> Self {
        let wanted = RwSignal::new(None::<(LinesKey, String)>);
        // What was wanted of another query is wanted no more.
        let wanted_here = move || {
            wanted
                .get()
                .filter(|(of, _)| key.with(|it| it.as_ref() == Some(of)))
        };
        let page = use_query(
            wanted_here,
            QueryOptions::default(),
            move |(key, cursor): (LinesKey, String), abort| {
                let span = question.span();
                async move {
                    let newest = Newest {
                        limit: PAGE,
                        before: Some(&cursor),
                    };
                    let answer = logs::lines(&key.source, &key.query, span, newest, &abort).await?;
                    let page = Page::of(answer).ok_or_else(no_lines)?;
                    lines.update(|it| it.prepend(page));
                    wanted.set(None);
                    Ok(())
                }
            },
        );
        Self {
            lines,
            key,
            wanted,
            page,
        }
    }

    fn load(&self) {
        let cursor = self
            .lines
            .with_untracked(|it| it.older().map(str::to_owned));
        self.wanted.set(self.key.get_untracked().zip(cursor));
        self.page.refetch();
    }
}

#[component]
fn OlderButton(older: Older) -> impl IntoView {
    move || {
        let (n_lines, has_older) = older
            .lines
            .with(|it| (it.lines().len(), it.older().is_some()));
        if let Some(error) = older.page.error() {
            let text = format!("Older lines: {error}");
            return view! {
                <span class="field-fault">{text}</span>
                <button type="button" class="button small" on:click=move |_| older.load()>"Try again"</button>
            }
            .into_any();
        }
        if !has_older {
            return ().into_any();
        }
        if n_lines >= MOST_LINES {
            return view! { <span class="dim">"A page keeps no more: choose a shorter range"</span> }.into_any();
        }
        view! {
            <button
                type="button"
                class="button small"
                disabled=move || older.page.loading()
                on:click=move |_| older.load()
            >
                {move || if older.page.loading() { "Loading…" } else { "Load older" }}
            </button>
        }
        .into_any()
    }
}

/// Follows new lines while the view is live and somebody looks; gives why it cannot.
fn follow(
    question: Question,
    key: Memo<Option<LinesKey>>,
    is_live: Memo<bool>,
    lines: RwSignal<LogLines>,
) -> RwSignal<Option<ApiError>> {
    let fault = RwSignal::new(None);
    let refresh = RefreshState::expect();
    let tail = Memo::new(move |_| {
        let is_wanted = is_live.get() && !refresh.is_hidden();
        let key = key.get().filter(|_| is_wanted)?;
        let start = untrack(|| question.span().start);
        Some(Tail {
            source: key.source,
            query: key.query,
            start,
            limit: PAGE,
        })
    });
    use_tail(tail.into(), move |answer| {
        let page = answer.and_then(|it| Page::of(it).ok_or_else(no_lines));
        match page {
            Ok(page) => {
                lines.update(|it| it.append(page));
                fault.set(None);
            }
            Err(error) => fault.set(Some(error)),
        }
    });
    fault
}

fn no_lines() -> ApiError {
    ApiError::Decode("the query did not answer log lines".to_owned())
}

/// Whether long lines wrap, kept in the URL. Nobody chose: where the screen is narrow.
#[component]
fn WrapToggle(wraps: Signal<bool>) -> impl IntoView {
    let params = ViewParams::expect();
    let toggle = move |_| {
        let value = if wraps.get_untracked() { "off" } else { "on" };
        params.set(&[("wrap", Some(value.to_owned()))], History::Replace);
    };
    view! {
        <button
            type="button"
            class="button small"
            aria-pressed=move || if wraps.get() { "true" } else { "false" }
            on:click=toggle
        >
            "Wrap"
        </button>
    }
}

/// New lines come at the end of a range that ends now, so turning it on moves the range there.
#[component]
fn LiveToggle(is_live: Signal<bool>) -> impl IntoView {
    let params = ViewParams::expect();
    let range = TimeRangeState::expect();
    let refresh = RefreshState::expect();
    let toggle = move |_| {
        if is_live.get_untracked() {
            return params.set(&[("live", None)], History::Replace);
        }
        let shown = range.range_untracked();
        let mut changes = vec![("live", Some("on".to_owned()))];
        if !shown.is_live() {
            let seconds = shown.resolve(refresh.now_untracked()).seconds();
            let range = TimeRange::last(seconds.clamp(60.0, 86_400.0) as i64);
            changes.push(("from", Some(range.from.to_string())));
            changes.push(("to", Some(range.to.to_string())));
        }
        refresh.look_at_clock();
        params.set(&changes, History::Replace);
    };
    view! {
        <button
            type="button"
            class="button small live"
            title="Show lines as they are written"
            aria-pressed=move || if is_live.get() { "true" } else { "false" }
            on:click=toggle
        >
            <span class="live-dot" aria-hidden="true"></span>
            "Live"
        </button>
    }
}

/// Back to the newest line, for a reader who scrolled up; says how many came meanwhile.
#[component]
fn JumpToEnd(lines: Signal<Arc<Vec<Arc<LogLine>>>>, is_at_end: RwSignal<bool>) -> impl IntoView {
    // The newest line that was seen, and how many are newer.
    let news = Memo::new(move |before: Option<&(u64, usize)>| {
        let lines = lines.get();
        let last = lines.last().map(|it| it.id).unwrap_or_default();
        let seen = before
            .map(|it| it.0)
            .filter(|_| !is_at_end.get())
            .unwrap_or(last);
        (
            seen,
            lines.iter().rev().take_while(|it| it.id > seen).count(),
        )
    });
    let text = move || match news.get().1 {
        0 => "Newest".to_owned(),
        1 => "1 new line".to_owned(),
        n => format!("{n} new lines"),
    };
    view! {
        <Show when=move || !is_at_end.get()>
            <button type="button" class="button jump-to-end" on:click=move |_| is_at_end.set(true)>
                {text} " ↓"
            </button>
        </Show>
    }
}

fn count(n_lines: usize) -> String {
    match n_lines {
        1 => "1 line".to_owned(),
        n => format!("{n} lines"),
    }
}
