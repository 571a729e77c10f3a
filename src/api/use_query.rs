//! The one hook that loads data.
//!
//! Resources of Leptos queue: a new key waits until the request for the old one has ended, so
//! a query over thirty days would hold up one over five minutes. This hook cancels instead.
//!
//! - The key is a small value behind a memo: equal keys do not fetch again.
//! - A new key cancels the running request and aborts it in the browser, and so does leaving
//!   the view.
//! - A refresh tick fetches again with the same key, but never overlaps: while a request runs,
//!   or while the view is not visible, the tick is remembered and served once afterwards.
//! - A failure that may pass, a datasource that is down, is tried again by itself.
//! - Without a key nothing is asked, and nothing of an earlier key stays.
//! - The last good answer stays while a refresh is under way and after one that failed.
//! - What a request reads on its way starts nothing: only the key does. A cancelled request
//!   reports nothing.

use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

use super::clock::Clock;
use super::{Abort, ApiError};

/// How long a failure that may pass is left alone before the next try.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// What drives a query.
#[derive(Clone, Copy)]
pub(crate) struct QueryOptions {
    /// Counts refreshes; each new value fetches again.
    pub(crate) tick: Signal<u64>,
    /// Whether anybody can see the answer.
    pub(crate) visible: Signal<bool>,
    /// Tells when an answer came, and when to try again.
    pub(crate) clock: Clock,
}

impl Default for QueryOptions {
    fn default() -> Self {
        Self {
            tick: Signal::stored(0),
            visible: Signal::stored(true),
            clock: Clock::REAL,
        }
    }
}

/// A query and its answers, in signals.
#[derive(Debug)]
pub(crate) struct Query<T> {
    progress: Progress,
    answers: PhantomData<fn() -> T>,
}

/// How a query fares, whatever it answers: the answer is kept without its type, so that the
/// machinery below is in the program once and not once for each type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    data: RwSignal<Option<AnyAnswer>>,
    error: RwSignal<Option<ApiError>>,
    loading: RwSignal<bool>,
    answered_at: RwSignal<Option<f64>>,
    round: RwSignal<u32>,
}

type AnyAnswer = Arc<dyn Any + Send + Sync>;

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Query<T> {}

impl<T: Send + Sync + 'static> Query<T> {
    /// The last good answer.
    pub(crate) fn data(&self) -> Option<Arc<T>> {
        // Only this query's own answers are ever put there.
        self.progress.data.get()?.downcast().ok()
    }

    /// How the request fares, whatever it asks.
    pub(crate) fn progress(&self) -> Progress {
        self.progress
    }

    /// Why the latest request failed, if it did.
    pub(crate) fn error(&self) -> Option<ApiError> {
        self.progress.error.get()
    }

    /// Whether a request is under way.
    pub(crate) fn loading(&self) -> bool {
        self.progress.loading()
    }

    /// When the last good answer came, the server's unix seconds.
    pub(crate) fn answered_at(&self) -> Option<f64> {
        self.progress.answered_at.get()
    }

    /// Asks again at once, in place of a request that runs.
    pub(crate) fn refetch(&self) {
        self.progress.refetch();
    }
}

impl Progress {
    /// Whether a request is under way.
    pub(crate) fn loading(&self) -> bool {
        self.loading.get()
    }

    /// Asks again at once, in place of a request that runs.
    pub(crate) fn refetch(&self) {
        self.round.update(|it| *it += 1);
    }

    /// Nothing is asked any more, so there is nothing to show.
    fn clear(&self) {
        self.data.set(None);
        self.error.set(None);
        self.answered_at.set(None);
    }

    fn finish(&self, answer: Result<AnyAnswer, ApiError>, now: f64) {
        match answer {
            Ok(answer) => {
                self.data.set(Some(answer));
                self.answered_at.set(Some(now));
                self.error.set(None);
            }
            Err(error) => self.error.set(Some(error)),
        }
        self.loading.set(false);
    }
}

/// Loads what `key` asks for, and keeps it fresh; without a key nothing is asked.
///
/// `fetch` makes the request. It runs outside of any tracking, so it may look at signals.
pub(crate) fn use_query<K, T, F>(
    key: impl Fn() -> Option<K> + Send + Sync + 'static,
    options: QueryOptions,
    fetch: impl Fn(K, Abort) -> F + 'static,
) -> Query<T>
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    let progress = Progress {
        data: RwSignal::new(None),
        error: RwSignal::new(None),
        loading: RwSignal::new(false),
        answered_at: RwSignal::new(None),
        round: RwSignal::new(0),
    };
    let key = memo(Box::new(key));
    let start = move |abort: Abort| -> Option<Request> {
        let key = key.get()?;
        let request = untrack(|| fetch(key, abort));
        Some(Box::pin(async move {
            let answer = request.await.map(|it| -> AnyAnswer { Arc::new(it) });
            progress.finish(answer, (options.clock.now)());
        }))
    };
    let has_key = Signal::derive(move || key.with(Option::is_some));
    drive(progress, has_key, options, Box::new(start));
    Query {
        progress,
        answers: PhantomData,
    }
}

/// Once for each type of key, not for each closure.
fn memo<K>(key: Box<dyn Fn() -> Option<K> + Send + Sync>) -> Memo<Option<K>>
where
    K: PartialEq + Send + Sync + 'static,
{
    Memo::new(move |_| key())
}

/// A request that reports its own outcome.
type Request = Pin<Box<dyn Future<Output = ()>>>;

/// Starts the request of the present key, tracking the key; `None` when there is none.
type Start = Box<dyn Fn(Abort) -> Option<Request>>;

/// When requests start and end, whatever is asked and answered.
fn drive(progress: Progress, has_key: Signal<bool>, options: QueryOptions, start: Start) {
    let served_tick = RwSignal::new(options.tick.get_untracked());
    let is_retry_due = RwSignal::new(false);

    // The request: one at a time, replaced by a new key or an explicit refetch.
    Effect::new(move |_| {
        progress.round.track();
        let abort = Abort::new();
        let request = start(abort.clone());
        progress.loading.set(request.is_some());
        let Some(request) = request else {
            progress.clear();
            return;
        };
        served_tick.set(options.tick.get_untracked());
        is_retry_due.set(false);
        on_cleanup(move || abort.abort());
        // A scoped task polls under the observer it was spawned with; this one has none.
        untrack(|| spawn_local_scoped_with_cancellation(request));
    });

    // A failure that may pass is tried again, unless another request starts before.
    Effect::new(move |_| {
        let may_pass = |it: &Option<ApiError>| it.as_ref().is_some_and(ApiError::may_pass);
        if !progress.loading.get() && progress.error.with(may_pass) {
            (options.clock.call_after)(RETRY_AFTER, Box::new(move || is_retry_due.set(true)));
        }
    });

    // What is due is fetched as soon as nothing runs and somebody looks.
    Effect::new(move |_| {
        let is_due = is_retry_due.get() || served_tick.get() != options.tick.get();
        let is_wanted = has_key.get() && options.visible.get();
        if is_due && is_wanted && !progress.loading.get() {
            progress.refetch();
        }
    });
}

#[cfg(test)]
mod tests;
