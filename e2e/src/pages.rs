//! Page objects: one for each page or part of one, with what a user can do and
//! read there. Elements are found as a user finds them, by role and label.

use thirtyfour::{By, WebElement};

mod alerts;
mod dashboard;
mod data_table;
mod login;
mod logs;
mod metrics;
mod panel;
mod side_bar;
mod system;
mod tool_bar;

pub use alerts::{Alert, Alerts, AlertsPage, RuleGroup, RuleRow};
pub use dashboard::DashboardPage;
pub use data_table::DataTable;
pub use login::LoginPage;
pub use logs::{Lines, LogsPage, Row};
pub use metrics::{Answer, MetricsPage};
pub use panel::{LogLine, Panel};
pub use side_bar::{Fault, SideBar};
pub use system::{Card, Target};
pub use tool_bar::ToolBar;

/// A button by its label.
fn button(label: &str) -> By {
    By::XPath(format!("//button[@aria-label={}]", literal(label)))
}

/// A text in an XPath expression, which has no escapes: it is put together from
/// pieces that have no quote, or nothing else.
fn literal(text: &str) -> String {
    let pieces: Vec<_> = text.split('\'').map(|it| format!("'{it}'")).collect();
    match pieces.as_slice() {
        [whole] => whole.clone(),
        several => format!("concat({})", several.join(", \"'\", ")),
    }
}

/// Clicks on an element once it is in view.
async fn click(element: &WebElement) -> anyhow::Result<()> {
    Ok(element.click().await?)
}
