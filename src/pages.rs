//! One file for each page: it reads the URL and arranges features.

mod alerts;
pub(crate) mod chunks;
mod dashboard;
mod datasources;
mod home;
mod login;
mod logs;
mod metrics;
mod not_found;
mod status;

pub(crate) use dashboard::DashboardPage;
pub(crate) use home::HomePage;
pub(crate) use not_found::NotFoundPage;

use alerts::AlertsPage;
use datasources::DatasourcesPage;
use login::LoginPage;
use logs::LogsPage;
use metrics::MetricsPage;
use status::StatusPage;

/// What the browser's tab says.
fn set_tab_title(page: &str) {
    leptos::prelude::document().set_title(&format!("{page} · Venti"));
}
