//! Lethe, a log database over plain files.
//!
//! There is no index and no ingest format of its own: a log is a line of text
//! in the file of its hour, `pod/<namespace>/<YYYY-MM-DD_HH>.log` or
//! `node/<node>/<YYYY-MM-DD_HH>.log`, exactly as Fluent Bit writes it for the
//! original Lethe. Whatever can append a line is an ingester, and `grep` is a
//! second query engine.

pub mod letheql;
#[cfg(feature = "engine")]
pub mod search;
#[cfg(feature = "engine")]
pub mod store;
