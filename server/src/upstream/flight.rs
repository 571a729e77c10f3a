//! One request upstream whose answer several read as it comes.
//!
//! A flight keeps the answer's parts until it is more than [`WINDOW`] bytes. Up to there anybody
//! may join and reads it from the beginning. Beyond, nobody may, the parts that all have read
//! are dropped, and no more is taken from upstream than fits into the window: a large answer
//! streams at the pace of the slowest reader in bounded memory. A reader that holds the others
//! up for longer than [`PATIENCE`] in all is cut off. When the last reader leaves before the
//! end, the request upstream ends.

use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::BoxError;
use axum::body::Bytes;
use axum::http::response::Parts;
use futures_util::Stream;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use super::UpstreamError;

/// How many bytes a flight keeps.
pub(super) const WINDOW: usize = 1 << 20;

/// For how long others wait for one that reads slowly.
const PATIENCE: Duration = Duration::from_secs(5);

/// An answer on its way to whoever waits for it.
#[derive(Debug, Default)]
pub(super) struct Flight(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Status and headers, or why there are none.
    head: Option<Result<Parts, UpstreamError>>,
    chunks: VecDeque<Bytes>,
    /// Bytes in `chunks`.
    bytes: usize,
    /// How many chunks were dropped in front of `chunks`.
    dropped: usize,
    is_beyond_window: bool,
    /// Behind the last chunk: whether the answer is whole, or what broke it off.
    end: Option<Result<(), String>>,
    readers: BTreeMap<u64, Place>,
    next_reader: u64,
    /// For how long there was no room, since somebody was last cut off.
    held_up: Duration,
    is_left: bool,
    producer: Option<Waker>,
    task: Option<AbortHandle>,
}

/// How far a reader is.
#[derive(Debug, Default)]
struct Place {
    next: usize,
    waker: Option<Waker>,
}

impl State {
    fn wake_readers(&mut self) {
        for place in self.readers.values_mut() {
            if let Some(waker) = place.waker.take() {
                waker.wake();
            }
        }
    }

    /// Beyond the window, drops what all have read.
    fn trim(&mut self) {
        if !self.is_beyond_window {
            return;
        }
        let read = self.readers.values().map(|it| it.next).min();
        while read.is_some_and(|it| it > self.dropped)
            && let Some(chunk) = self.chunks.pop_front()
        {
            self.dropped += 1;
            self.bytes -= chunk.len();
        }
        if self.has_room()
            && let Some(producer) = self.producer.take()
        {
            producer.wake();
        }
    }

    fn has_room(&self) -> bool {
        !self.is_beyond_window || self.bytes < WINDOW
    }

    /// Removes the readers that hold the others up.
    fn cut_off_slowest(&mut self) {
        let front = self.dropped;
        if self.readers.values().any(|it| it.next > front) {
            let (slow, others) = std::mem::take(&mut self.readers)
                .into_iter()
                .partition(|(_, it)| it.next <= front);
            self.readers = others;
            let slow: BTreeMap<u64, Place> = slow;
            for waker in slow.into_values().filter_map(|it| it.waker) {
                waker.wake();
            }
            self.trim();
        }
    }
}

impl Flight {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A flight with its first reader.
    pub(super) fn start() -> (Arc<Self>, Reader) {
        let flight = Arc::new(Self::default());
        let reader = flight.enter(&mut flight.state());
        (flight, reader)
    }

    fn enter(self: &Arc<Self>, state: &mut State) -> Reader {
        let id = state.next_reader;
        state.next_reader += 1;
        state.readers.insert(id, Place::default());
        Reader {
            flight: self.clone(),
            id,
            is_over: false,
        }
    }

    /// Reads along from the beginning, unless that is gone or the request has ended.
    pub(super) fn join(self: &Arc<Self>) -> Option<Reader> {
        let mut state = self.state();
        let is_broken = matches!(state.end, Some(Err(_))) || matches!(state.head, Some(Err(_)));
        if state.is_beyond_window || state.is_left || is_broken {
            return None;
        }
        Some(self.enter(&mut state))
    }

    /// What ends when the last reader leaves.
    pub(super) fn driven_by(&self, task: AbortHandle) {
        let mut state = self.state();
        if state.is_left {
            task.abort();
        } else {
            state.task = Some(task);
        }
    }

    /// Status and headers came.
    pub(super) fn begin(&self, head: Result<Parts, UpstreamError>) {
        let mut state = self.state();
        state.head = Some(head);
        state.wake_readers();
    }

    /// The next bytes came. Resolves when there is room for more.
    pub(super) async fn push(&self, chunk: Bytes) {
        let mut patience = {
            let mut state = self.state();
            state.bytes += chunk.len();
            state.chunks.push_back(chunk);
            state.is_beyond_window |= state.bytes > WINDOW;
            state.trim();
            state.wake_readers();
            if state.has_room() {
                return;
            }
            PATIENCE.saturating_sub(state.held_up)
        };
        let mut since = Instant::now();
        while timeout(patience, self.room()).await.is_err() {
            let mut state = self.state();
            state.cut_off_slowest();
            state.held_up = Duration::ZERO;
            since = Instant::now();
            patience = PATIENCE;
        }
        self.state().held_up += since.elapsed();
    }

    async fn room(&self) {
        poll_fn(|context| {
            let mut state = self.state();
            if state.has_room() {
                return Poll::Ready(());
            }
            state.producer = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// The answer is whole, or broke off.
    pub(super) fn end(&self, end: Result<(), String>) {
        let mut state = self.state();
        state.end = Some(end);
        state.wake_readers();
    }

    /// Nothing more will come. Whoever still waits for something is told why.
    pub(super) fn abandon(&self, reason: UpstreamError) {
        let mut state = self.state();
        let State { head, end, .. } = &mut *state;
        end.get_or_insert_with(|| Err(reason.to_string()));
        head.get_or_insert(Err(reason));
        state.wake_readers();
    }

    /// The whole answer, when it fits into the window.
    pub(super) fn whole(&self) -> Option<(Parts, Bytes)> {
        let state = self.state();
        match (&state.head, &state.end) {
            (Some(Ok(parts)), Some(Ok(()))) if !state.is_beyond_window => {
                let chunks: Vec<&[u8]> = state.chunks.iter().map(AsRef::as_ref).collect();
                Some((parts.clone(), Bytes::from(chunks.concat())))
            }
            _ => None,
        }
    }
}

/// One who reads along; leaves when dropped.
#[derive(Debug)]
pub(super) struct Reader {
    flight: Arc<Flight>,
    id: u64,
    is_over: bool,
}

impl Reader {
    /// Status and headers, or why there are none.
    pub(super) async fn head(&self) -> Result<Parts, UpstreamError> {
        poll_fn(|context| {
            let mut state = self.flight.state();
            if let Some(head) = &state.head {
                return Poll::Ready(head.clone());
            }
            if let Some(place) = state.readers.get_mut(&self.id) {
                place.waker = Some(context.waker().clone());
            }
            Poll::Pending
        })
        .await
    }
}

impl Stream for Reader {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let flight = self.flight.clone();
        let mut state = flight.state();
        let state = &mut *state;
        let Some(place) = state.readers.get_mut(&self.id) else {
            self.is_over = true;
            return Poll::Ready(Some(Err("the answer was read too slowly".into())));
        };
        let index = place.next.saturating_sub(state.dropped);
        if let Some(chunk) = state.chunks.get(index).cloned() {
            place.next += 1;
            state.trim();
            return Poll::Ready(Some(Ok(chunk)));
        }
        match &state.end {
            None => {
                place.waker = Some(context.waker().clone());
                Poll::Pending
            }
            Some(end) => {
                self.is_over = true;
                let error = end.as_ref().err();
                Poll::Ready(error.map(|it| Err(it.as_str().into())))
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut state = self.flight.state();
        state.readers.remove(&self.id);
        if !state.readers.is_empty() {
            state.trim();
        } else if state.end.is_none() {
            state.is_left = true;
            if let Some(task) = state.task.take() {
                task.abort();
            }
        }
    }
}
