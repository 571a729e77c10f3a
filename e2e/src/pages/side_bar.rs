//! The side bar: dashboards, pages, theme, and the faults of the configuration.

use serde::Deserialize;
use thirtyfour::By;

use super::{click, literal};
use crate::Browser;

/// The side bar of the page that the browser shows.
#[derive(Debug, Clone, Copy)]
pub struct SideBar<'a> {
    browser: &'a Browser<'a>,
}

/// A fault of a configuration file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Fault {
    /// `file:line:column`
    pub place: String,
    /// What is wrong.
    pub message: String,
}

impl<'a> SideBar<'a> {
    /// The one of the page.
    pub fn of(browser: &'a Browser<'a>) -> SideBar<'a> {
        SideBar { browser }
    }

    /// The names of all pages, dashboards first.
    pub async fn pages(&self) -> anyhow::Result<Vec<String>> {
        let pages = "return [...document.querySelectorAll(\"nav[aria-label='Pages'] li > a\")]\
                     .map((it) => it.querySelector('span').textContent.trim())";
        self.browser.read(pages).await
    }

    /// How many alerts fire, as a screen reader says it; nothing when none does.
    pub async fn firing(&self) -> anyhow::Result<Option<String>> {
        let count = "return document.querySelector(\"nav[aria-label='Pages'] .firing-count\")\
                     ?.textContent ?? null";
        self.browser.read(count).await
    }

    /// Goes to a page by its name.
    pub async fn go_to(&self, page: &str) -> anyhow::Result<()> {
        let link = format!("//nav[@aria-label='Pages']//a[span={}]", literal(page));
        click(&self.browser.driver().find(By::XPath(link)).await?).await
    }

    /// Chooses `system`, `light` or `dark`.
    pub async fn choose_theme(&self, name: &str) -> anyhow::Result<()> {
        let option = format!("//label[span='theme']/select/option[.={}]", literal(name));
        click(&self.browser.driver().find(By::XPath(option)).await?).await
    }

    /// What is chosen as the theme.
    pub async fn theme(&self) -> anyhow::Result<String> {
        let chosen = "return document.querySelector('.theme-picker select')\
                      .selectedOptions[0].textContent.trim()";
        self.browser.read(chosen).await
    }

    /// Who is logged in: name and role; nobody where nobody needs to be.
    pub async fn user(&self) -> anyhow::Result<Option<(String, String)>> {
        let user = "const user = document.querySelector('.user-menu');\
                    return user && [...user.querySelectorAll('span')].map((it) => it.textContent)";
        self.browser.read(user).await
    }

    /// Logs out.
    pub async fn log_out(&self) -> anyhow::Result<()> {
        click(&self.browser.driver().find(super::button("Log out")).await?).await
    }

    /// Unfolds the faults, and gives them; none while they are folded.
    pub async fn faults(&self) -> anyhow::Result<Vec<Fault>> {
        let summary = By::Css("details.faults:not([open]) > summary");
        if let Ok(summary) = self.browser.driver().find(summary).await {
            click(&summary).await?;
        }
        self.browser.read(FAULTS).await
    }
}

const FAULTS: &str = r#"
    return [...document.querySelectorAll("details.faults[open] li")].map((fault) => ({
      place: fault.querySelector(".fault-place").textContent,
      message: fault.querySelector(".fault-place + p").textContent,
    }));
"#;
