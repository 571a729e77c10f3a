//! Venti's frontend: metrics, logs and alerts in a browser, Leptos compiled to WebAssembly.
//!
//! Read in this order: [`route`] lists every page, `app` puts them together, `pages` hold one
//! file each, `dashboard` and `explore` are the two features, `plot` puts the chart crate on
//! the page, `ui` are widgets without domain words, `state` is what the view is made of, and
//! `api` is the one door to the server: all data is loaded through `api::use_query`.
//!
//! What decides about data is plain Rust in files that do not import Leptos, tested on the
//! host; components only draw.

// The component macro declares what it makes `pub`, whatever the component is.
#![allow(unreachable_pub)]

mod alerting;
mod api;
mod app;
mod chunks;
mod dashboard;
mod explore;
mod hooks;
#[cfg(test)]
mod layering;
mod logs;
mod pages;
mod plot;
pub mod route;
mod shell;
mod state;
mod system;
mod ui;

pub use app::App;
