//! Talking to the server: one fetch function, one hook, one file for each resource.

pub(crate) mod alerts;
pub(crate) mod auth;
pub(crate) mod clock;
pub(crate) mod dashboards;
pub(crate) mod datasources;
pub(crate) mod http;
pub(crate) mod logs;
pub(crate) mod query;
pub(crate) mod status;
pub(crate) mod tail;
pub(crate) mod targets;
pub(crate) mod use_query;

pub(crate) use http::{Abort, ApiError, on_unauthorized};
pub(crate) use tail::{Tail, use_tail};
pub(crate) use use_query::{Progress, Query, QueryOptions, use_query};
