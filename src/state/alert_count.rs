//! How many alerts there are, whatever page shows.
//!
//! The server is asked every half minute while somebody looks. Whoever lists all alerts knows it
//! sooner and says so, and lists them anew when the number has changed meanwhile: the two never
//! tell different stories for long.

use std::time::Duration;

use leptos::prelude::*;
use venti_model::api::alerts::AlertCount;

use super::{RefreshState, SessionState};
use crate::api::{QueryOptions, alerts, use_query};

/// Between two questions.
const EVERY: Duration = Duration::from_secs(30);

/// The number of alerts.
#[derive(Clone, Copy)]
pub(crate) struct AlertCountState {
    latest: RwSignal<Option<AlertCount>>,
    n_changes: RwSignal<u64>,
}

impl AlertCountState {
    /// Asks for the number as long as the app runs and nobody has to log in.
    pub(crate) fn new(session: SessionState, refresh: RefreshState) -> Self {
        let tick = RwSignal::new(0);
        if let Ok(timer) = set_interval_with_handle(move || tick.update(|it| *it += 1), EVERY) {
            on_cleanup(move || timer.clear());
        }
        let options = QueryOptions {
            tick: tick.into(),
            visible: Signal::derive(move || !refresh.is_hidden()),
            ..QueryOptions::default()
        };
        let key = move || session.needs_login().is_none().then_some(());
        let asked = use_query(key, options, |(), abort| alerts::count(abort));
        let state = Self {
            latest: RwSignal::new(None),
            n_changes: RwSignal::new(0),
        };
        Effect::new(move |_| {
            let count = asked.data().map(|it| *it);
            let before = state.latest.get_untracked();
            if before == count {
                return;
            }
            state.latest.set(count);
            // The first answer is no change.
            if before.is_some() {
                state.n_changes.update(|it| *it += 1);
            }
        });
        state
    }

    /// The one of this app.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// The number of alerts that fire; 0 until it is known.
    pub(crate) fn firing(&self) -> usize {
        self.latest.get().map_or(0, |it| it.firing)
    }

    /// Counts how often another number was answered than was known.
    pub(crate) fn n_changes(&self) -> u64 {
        self.n_changes.get()
    }

    /// Notes what a list of all alerts says.
    pub(crate) fn note(&self, count: AlertCount) {
        if self.latest.get_untracked() != Some(count) {
            self.latest.set(Some(count));
        }
    }
}
