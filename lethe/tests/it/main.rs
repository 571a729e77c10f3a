//! Tests of Lethe through its public interfaces.

#![allow(
    clippy::unwrap_used,
    reason = "a failed unwrap in a test is a failed test"
)]

mod compress;
mod config;
mod crash;
mod fixture;
mod golden;
mod http;
mod ingest;
mod letheql;
mod metric;
mod metrics;
mod openapi;
mod paging;
mod program;
mod rotate;
mod search;
mod spec_cases;
mod support;
mod tail;
