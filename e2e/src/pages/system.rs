//! The pages Datasources and Status: cards about the server and those it asks.

use serde::Deserialize;
use thirtyfour::By;

use super::{click, literal};
use crate::Browser;

/// A card, found by its name.
#[derive(Debug, Clone, Copy)]
pub struct Card<'a> {
    browser: &'a Browser<'a>,
    name: &'a str,
}

/// A target of a datasource.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Target {
    /// `up`, `down` or `unknown`.
    pub state: String,
    /// Its group.
    pub job: String,
    /// Why it is down.
    pub error: Option<String>,
}

impl<'a> Card<'a> {
    /// The card called `name` on the page that is open.
    pub fn named(browser: &'a Browser<'a>, name: &'a str) -> Card<'a> {
        Card { browser, name }
    }

    /// What its badges say, in their order.
    pub async fn badges(&self) -> anyhow::Result<Vec<String>> {
        self.read("[...card.querySelectorAll('.card-head .badge')].map((it) => it.textContent)")
            .await
    }

    /// All that it says.
    pub async fn text(&self) -> anyhow::Result<String> {
        self.read("card.innerText").await
    }

    /// Names and values of its rows.
    pub async fn facts(&self) -> anyhow::Result<Vec<(String, String)>> {
        self.read("[...card.querySelectorAll('dl > div')].map((it) => [it.children[0].textContent, it.children[1].textContent])")
            .await
    }

    /// Its targets, as listed.
    pub async fn targets(&self) -> anyhow::Result<Vec<Target>> {
        self.read(
            "[...card.querySelectorAll('tbody tr')].map((row) => ({
               state: row.querySelector('.badge').textContent,
               job: row.querySelector('td:nth-child(2) p').textContent,
               error: row.querySelector('.target-error')?.textContent ?? null,
             }))",
        )
        .await
    }

    /// Presses its button with this text.
    pub async fn press(&self, text: &str) -> anyhow::Result<()> {
        let button = format!(
            "//section[@aria-label={}]//button[normalize-space()={}]",
            literal(self.name),
            literal(text)
        );
        click(&self.browser.driver().find(By::XPath(button)).await?).await
    }

    async fn read<T: serde::de::DeserializeOwned>(&self, expression: &str) -> anyhow::Result<T> {
        let script = format!(
            "const card = [...document.querySelectorAll('section.card')]\
               .find((it) => it.ariaLabel === {});\
             return {expression}",
            serde_json::to_string(self.name)?
        );
        self.browser.read(&script).await
    }
}
