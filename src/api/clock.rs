//! The server's clock, as the last answer told it.
//!
//! Every answer carries the server's time; the difference to the browser's clock is kept, so
//! "now" means the same for everybody who looks at the same screen.

use std::cell::Cell;

thread_local! {
    static SKEW: Cell<f64> = const { Cell::new(0.0) };
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
