//! What the browser and the server both speak.
//!
//! Everything here is plain data and pure functions: dashboard files, wire types of every
//! endpoint, answers of Prometheus and Lethe, durations, time ranges, units, legends and
//! variables. It does no I/O and reads no clock, so the same code decides on both sides of
//! the wire, and all of it is tested on the host.
//!
//! No type here can hold a password or an upstream credential: those live in the server's
//! configuration and are mapped, field by field, to what the browser may see.

pub mod answer;
pub mod api;
pub mod dashboard;
pub mod duration;
pub mod labels;
pub mod legend;
pub mod log_query;
pub mod status;
pub mod step;
pub mod threshold;
pub mod time;
pub mod unit;
pub mod variables;
