//! When the view asks again: by hand, and by itself at an interval kept in the URL as `refresh`.
//!
//! Time has one owner: `now` is the moment of the last refresh by the server's clock, and all
//! panels resolve their ranges against it, so they show the same span. In a hidden tab nothing
//! is asked; on return the view refreshes at once when it is older than the interval.

use std::time::Duration;

use leptos::prelude::*;
use venti_model::duration;

use super::view_params::{History, ViewParams};
use crate::api::{QueryOptions, clock};
use crate::hooks::use_is_tab_hidden;

/// The intervals offered, in seconds.
pub(crate) const INTERVALS: [u64; 10] = [5, 10, 15, 30, 60, 300, 900, 3600, 21_600, 86_400];

/// The refresh of the view.
#[derive(Clone, Copy)]
pub(crate) struct RefreshState {
    interval: Memo<Option<u64>>,
    tick: RwSignal<u64>,
    now: RwSignal<f64>,
    is_hidden: Signal<bool>,
    params: ViewParams,
}

impl RefreshState {
    /// Starts the timer; it follows the URL and ends with the app.
    pub(crate) fn new(params: ViewParams) -> Self {
        let interval = Memo::new(move |_| written_interval(&params.get("refresh")?));
        let state = Self {
            interval,
            tick: RwSignal::new(0),
            now: RwSignal::new(clock::server_now()),
            is_hidden: use_is_tab_hidden(),
            params,
        };
        Effect::new(move |_| {
            let Some(seconds) = state.interval.get() else {
                return;
            };
            if state.is_hidden.get() {
                return;
            }
            if clock::server_now() - state.now.get_untracked() >= seconds as f64 {
                state.refresh();
            }
            let every = Duration::from_secs(seconds);
            let timer = set_interval_with_handle(move || state.refresh(), every);
            on_cleanup(move || {
                if let Ok(timer) = timer {
                    timer.clear();
                }
            });
        });
        state
    }

    /// The one of this app.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// Asks for everything again, as of now.
    pub(crate) fn refresh(&self) {
        self.look_at_clock();
        self.tick.update(|it| *it += 1);
    }

    /// Moves "now" on without asking again: for a change that asks by itself.
    pub(crate) fn look_at_clock(&self) {
        self.now.set(clock::server_now());
    }

    /// Unix seconds against which relative ranges are resolved.
    pub(crate) fn now(&self) -> f64 {
        self.now.get()
    }

    /// The same, without following it.
    pub(crate) fn now_untracked(&self) -> f64 {
        self.now.get_untracked()
    }

    /// For a query that asks again with each refresh, while anybody looks.
    pub(crate) fn query_options(self) -> QueryOptions {
        QueryOptions {
            tick: self.tick(),
            visible: Signal::derive(move || !self.is_hidden()),
            ..QueryOptions::default()
        }
    }

    /// Counts the refreshes.
    pub(crate) fn tick(&self) -> Signal<u64> {
        self.tick.into()
    }

    /// Whether the tab is in the background.
    pub(crate) fn is_hidden(&self) -> bool {
        self.is_hidden.get()
    }

    /// Seconds between automatic refreshes; `None` is off.
    pub(crate) fn interval(&self) -> Option<u64> {
        self.interval.get()
    }

    /// Chooses the interval.
    pub(crate) fn set_interval(&self, seconds: Option<u64>) {
        self.params.set(
            &[("refresh", seconds.map(duration::format_seconds))],
            History::Replace,
        );
    }
}

/// The seconds that a URL's `refresh` means; `None`, off, when it cannot be read, is shorter
/// than a second or longer than a day.
fn written_interval(text: &str) -> Option<u64> {
    let seconds = duration::parse(text).ok()?.as_secs();
    (1..=86_400).contains(&seconds).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interval_offered_survives_the_url() {
        for seconds in INTERVALS {
            let text = duration::format_seconds(seconds);
            assert_eq!(written_interval(&text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn reads_intervals_of_urls() {
        let cases = [
            ("1s", Some(1)),
            ("1m30s", Some(90)),
            ("1d", Some(86_400)),
            ("2d", None),
            ("1ms", None),
            ("0", None),
            ("-5s", None),
            ("", None),
            ("often", None),
            ("99999999999999999999s", None),
        ];
        for (text, expected) in cases {
            assert_eq!(written_interval(text), expected, "{text}");
        }
    }
}
