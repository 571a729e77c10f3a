//! The public interface of the local stack against real processes.

#![expect(
    clippy::unwrap_used,
    reason = "a failed unwrap in a test is a failed test"
)]

mod child;
mod stack;
mod support;
