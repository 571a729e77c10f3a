//! The page on which Prometheus is asked a question.

use serde::Deserialize;
use thirtyfour::By;
use thirtyfour::prelude::Key;

use super::{SideBar, click};
use crate::{Browser, eventually};

/// The Metrics page.
#[derive(Debug, Clone, Copy)]
pub struct MetricsPage<'a> {
    browser: &'a Browser<'a>,
}

/// What the page shows of an answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Answer {
    /// The query in the box.
    pub query: String,
    /// The names below the graph.
    pub legend: Vec<String>,
    /// Series and value at the end of the range.
    pub rows: Vec<(String, String)>,
    /// Why there is no answer.
    pub error: Option<String>,
    /// Whether the answer is on its way.
    pub busy: bool,
}

impl<'a> MetricsPage<'a> {
    /// Opens the page as a user does, by the side bar, with the parameters `view`.
    pub async fn open(browser: &'a Browser<'a>, view: &str) -> anyhow::Result<MetricsPage<'a>> {
        browser.open(&format!("/?{view}")).await?;
        eventually("the side bar has the page", async || {
            Ok(Some(SideBar::of(browser).go_to("Metrics").await?))
        })
        .await?;
        Ok(MetricsPage { browser })
    }

    /// The page that the browser shows.
    pub fn shown_by(browser: &'a Browser<'a>) -> MetricsPage<'a> {
        MetricsPage { browser }
    }

    /// Writes a query into the box, in place of what is there.
    pub async fn write(&self, query: &str) -> anyhow::Result<()> {
        eventually("the query can be written", async || {
            let text_box = By::Css("textarea[aria-label='PromQL query']");
            let text_box = self.browser.driver().find(text_box).await?;
            text_box.send_keys(Key::Control + "a").await?;
            text_box.send_keys(query).await?;
            Ok(Some(()))
        })
        .await
    }

    /// Presses Enter in the box.
    pub async fn press_enter(&self) -> anyhow::Result<()> {
        let text_box = By::Css("textarea[aria-label='PromQL query']");
        let text_box = self.browser.driver().find(text_box).await?;
        Ok(text_box.send_keys(Key::Enter + "").await?)
    }

    /// Clicks on Run.
    pub async fn run(&self) -> anyhow::Result<()> {
        let button = By::XPath("//form[@class='query-editor']//button[.='Run']");
        click(&self.browser.driver().find(button).await?).await
    }

    /// What the page shows now.
    pub async fn answer(&self) -> anyhow::Result<Answer> {
        self.browser.read(READ).await
    }
}

const READ: &str = r#"
    const texts = (root, selector) =>
      [...(root?.querySelectorAll(selector) ?? [])].map((it) => it.textContent);
    const graph = document.querySelector("section[aria-label='Graph']");
    const table = document.querySelector("section[aria-label='Values at the end of the range']");
    return {
      query: document.querySelector("textarea[aria-label='PromQL query']").value,
      legend: texts(graph, ".legend-name"),
      rows: [...(table?.querySelectorAll("tbody tr") ?? [])].map((row) => texts(row, "td")),
      error: texts(graph, ".error-card-message")[0] ?? null,
      busy: document.querySelector(".query-editor button").getAttribute("aria-busy") === "true",
    };
"#;
