//! Handlers: extract, call, map. One file for each resource.

pub(crate) mod alerts;
pub(crate) mod auth;
pub(crate) mod dashboards;
pub(crate) mod datasources;
pub(crate) mod fallback;
pub(crate) mod openapi;
mod parameters;
pub(crate) mod probes;
pub(crate) mod push;
pub(crate) mod reload;
pub(crate) mod remote;
pub(crate) mod rules;
pub(crate) mod silences;
pub(crate) mod status;
