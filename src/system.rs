//! The feature behind the pages Datasources and Status: how the server and those it asks are.

mod configuration;
mod datasource_list;
mod facts;
mod server_status;
mod target_table;
mod targets;

pub(crate) use datasource_list::{DatasourceList, TargetSearch};
pub(crate) use server_status::ServerStatus;
