//! One file for each page: it reads the URL and arranges features.

mod alerts;
mod dashboard;
mod datasources;
mod home;
mod login;
mod logs;
mod metrics;
mod not_found;
mod status;

pub(crate) use alerts::AlertsPage;
pub(crate) use dashboard::DashboardPage;
pub(crate) use datasources::DatasourcesPage;
pub(crate) use home::HomePage;
pub(crate) use login::LoginPage;
pub(crate) use logs::LogsPage;
pub(crate) use metrics::MetricsPage;
pub(crate) use not_found::NotFoundPage;
pub(crate) use status::StatusPage;

/// What the browser's tab says.
fn set_tab_title(page: &str) {
    leptos::prelude::document().set_title(&format!("{page} · Venti"));
}
