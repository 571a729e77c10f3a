//! Lines from elsewhere, by every way there is.

mod client;
mod crash;
mod fluent_logger;
mod follow;
mod forward;
mod journal;
mod program;
mod property;
mod push;
mod server;
