//! The server as its users meet it: over real sockets, with real files and real upstreams.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod support;

mod alerting;
mod auth;
mod cancellation;
mod config;
mod credentials;
mod dashboards;
mod discovery;
#[cfg(feature = "embed")]
mod embedded;
mod endpoints;
mod faults;
mod frontend;
mod headers;
mod health;
mod hostile;
mod ingest;
mod killed;
mod lethe;
mod log_databases;
mod notify;
mod openapi;
mod operations;
mod probes;
mod program;
mod prometheus;
mod proxy;
mod reload;
mod rule_tests;
mod rule_verdicts;
mod selection;
mod sharing;
mod shutdown;
mod silences;
mod slow_clients;
mod streaming;
mod tls;
mod twin;
mod victoriametrics;
mod watch;
