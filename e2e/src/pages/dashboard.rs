//! The page of a dashboard.

use anyhow::Context;
use thirtyfour::{By, WebElement};

use super::panel::{Panel, READ};
use super::{click, literal};
use crate::{Browser, eventually};

/// The page of a dashboard.
#[derive(Debug, Clone, Copy)]
pub struct DashboardPage<'a> {
    browser: &'a Browser<'a>,
}

impl<'a> DashboardPage<'a> {
    /// Opens the dashboard called `title`, which needs no escapes, with the
    /// parameters `view`, such as `from=now-5m&refresh=5s`.
    pub async fn open(
        browser: &'a Browser<'a>,
        title: &str,
        view: &str,
    ) -> anyhow::Result<DashboardPage<'a>> {
        let title = title.replace(' ', "%20");
        browser.open(&format!("/dashboards/{title}?{view}")).await?;
        Ok(DashboardPage { browser })
    }

    /// The dashboard that the browser shows.
    pub fn shown_by(browser: &'a Browser<'a>) -> DashboardPage<'a> {
        DashboardPage { browser }
    }

    /// All panels, as they are now.
    pub async fn panels(&self) -> anyhow::Result<Vec<Panel>> {
        self.browser.read(READ).await
    }

    /// A panel as it is now.
    pub async fn panel(&self, kind: &str, title: &str) -> anyhow::Result<Panel> {
        let mut panels = self.panels().await?.into_iter();
        let panel = panels.find(|it| it.kind == kind && it.title == title);
        panel.with_context(|| format!("there is no {kind} panel {title:?}"))
    }

    /// Scrolls to a panel, and gives it once it rests in `state`.
    pub async fn settled(&self, kind: &str, title: &str, state: &str) -> anyhow::Result<Panel> {
        let mut seen = None;
        let settled = eventually(&format!("{title:?} is {state}"), async || {
            self.scroll_to(kind, title).await?;
            let panel = self.panel(kind, title).await?;
            let rests = panel.rests_as(state);
            seen = Some(panel.clone());
            Ok(rests.then_some(panel))
        })
        .await;
        settled.with_context(|| format!("it is {seen:?}"))
    }

    /// Scrolls to a panel: what is far from view asks for nothing.
    pub async fn scroll_to(&self, kind: &str, title: &str) -> anyhow::Result<()> {
        let panel = self.element(kind, title).await?;
        Ok(panel.scroll_into_view().await?)
    }

    /// The chart of a time series panel, in view.
    pub async fn chart(&self, title: &str) -> anyhow::Result<WebElement> {
        let panel = self.element("time_series", title).await?;
        let chart = panel.find(By::Css(".chart")).await?;
        chart.scroll_into_view().await?;
        Ok(chart)
    }

    /// Puts the pointer on a chart, `right` of its middle and at half its height.
    pub async fn point_at(&self, title: &str, right: i64) -> anyhow::Result<()> {
        let chart = self.chart(title).await?;
        let pointer = self.browser.driver().action_chain();
        let pointed = pointer.move_to_element_with_offset(&chart, right, 0);
        Ok(pointed.perform().await?)
    }

    /// Titles of the charts in view that draw a crosshair.
    pub async fn crosshairs(&self) -> anyhow::Result<Vec<String>> {
        self.browser.read(CROSSHAIRS).await
    }

    /// The picture of a chart, without crosshair, as a data URL.
    pub async fn picture(&self, title: &str) -> anyhow::Result<String> {
        let script = "return arguments[0].querySelector('canvas').toDataURL()";
        let chart = self.chart(title).await?.to_json()?;
        let picture = self.browser.driver().execute(script, vec![chart]).await?;
        Ok(picture.convert()?)
    }

    /// Clicks on the link from a panel to the page called `page`.
    pub async fn explore(&self, kind: &str, title: &str, page: &str) -> anyhow::Result<()> {
        let panel = self.element(kind, title).await?;
        let link = format!("a[aria-label='Open this query on the {page} page']");
        let link = panel.find(By::Css(link));
        click(&link.await?).await
    }

    /// Chooses a value of `namespace` or `node`.
    pub async fn choose(&self, variable: &str, value: &str) -> anyhow::Result<()> {
        let select = format!("//label[span={}]/select", literal(variable));
        let option = format!("{select}/option[.={}]", literal(value));
        eventually(&format!("{variable} {value} is offered"), async || {
            let option = self
                .browser
                .driver()
                .find(By::XPath(option.as_str()))
                .await?;
            option.click().await?;
            Ok(Some(()))
        })
        .await
    }

    /// Clicks on the header of a table's column.
    pub async fn sort_by(&self, title: &str, header: &str) -> anyhow::Result<()> {
        let table = self.element("table", title).await?;
        let button = format!(".//th/button[.={}]", literal(header));
        click(&table.find(By::XPath(button)).await?).await
    }

    async fn element(&self, kind: &str, title: &str) -> anyhow::Result<WebElement> {
        let title = literal(title);
        let path = format!("//section[contains(@class, 'panel-{kind}')][@aria-label={title}]");
        Ok(self.browser.driver().find(By::XPath(path)).await?)
    }
}

/// The second canvas of a chart has the crosshair and nothing else. Reading its
/// pixels one by one would make Chromium warn that this is slow.
const CROSSHAIRS: &str = r#"
    const isBlank = (canvas) => {
      const { width, height } = canvas;
      const blank = Object.assign(document.createElement("canvas"), { width, height });
      return blank.toDataURL() === canvas.toDataURL();
    };
    return [...document.querySelectorAll("main section.panel")]
      .filter((panel) => [...panel.querySelectorAll(".chart canvas")].slice(1).some((it) => !isBlank(it)))
      .map((panel) => panel.getAttribute("aria-label"));
"#;
