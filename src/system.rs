//! The feature behind the pages Datasources and Status: how the server and those it asks are.

mod configuration;
mod datasource_list;
mod facts;
mod server_status;
mod target_table;
mod targets;

use leptos::prelude::*;

pub(crate) use datasource_list::{DatasourceList, TargetSearch};
pub(crate) use server_status::ServerStatus;

use crate::api::QueryOptions;
use crate::state::RefreshState;

/// Asks again with each refresh of the view, unless nobody sees it.
fn refreshed() -> QueryOptions {
    let refresh = RefreshState::expect();
    QueryOptions {
        tick: refresh.tick(),
        visible: Signal::derive(move || !refresh.is_hidden()),
        ..QueryOptions::default()
    }
}
