//! Templates through the public interface.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod check;
mod escape;
mod functions;
mod golden;
mod language;
mod properties;
mod support;
