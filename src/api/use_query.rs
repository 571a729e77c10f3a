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
//! - The last good answer stays while a refresh is under way and after one that failed.
//! - Nothing inside the task reads a signal. A cancelled request reports nothing.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

use super::{Abort, ApiError, clock};

/// How long a failure that may pass is left alone before the next try.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// What drives a query.
#[derive(Clone, Copy)]
pub(crate) struct QueryOptions {
    /// Counts refreshes; each new value fetches again.
    pub(crate) tick: Signal<u64>,
    /// Whether anybody can see the answer.
    pub(crate) visible: Signal<bool>,
}

impl Default for QueryOptions {
    fn default() -> Self {
        Self {
            tick: Signal::stored(0),
            visible: Signal::stored(true),
        }
    }
}

/// A query and its answers, in signals.
#[derive(Debug)]
pub(crate) struct Query<T: Send + Sync + 'static> {
    data: RwSignal<Option<Arc<T>>>,
    error: RwSignal<Option<ApiError>>,
    loading: RwSignal<bool>,
    answered_at: RwSignal<Option<f64>>,
    round: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Query<T> {}

impl<T: Send + Sync + 'static> Query<T> {
    /// The last good answer.
    pub(crate) fn data(&self) -> Option<Arc<T>> {
        self.data.get()
    }

    /// Why the latest request failed, if it did.
    pub(crate) fn error(&self) -> Option<ApiError> {
        self.error.get()
    }

    /// Whether a request is under way.
    pub(crate) fn loading(&self) -> bool {
        self.loading.get()
    }

    /// When the last good answer came, the server's unix seconds.
    pub(crate) fn answered_at(&self) -> Option<f64> {
        self.answered_at.get()
    }

    /// Asks again at once, in place of a request that runs.
    pub(crate) fn refetch(&self) {
        self.round.update(|it| *it += 1);
    }
}

/// Loads what `key` asks for, and keeps it fresh; without a key nothing is asked.
///
/// `fetch` makes the request; it is called outside of any tracking, so it may look at signals
/// before it starts its future.
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
    let query = Query {
        data: RwSignal::new(None),
        error: RwSignal::new(None),
        loading: RwSignal::new(false),
        answered_at: RwSignal::new(None),
        round: RwSignal::new(0),
    };
    let key = Memo::new(move |_| key());
    let is_due = RwSignal::new(false);

    // The request: one at a time, replaced by a new key or an explicit refetch.
    Effect::new(move |_| {
        query.round.track();
        let Some(key) = key.get() else { return };
        is_due.set(false);
        query.loading.set(true);
        let abort = Abort::new();
        let request = untrack(|| fetch(key, abort.clone()));
        on_cleanup(move || abort.abort());
        spawn_local_scoped_with_cancellation(async move { query.finish(request.await) });
    });

    // A tick, and a failure that may pass, make the answer due.
    Effect::new(move |seen: Option<u64>| {
        let tick = options.tick.get();
        if seen.is_some_and(|seen| seen != tick) {
            is_due.set(true);
        }
        tick
    });
    Effect::new(move |_| {
        if query
            .error
            .with(|it| it.as_ref().is_some_and(ApiError::may_pass))
        {
            let again = set_timeout_with_handle(move || is_due.set(true), RETRY_AFTER);
            on_cleanup(move || {
                if let Ok(timer) = again {
                    timer.clear();
                }
            });
        }
    });

    // What is due is fetched as soon as nothing runs and somebody looks.
    Effect::new(move |_| {
        if is_due.get()
            && options.visible.get()
            && !query.loading.get()
            && key.with(Option::is_some)
        {
            query.refetch();
        }
    });

    query
}

impl<T: Send + Sync + 'static> Query<T> {
    fn finish(&self, answer: Result<T, ApiError>) {
        self.loading.set(false);
        match answer {
            Ok(data) => {
                self.data.set(Some(Arc::new(data)));
                self.answered_at.set(Some(clock::server_now()));
                self.error.set(None);
            }
            Err(error) => self.error.set(Some(error)),
        }
    }
}
