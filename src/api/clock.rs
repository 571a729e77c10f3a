//! The server's clock, as the last answer told it.
//!
//! Every answer carries the server's time; the difference to the browser's clock is kept, so
//! "now" means the same for everybody who looks at the same screen.

use std::cell::Cell;
use std::time::Duration;

use leptos::prelude::{on_cleanup, set_timeout_with_handle};

thread_local! {
    static SKEW: Cell<f64> = const { Cell::new(0.0) };
}

/// What is asked of time. It is handed in, so that tests decide how it passes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// The present moment, unix seconds.
    pub(crate) now: fn() -> f64,
    /// Calls back after a while, unless the reactive owner is gone by then.
    pub(crate) call_after: fn(Duration, Box<dyn FnOnce()>),
}

impl Clock {
    /// The server's time and the browser's timers.
    pub(crate) const REAL: Clock = Clock {
        now: server_now,
        call_after,
    };
}

/// The server's time, unix seconds; the browser's until the first answer.
pub(crate) fn server_now() -> f64 {
    browser_now() + SKEW.get()
}

/// Notes the server's time as an answer just told it.
pub(crate) fn set_server_now(unix_seconds: f64) {
    SKEW.set(unix_seconds - browser_now());
}

fn browser_now() -> f64 {
    js_sys::Date::now() / 1000.0
}

fn call_after(delay: Duration, callback: Box<dyn FnOnce()>) {
    let timer = set_timeout_with_handle(callback, delay);
    on_cleanup(move || {
        if let Ok(timer) = timer {
            timer.clear();
        }
    });
}
