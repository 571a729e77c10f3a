//! Browser tests: real Chromium, real venti-server, real Prometheus.
//!
//! A test is a [`journey`]: it gets a fresh [`Browser`] on the [`stack`] that
//! all tests share, clicks and reads through [`pages`], and compares what it
//! sees with what Prometheus answers to the [`oracle`]. At the end of every
//! journey the browser's console must be free of warnings and errors. What went
//! wrong is kept as a picture below `artifacts/`.
//!
//! Nothing waits for a fixed time: [`eventually`] asks again until the page
//! shows what is expected, and fails after a deadline that only something broken
//! can reach.

mod artifacts;
mod browser;
mod chromedriver;
mod cluster;
mod console;
mod eventually;
pub mod expected;
mod journey;
pub mod oracle;
pub mod pages;
mod requests;
mod tls;
mod world;

pub use browser::{Browser, ColorScheme};
pub use cluster::{Cluster, expose};
pub use eventually::eventually;
pub use journey::{journey, journey_on};
pub use requests::{Request, RequestState};
pub use world::{fresh_stack, root, stack};
