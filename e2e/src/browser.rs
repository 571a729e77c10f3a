//! One browser on one stack, and what a user can do with any page.

use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use serde::de::DeserializeOwned;
use serde_json::json;
use thirtyfour::WebDriver;
use venti_local::{Part, Running};

use crate::artifacts::keep;
use crate::requests::{RECORDER, Request};

/// A browser with one window of 1440×900 points.
#[derive(Debug)]
pub struct Browser<'a> {
    driver: WebDriver,
    stack: &'a Running,
    expected: Mutex<Vec<String>>,
}

/// The color scheme that the system asks pages for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorScheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl<'a> Browser<'a> {
    /// Prepares the window for what journeys read of pages.
    pub(crate) async fn new(driver: WebDriver, stack: &'a Running) -> anyhow::Result<Browser<'a>> {
        let expected = Mutex::default();
        let browser = Browser {
            driver,
            stack,
            expected,
        };
        let recorder = json!({ "source": RECORDER });
        browser
            .send("Page.addScriptToEvaluateOnNewDocument", recorder)
            .await?;
        Ok(browser)
    }

    /// The WebDriver session, for page objects.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// The stack that the browser looks at.
    pub fn stack(&self) -> &'a Running {
        self.stack
    }

    /// Opens `path`, which starts with a slash.
    pub async fn open(&self, path: &str) -> anyhow::Result<()> {
        let url = format!("{}{path}", self.stack.url(Part::Server));
        let opened = self.driver.goto(&url).await;
        opened.with_context(|| format!("could not open {url}"))
    }

    /// Path, query and fragment of the page that is open.
    pub async fn location(&self) -> anyhow::Result<String> {
        let url = self.driver.current_url().await?;
        let origin = url.origin().ascii_serialization();
        let text = url.as_str();
        Ok(text.strip_prefix(&origin).unwrap_or(text).to_owned())
    }

    /// Loads the page that is open again, as the user's F5 does.
    pub async fn reload(&self) -> anyhow::Result<()> {
        Ok(self.driver.refresh().await?)
    }

    /// The browser's "back".
    pub async fn back(&self) -> anyhow::Result<()> {
        Ok(self.driver.back().await?)
    }

    /// What `script`, the body of a function, returns in the page.
    pub async fn read<T: DeserializeOwned>(&self, script: &str) -> anyhow::Result<T> {
        Ok(self.driver.execute(script, Vec::new()).await?.convert()?)
    }

    /// Everything that the page asked since it was loaded, oldest first.
    pub async fn requests(&self) -> anyhow::Result<Vec<Request>> {
        self.read("return window.e2eRequests").await
    }

    /// Keeps a picture of the window as `artifacts/<name>.png`.
    pub async fn screenshot(&self, name: &str) -> anyhow::Result<()> {
        keep(
            &format!("{name}.png"),
            &self.driver.screenshot_as_png().await?,
        )?;
        Ok(())
    }

    /// Makes the window a phone of 390×844 points with three pixels each.
    pub async fn become_a_phone(&self) -> anyhow::Result<()> {
        let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 3, "mobile": true });
        self.send("Emulation.setDeviceMetricsOverride", phone)
            .await?;
        // A finger is coarse.
        let touch = json!({ "enabled": true });
        self.send("Emulation.setTouchEmulationEnabled", touch).await
    }

    /// Moves the user to a time zone, such as `Asia/Seoul`.
    pub async fn travel_to(&self, zone: &str) -> anyhow::Result<()> {
        let zone = json!({ "timezoneId": zone });
        self.send("Emulation.setTimezoneOverride", zone).await
    }

    /// Tells pages that the system prefers `scheme`.
    pub async fn prefer(&self, scheme: ColorScheme) -> anyhow::Result<()> {
        let value = match scheme {
            ColorScheme::Light => "light",
            ColorScheme::Dark => "dark",
        };
        let features = json!([{ "name": "prefers-color-scheme", "value": value }]);
        let media = json!({ "features": features });
        self.send("Emulation.setEmulatedMedia", media).await
    }

    /// From now on warnings and errors whose text contains `part` are no reason
    /// to fail: the journey provokes them.
    pub fn expect_complaint(&self, part: &str) {
        self.lock().push(part.to_owned());
    }

    pub(crate) fn expected_complaints(&self) -> Vec<String> {
        self.lock().clone()
    }

    async fn send(&self, method: &str, params: serde_json::Value) -> anyhow::Result<()> {
        let sent = self.driver.cdp().send_raw(method, params).await;
        sent.with_context(|| format!("Chromium refused {method}"))?;
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.expected.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
