//! Answers that hold for a moment, in bounded memory.
//!
//! All hold equally long, so the oldest is always the next to go, and finding it costs nothing.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::http::response::Parts;
use axum::http::{HeaderValue, Response};

use super::reuse::MOMENT;

/// The most that the answers of one datasource take.
const MAX_BYTES: usize = 16 << 20;

/// What an answer takes besides its body and its key: its head, and places in tables.
const OVERHEAD: usize = 1024;

/// The answers by what was asked.
#[derive(Debug)]
pub(super) struct Kept<K>(Mutex<State<K>>);

#[derive(Debug)]
struct State<K> {
    answers: HashMap<Arc<K>, Answer>,
    /// The oldest first. Those that were replaced stay in here until it is their turn.
    order: VecDeque<(f64, Arc<K>)>,
    bytes: usize,
}

#[derive(Debug)]
struct Answer {
    /// When it was asked for, in unix seconds.
    asked: f64,
    parts: Parts,
    body: Bytes,
    /// What it takes in all.
    bytes: usize,
}

fn holds(asked: f64, now: f64) -> bool {
    (asked..asked + MOMENT.as_secs_f64()).contains(&now)
}

impl<K> Default for Kept<K> {
    fn default() -> Self {
        Self(Mutex::new(State {
            answers: HashMap::new(),
            order: VecDeque::new(),
            bytes: 0,
        }))
    }
}

impl<K: Eq + Hash> Kept<K> {
    /// The answer, while it holds; `now` in unix seconds.
    pub(super) fn get(&self, key: &K, now: f64) -> Option<Response<Body>> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = state.answers.get(key).filter(|it| holds(it.asked, now))?;
        let body = Body::from(answer.body.clone());
        Some(Response::from_parts(answer.parts.clone(), body))
    }

    /// Keeps what was asked for at a time in unix seconds, and forgets what holds no more then.
    /// `key_bytes` is what the key takes.
    pub(super) fn insert(&self, key: K, key_bytes: usize, asked: f64, parts: Parts, body: Bytes) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = Arc::new(key);
        let bytes = key_bytes + body.len() + OVERHEAD;
        let parts = detached(parts);
        state.bytes += bytes;
        let answer = Answer {
            asked,
            parts,
            body,
            bytes,
        };
        if let Some(before) = state.answers.insert(key.clone(), answer) {
            state.bytes -= before.bytes;
        }
        state.order.push_back((asked, key));
        state.forget(asked);
    }
}

/// The head with values of its own. Those that came with an answer are parts of the buffer it was
/// read into, which would stay in memory as long as they do.
fn detached(mut parts: Parts) -> Parts {
    for value in parts.headers.values_mut() {
        // What was a value before is one again.
        if let Ok(copy) = HeaderValue::from_bytes(value.as_bytes()) {
            *value = copy;
        }
    }
    parts
}

impl<K: Eq + Hash> State<K> {
    fn forget(&mut self, now: f64) {
        while let Some((asked, _)) = self.order.front()
            && (self.bytes > MAX_BYTES || !holds(*asked, now))
            && let Some((asked, key)) = self.order.pop_front()
        {
            let is_this = |it: &Answer| it.asked == asked;
            if self.answers.get(&key).is_some_and(is_this)
                && let Some(answer) = self.answers.remove(&key)
            {
                self.bytes -= answer.bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(kept: &Kept<u32>, key: u32, asked: f64, length: usize) {
        let (parts, ()) = Response::new(()).into_parts();
        kept.insert(key, 4, asked, parts, vec![0; length].into());
    }

    fn known(kept: &Kept<u32>, now: f64) -> Vec<u32> {
        (0..100).filter(|it| kept.get(it, now).is_some()).collect()
    }

    #[test]
    fn what_is_over_is_forgotten_and_what_came_anew_is_not() {
        let kept = Kept::default();
        keep(&kept, 1, 100.0, 10);
        keep(&kept, 2, 101.0, 10);
        keep(&kept, 1, 104.0, 10);
        assert_eq!(known(&kept, 104.0), [1, 2]);
        keep(&kept, 3, 107.0, 10);
        assert_eq!(known(&kept, 107.0), [1, 3]);
        keep(&kept, 4, 200.0, 10);
        let state = kept.0.lock().unwrap();
        assert_eq!((state.answers.len(), state.order.len()), (1, 1));
        assert_eq!(state.bytes, 4 + 10 + OVERHEAD);
    }

    #[test]
    fn the_oldest_make_room() {
        let kept = Kept::default();
        for key in 0..40 {
            keep(&kept, key, 100.0, 1 << 20);
        }
        assert_eq!(known(&kept, 100.0), (25..40).collect::<Vec<u32>>());
        // An answer that never fits leaves nothing behind.
        keep(&kept, 50, 100.0, MAX_BYTES);
        assert_eq!(known(&kept, 100.0), Vec::<u32>::new());
        assert_eq!(kept.0.lock().unwrap().bytes, 0);
    }
}
