//! Alert rules: what a rule file means, when it is evaluated, what becomes of its alerts, and
//! what is sent about them.
//!
//! The way of a rule: [`rulefile`] reads it with its faults; [`schedule`] says when; whoever owns
//! a clock and a network asks its [`expression`] then, and [`lines`] makes samples of log lines;
//! [`engine`] turns samples into states, transitions and what is due; [`message`] and
//! [`listing`] write that down for Alertmanager and for the API. [`config`] is `alerting.yml`,
//! [`unittest`] the files that test rules.
//!
//! All of it is a pure function of its arguments: there is no clock, no I/O and no thread here.
//! So one engine evaluates live, warms up after a restart, tests rules against the past, and is
//! compared with a recorded Prometheus.
//!
//! A round of one rule on one datasource:
//!
//! 1. The group's [`schedule::Schedule`] gives the slot.
//! 2. The server asks, by `expression.text` at `slot - query_offset`, and decodes the answer.
//! 3. [`engine::RuleState::tick`] takes the samples, or the reason why there are none, and says
//!    what changed.
//! 4. [`engine::RuleState::take_due`] says which alerts are to be sent.
//! 5. [`message::postable`] renders each for Alertmanager.
//!
//! Steps 3 and 5 may end with [`template::NeedsQuery`]: the answer is fetched, inserted, and the
//! step done again. It changed nothing.

pub mod comparison;
pub mod config;
pub mod engine;
pub mod expression;
mod fingerprint;
pub mod lines;
pub mod listing;
pub mod message;
pub mod relabel;
pub mod rule;
pub mod rulefile;
pub mod schedule;
pub mod template;
mod time;
pub mod unittest;

pub use fingerprint::Fingerprint;
pub use time::Timestamp;
