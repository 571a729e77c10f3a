//! The alert engine through its public interface.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod files;
mod hold;
mod labels;
mod lines;
mod listing;
mod machine;
mod reload;
mod replay;
mod support;
mod trace;
