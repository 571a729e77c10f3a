//! The docked table of the moment under the cursor.

use serde::Deserialize;

use crate::Browser;

/// The data table, as it is now.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct DataTable {
    /// The chart it belongs to.
    pub title: String,
    /// The moment, in the user's zone; a hint while no chart was pointed at.
    pub time: String,
    /// Name and value of every series.
    pub rows: Vec<(String, String)>,
}

impl DataTable {
    /// The table of the page; `None` when it is closed.
    pub async fn read(browser: &Browser<'_>) -> anyhow::Result<Option<DataTable>> {
        browser.read(READ).await
    }
}

const READ: &str = r#"
    const table = document.querySelector("aside[aria-label='Data at the cursor']");
    if (!table) return null;
    return {
      title: table.querySelector("h2").textContent,
      time: table.querySelector(".data-table-time").firstChild.textContent.trim(),
      rows: [...table.querySelectorAll("tr")].map((row) => [
        row.querySelector(".data-table-name").textContent,
        row.querySelector(".number").textContent,
      ]),
    };
"#;
