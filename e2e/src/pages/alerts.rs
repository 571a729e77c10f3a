//! The page on which alert rules and their alerts are listed.

use serde::Deserialize;
use thirtyfour::By;

use super::{SideBar, click, literal};
use crate::{Browser, eventually};

/// The Alerts page.
#[derive(Debug, Clone, Copy)]
pub struct AlertsPage<'a> {
    browser: &'a Browser<'a>,
}

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Alerts {
    /// The states that can be chosen, with how much there is of each.
    pub counts: Vec<(String, usize)>,
    /// Groups of rules, from the top.
    pub groups: Vec<RuleGroup>,
    /// Why there is no answer.
    pub error: Option<String>,
    /// How many elements the page consists of.
    pub elements: usize,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RuleGroup {
    /// Its name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// When it was evaluated, and how often it is.
    pub evaluation: String,
    /// Its rules that are drawn; none while it is folded.
    pub rules: Vec<RuleRow>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RuleRow {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub state: String,
    /// What it asks; nothing while it is folded.
    pub query: Option<String>,
    /// Why its last evaluation failed.
    pub error: Option<String>,
    /// Its alerts that are drawn.
    pub alerts: Vec<Alert>,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Alert {
    /// `pending` or `firing`.
    pub state: String,
    /// Its value.
    pub value: String,
    /// For how long it has been there.
    pub since: String,
    /// Its labels, as `name=value`.
    pub labels: Vec<String>,
    /// Its annotation `summary`.
    pub summary: Option<String>,
    /// Names and texts of its other annotations.
    pub annotations: Vec<(String, String)>,
    /// The texts that may be followed.
    pub links: Vec<String>,
}

impl<'a> AlertsPage<'a> {
    /// Opens the page as a user does, by the side bar, with the parameters `view`.
    pub async fn open(browser: &'a Browser<'a>, view: &str) -> anyhow::Result<AlertsPage<'a>> {
        browser.open(&format!("/?{view}")).await?;
        eventually("the side bar has the page", async || {
            Ok(Some(SideBar::of(browser).go_to("Alerts").await?))
        })
        .await?;
        Ok(AlertsPage { browser })
    }

    /// The page that the browser shows.
    pub fn shown_by(browser: &'a Browser<'a>) -> AlertsPage<'a> {
        AlertsPage { browser }
    }

    /// What the page shows now.
    pub async fn alerts(&self) -> anyhow::Result<Alerts> {
        self.browser.read(READ).await
    }

    /// The page once it shows what is expected.
    pub async fn shows(
        &self,
        what: &str,
        is_expected: impl Fn(&Alerts) -> bool,
    ) -> anyhow::Result<Alerts> {
        let mut seen = None;
        let shown = eventually(what, async || {
            let alerts = self.alerts().await?;
            seen = Some(alerts.clone());
            Ok(is_expected(&alerts).then_some(alerts))
        })
        .await;
        shown.map_err(|error| error.context(format!("the page has {seen:#?}")))
    }

    /// Presses the button of a state.
    pub async fn choose(&self, state: &str) -> anyhow::Result<()> {
        let button = By::Css(format!("button.state-filter[data-state='{state}']"));
        click(&self.browser.driver().find(button).await?).await
    }

    /// Types into the box of the search.
    pub async fn search(&self, words: &str) -> anyhow::Result<()> {
        let text_box = By::Css("input[aria-label='Search rules and labels']");
        let text_box = self.browser.driver().find(text_box).await?;
        text_box.clear().await?;
        Ok(text_box.send_keys(words).await?)
    }

    /// Folds or unfolds a group or rule by its name.
    pub async fn fold(&self, name: &str) -> anyhow::Result<()> {
        let button = format!("//button[@aria-expanded and span={}]", literal(name));
        click(&self.browser.driver().find(By::XPath(button)).await?).await
    }

    /// Presses a button by its text.
    pub async fn press(&self, text: &str) -> anyhow::Result<()> {
        let button = format!("//main//button[normalize-space()={}]", literal(text));
        click(&self.browser.driver().find(By::XPath(button)).await?).await
    }

    /// Follows the link of a rule that is unfolded to the page on which its query can be asked.
    pub async fn explore(&self, rule: &str) -> anyhow::Result<()> {
        let link = format!(
            "//li[contains(@class, 'rule')][.//button/span={}]//div[@class='rule-expression']/a",
            literal(rule)
        );
        eventually("the link is there", async || {
            let link = By::XPath(link.as_str());
            click(&self.browser.driver().find(link).await?)
                .await
                .map(Some)
        })
        .await
    }
}

impl Alerts {
    /// The rule of this name, in whichever group it is drawn.
    pub fn rule(&self, name: &str) -> Option<&RuleRow> {
        let mut rules = self.groups.iter().flat_map(|it| &it.rules);
        rules.find(|it| it.name == name)
    }

    /// Where a rule that is drawn is.
    pub fn state(&self, rule: &str) -> Option<&str> {
        Some(&self.rule(rule)?.state)
    }

    /// The names of all rules that are drawn, from the top.
    pub fn rule_names(&self) -> Vec<&str> {
        let rules = self.groups.iter().flat_map(|it| &it.rules);
        rules.map(|it| it.name.as_str()).collect()
    }

    /// How much there is of a state.
    pub fn count(&self, state: &str) -> Option<usize> {
        let found = self.counts.iter().find(|(it, _)| it == state);
        found.map(|(_, count)| *count)
    }
}

const READ: &str = r#"
    const all = (root, selector) => [...root.querySelectorAll(selector)];
    const text = (root, selector) => root.querySelector(selector)?.textContent ?? null;
    const alert = (it) => ({
      state: it.dataset.state,
      value: text(it, ".alert-value").replace(/^value /, ""),
      since: text(it, ".alert-facts > .since"),
      labels: all(it, ".label-chip").map((chip) => chip.textContent),
      summary: text(it, ".alert-summary"),
      annotations: all(it, ".annotations > div").map((row) => [...row.children].map((cell) => cell.textContent)),
      links: all(it, "a").map((link) => link.textContent),
    });
    const rule = (it) => ({
      name: text(it, ".rule-name"),
      state: it.dataset.state,
      query: text(it, ".rule-expression code"),
      error: text(it, ".rule-error"),
      alerts: all(it, "li.alert").map(alert),
    });
    const group = (it) => ({
      name: text(it, ".rule-group-name"),
      file: text(it, ".rule-group-file"),
      evaluation: text(it, ".rule-group-evaluation"),
      rules: all(it, "li.rule").map(rule),
    });
    return {
      counts: all(document, ".state-filter").map((it) => [it.dataset.state, Number(text(it, "strong"))]),
      groups: all(document, "section.rule-group").map(group),
      error: text(document, ".alerts-failure .error-card-message"),
      elements: document.querySelectorAll("*").length,
    };
"#;
