//! The engine: a state, a moment and what a query answered go in; a new state, what changed and
//! what is to be sent come out.
//!
//! It is Prometheus' (`rules/alerting.go`, version 2.42) with one addition: firing alerts can be
//! held while their rule cannot be evaluated. There is no clock and no I/O here, so the same code
//! evaluates live, replays the past and runs tests.
//!
//! One [`RuleState`] belongs to one rule on one datasource. A round of it is [`RuleState::tick`],
//! then [`RuleState::take_due`], then a message for each alert that is due.

mod active;
mod carry;
mod context;
mod due;
mod failing;
mod identity;
mod replay;
mod sample;
mod state;
mod warm;

pub use active::{ActiveAlert, AlertState};
pub use carry::{Carried, Instance, carry_over};
pub use context::Context;
pub use due::Resend;
pub use failing::{EVALUATION_FAILING, FailingGroup, failing_rule, failing_samples};
pub use replay::{Stretch, Timeline, replay, samples_over};
pub use sample::{Evidence, Sample};
pub use state::{Change, Health, Outcome, RuleState, Transition};
