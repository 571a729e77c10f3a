//! One file for each user journey.

mod alerts;
mod bad_input;
mod base_path;
mod dashboards;
mod home;
mod host;
mod kubernetes;
mod log_databases;
mod login;
mod logs;
mod looks;
mod metrics;
mod panel_states;
mod refresh;
mod restart;
mod support;
mod system;
mod theme;
mod time_range;
