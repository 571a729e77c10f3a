//! The bar above a page: time range, refresh, data table.

use thirtyfour::prelude::Key;
use thirtyfour::{By, WebElement};

use super::{button, click, literal};
use crate::{Browser, eventually};

/// The tool bar of the page that the browser shows.
#[derive(Debug, Clone, Copy)]
pub struct ToolBar<'a> {
    browser: &'a Browser<'a>,
}

impl<'a> ToolBar<'a> {
    /// The one of the page.
    pub fn of(browser: &'a Browser<'a>) -> ToolBar<'a> {
        ToolBar { browser }
    }

    /// The heading of the page.
    pub async fn heading(&self) -> anyhow::Result<String> {
        Ok(self.find(By::Css(".tool-bar h1")).await?.text().await?)
    }

    /// What the button of the time range says.
    pub async fn time_range(&self) -> anyhow::Result<String> {
        let button = self.find(button("Time range")).await?;
        Ok(button.text().await?.trim().to_owned())
    }

    /// Chooses a relative range by its name.
    pub async fn choose_range(&self, name: &str) -> anyhow::Result<()> {
        click(&self.find(button("Time range")).await?).await?;
        let preset = format!(
            "//*[@class='time-range-presets']/button[.={}]",
            literal(name)
        );
        click(&self.find(By::XPath(preset)).await?).await
    }

    /// Opens the time range, types its two ends, and gives what the form says
    /// about them: nothing when it is satisfied.
    pub async fn type_range(&self, from: &str, to: &str) -> anyhow::Result<String> {
        let opened = self.find(By::Css(".time-range-fixed")).await;
        if opened.is_err() {
            click(&self.find(button("Time range")).await?).await?;
        }
        for (name, text) in [("from", from), ("to", to)] {
            let field = self.find(By::Css(format!("input[name={name}]"))).await?;
            field.send_keys(Key::Control + "a").await?;
            field.send_keys(text).await?;
        }
        let fault = self.find(By::Css(".time-range-fixed .field-fault")).await?;
        Ok(fault.text().await?)
    }

    /// The button that applies what was typed.
    pub async fn apply(&self) -> anyhow::Result<WebElement> {
        let path = "//form[@class='time-range-fixed']//button[.='Apply']";
        self.find(By::XPath(path)).await
    }

    /// Asks for everything again.
    pub async fn refresh(&self) -> anyhow::Result<()> {
        click(&self.find(button("Refresh now")).await?).await
    }

    /// What is chosen for the automatic refresh.
    pub async fn auto_refresh(&self) -> anyhow::Result<String> {
        let chosen = "return document.querySelector(\"select[aria-label='Auto refresh']\")\
                      .selectedOptions[0].textContent.trim()";
        self.browser.read(chosen).await
    }

    /// Chooses the interval of the automatic refresh by its name.
    pub async fn choose_refresh(&self, name: &str) -> anyhow::Result<()> {
        let path = format!(
            "//select[@aria-label='Auto refresh']/option[.={}]",
            literal(name)
        );
        click(&self.find(By::XPath(path)).await?).await
    }

    /// Opens or closes the data table.
    pub async fn toggle_data_table(&self) -> anyhow::Result<()> {
        click(&self.find(button("Data table at the cursor")).await?).await
    }

    /// Waits until the page has its tool bar.
    pub async fn appears(&self) -> anyhow::Result<()> {
        eventually("the page has its tool bar", async || {
            self.heading().await?;
            Ok(Some(()))
        })
        .await
    }

    async fn find(&self, by: By) -> anyhow::Result<WebElement> {
        Ok(self.browser.driver().find(by).await?)
    }
}
