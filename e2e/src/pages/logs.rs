//! The page on which logs are searched.

use serde::Deserialize;
use thirtyfour::prelude::Key;
use thirtyfour::{By, WebElement};

use super::{SideBar, click, literal};
use crate::{Browser, eventually};

/// The Logs page.
#[derive(Debug, Clone, Copy)]
pub struct LogsPage<'a> {
    browser: &'a Browser<'a>,
}

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Lines {
    /// The query in the box.
    pub query: String,
    /// What the box says is wrong with it, before anybody was asked.
    pub fault: String,
    /// The part of the query that is marked for it.
    pub blamed: String,
    /// `loading`, `ready`, `empty`, `stale` or `failed`; nothing when no lines are asked for.
    pub state: Option<String>,
    /// What the heading of the lines says.
    pub heading: Option<String>,
    /// Warnings above the lines.
    pub warnings: Vec<String>,
    /// Why there is no answer.
    pub error: Option<String>,
    /// The lines that are drawn, oldest first.
    pub rows: Vec<Row>,
    /// Whether the list is scrolled to its end.
    pub is_at_end: bool,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Row {
    /// Its time as it stands in the file.
    pub time: String,
    /// Where it comes from.
    pub labels: Vec<String>,
    /// The message.
    pub text: String,
    /// What of the message is marked.
    pub marked: Vec<String>,
    /// What its colour says.
    pub level: String,
}

impl<'a> LogsPage<'a> {
    /// Opens the page as a user does, by the side bar, with the parameters `view`.
    pub async fn open(browser: &'a Browser<'a>, view: &str) -> anyhow::Result<LogsPage<'a>> {
        browser.open(&format!("/?{view}")).await?;
        eventually("the side bar has the page", async || {
            Ok(Some(SideBar::of(browser).go_to("Logs").await?))
        })
        .await?;
        Ok(LogsPage { browser })
    }

    /// The page that the browser shows.
    pub fn shown_by(browser: &'a Browser<'a>) -> LogsPage<'a> {
        LogsPage { browser }
    }

    /// Writes a query into the box, in place of what is there.
    pub async fn write(&self, query: &str) -> anyhow::Result<()> {
        eventually("the query can be written", async || {
            let text_box = self.text_box().await?;
            text_box.send_keys(Key::Control + "a").await?;
            text_box.send_keys(query).await?;
            Ok(Some(()))
        })
        .await
    }

    /// Presses Enter in the box.
    pub async fn press_enter(&self) -> anyhow::Result<()> {
        Ok(self.text_box().await?.send_keys(Key::Enter + "").await?)
    }

    /// Waits until the box offers `word` first, and takes it by the Tab key.
    pub async fn take_offer(&self, word: &str) -> anyhow::Result<()> {
        eventually(&format!("{word} is offered"), async || {
            let first = By::Css(".query-offers li");
            let offered = self.browser.driver().find(first).await?.text().await?;
            Ok((offered == word).then_some(()))
        })
        .await?;
        Ok(self.text_box().await?.send_keys(Key::Tab + "").await?)
    }

    /// What the page shows now.
    pub async fn lines(&self) -> anyhow::Result<Lines> {
        self.browser.read(READ).await
    }

    /// The page once it shows what is expected.
    pub async fn shows(
        &self,
        what: &str,
        is_expected: impl Fn(&Lines) -> bool,
    ) -> anyhow::Result<Lines> {
        let mut seen = None;
        let shown = eventually(what, async || {
            let lines = self.lines().await?;
            seen = Some(lines.clone());
            Ok(is_expected(&lines).then_some(lines))
        })
        .await;
        shown.map_err(|error| error.context(format!("the page has {seen:#?}")))
    }

    /// Presses a button of the lines by its text.
    pub async fn press(&self, text: &str) -> anyhow::Result<()> {
        let path = format!(
            "//section[@aria-label='Lines']//button[normalize-space()={}]",
            literal(text)
        );
        eventually(&format!("{text:?} can be pressed"), async || {
            let button = self.browser.driver().find(By::XPath(path.as_str())).await?;
            Ok(Some(click(&button).await?))
        })
        .await
    }

    /// Opens or closes the details of the line that says `text`.
    pub async fn open_line(&self, text: &str) -> anyhow::Result<()> {
        let path = format!(
            "//*[@class='virtual-list-row']/*[span[@class='log-text']={}]/button",
            literal(text)
        );
        eventually("the line can be opened", async || {
            let button = self.browser.driver().find(By::XPath(path.as_str())).await?;
            Ok(Some(click(&button).await?))
        })
        .await
    }

    /// Chooses who is asked.
    pub async fn choose_source(&self, name: &str) -> anyhow::Result<()> {
        let option = format!(
            "//label[span='datasource']/select/option[.={}]",
            literal(name)
        );
        eventually(&format!("{name} can be chosen"), async || {
            let option = By::XPath(option.as_str());
            click(&self.browser.driver().find(option).await?)
                .await
                .map(Some)
        })
        .await
    }

    /// What stands where lines would while nothing is asked.
    pub async fn advice(&self) -> anyhow::Result<Option<String>> {
        self.browser
            .read("return document.querySelector('.logs-start p')?.textContent ?? null")
            .await
    }

    /// Presses keys one after another, the first of them in the list of lines.
    pub async fn press_keys(&self, keys: &[Key]) -> anyhow::Result<()> {
        let list = By::Css(".lines-panel .virtual-list");
        self.browser.driver().find(list).await?.focus().await?;
        for key in keys {
            let focused = self.browser.driver().active_element().await?;
            focused.send_keys(key.clone() + "").await?;
        }
        Ok(())
    }

    /// Names, values and message of the details that are open.
    pub async fn details(&self) -> anyhow::Result<(Vec<(String, String)>, String)> {
        self.browser.read(DETAILS).await
    }

    /// The lines round the one whose details are open, and which of them it is.
    pub async fn context(&self) -> anyhow::Result<(Vec<String>, Option<usize>)> {
        self.browser.read(CONTEXT).await
    }

    /// Scrolls the lines up to their first.
    pub async fn scroll_to_top(&self) -> anyhow::Result<()> {
        let script = "document.querySelector('.lines-panel .virtual-list').scrollTop = 0";
        self.browser.read(script).await
    }

    /// Opens what is below an entry of the tree.
    pub async fn unfold(&self, name: &str) -> anyhow::Result<()> {
        let label = format!("What is in {name}");
        eventually(&format!("{name} is in the tree"), async || {
            let button = self.browser.driver().find(super::button(&label)).await?;
            Ok(Some(click(&button).await?))
        })
        .await
    }

    /// Chooses an entry of the tree.
    pub async fn choose(&self, name: &str) -> anyhow::Result<()> {
        let path = format!("//nav[@aria-label='Targets']//button[.={}]", literal(name));
        eventually(&format!("{name} is in the tree"), async || {
            let button = self.browser.driver().find(By::XPath(path.as_str())).await?;
            Ok(Some(click(&button).await?))
        })
        .await
    }

    async fn text_box(&self) -> anyhow::Result<WebElement> {
        let text_box = By::Css(".query-editor textarea");
        Ok(self.browser.driver().find(text_box).await?)
    }
}

const READ: &str = r#"
    const texts = (root, selector) =>
      [...(root?.querySelectorAll(selector) ?? [])].map((it) => it.textContent);
    const panel = document.querySelector("section[aria-label='Lines']");
    const list = panel?.querySelector(".virtual-list");
    return {
      query: document.querySelector(".query-editor textarea").value,
      fault: document.querySelector(".query-fault-text").textContent,
      blamed: texts(document, ".query-fault").join(""),
      state: panel?.dataset.state ?? null,
      heading: texts(panel, "h3")[0] ?? null,
      warnings: texts(panel, ".log-warning"),
      error: texts(panel, ".error-card-message")[0] ?? null,
      rows: [...(panel?.querySelectorAll(".virtual-list-row > .log-line") ?? [])].map((it) => ({
        time: it.querySelector("time").title,
        labels: texts(it, ".log-label"),
        text: it.querySelector(".log-text").textContent,
        marked: texts(it, "mark"),
        level: it.dataset.level,
      })),
      is_at_end: list ? list.scrollHeight - list.scrollTop - list.clientHeight < 24 : false,
    };
"#;

const DETAILS: &str = r#"
    const details = document.querySelector(".log-details");
    const values = [...details.querySelectorAll("dd")].map((it) => it.textContent);
    const names = [...details.querySelectorAll("dt")].map((it, at) => [it.textContent, values[at]]);
    return [names, details.querySelector(".log-message").textContent];
"#;

const CONTEXT: &str = r#"
    const lines = [...document.querySelectorAll(".log-context-line")];
    const middle = lines.findIndex((it) => it.hasAttribute("aria-current"));
    return [
      lines.map((it) => it.querySelector(".log-text").textContent),
      middle < 0 ? null : middle,
    ];
"#;
