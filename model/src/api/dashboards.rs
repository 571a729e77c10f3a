//! `GET /api/v1/dashboards`: all dashboards that could be read, complete, in menu order.

use crate::dashboard::Dashboard;

/// The path.
pub const PATH: &str = "/api/v1/dashboards";

/// The answer, a bare array as in the original.
pub type DashboardsResponse = Vec<Dashboard>;
