//! Serves Venti: dashboards from files, queries passed on to datasources, the frontend.
//!
//! Where to look: [`router`] is the index of all URLs; each leads to one of `handlers`, which
//! ask [`datasource`] and [`upstream`]. [`config`] turns files into values and faults with
//! positions. Arrows go one way: main → router → handlers → domain → upstream → model. Handlers
//! build no upstream request, and `upstream` knows no handler.

pub mod alerting;
pub mod app;
pub mod auth;
mod cause;
pub mod check;
pub mod config;
mod dashboards;
pub mod datasource;
mod error;
mod frontend;
mod handlers;
pub mod limits;
pub mod live;
mod metrics;
mod middleware;
pub mod notify;
pub mod router;
pub mod rule_tests;
mod serve;
pub mod shutdown;
pub mod telemetry;
pub mod upstream;
pub mod watch;

pub use app::{App, Setup};
pub use live::Live;
pub use router::build_router;
pub use serve::serve;
pub use serve::tls::TlsError;
