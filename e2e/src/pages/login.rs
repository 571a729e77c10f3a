//! The login that stands in the place of a page.

use thirtyfour::By;

use super::click;
use crate::{Browser, eventually};

/// The login.
#[derive(Debug, Clone, Copy)]
pub struct LoginPage<'a> {
    browser: &'a Browser<'a>,
}

impl<'a> LoginPage<'a> {
    /// Waits until it is asked for a login.
    pub async fn awaited(browser: &'a Browser<'a>) -> anyhow::Result<LoginPage<'a>> {
        eventually("a login is asked for", async || {
            let form = browser.driver().find(By::Css("form.login-form")).await;
            Ok(form.is_ok().then_some(()))
        })
        .await?;
        Ok(LoginPage { browser })
    }

    /// Types both, and presses Enter.
    pub async fn log_in(&self, name: &str, password: &str) -> anyhow::Result<()> {
        for (field, text) in [("username", name), ("current-password", password)] {
            let field = By::Css(format!("input[autocomplete='{field}']"));
            let field = self.browser.driver().find(field).await?;
            field.clear().await?;
            field.send_keys(text).await?;
        }
        click(
            &self
                .browser
                .driver()
                .find(By::Css("form.login-form button"))
                .await?,
        )
        .await
    }

    /// Why the last try failed; empty when none did.
    pub async fn error(&self) -> anyhow::Result<String> {
        self.browser
            .read("return document.querySelector('.login-form [role=alert]').textContent")
            .await
    }

    /// What is said about the session before; nothing when there was none.
    pub async fn notice(&self) -> anyhow::Result<Option<String>> {
        self.browser
            .read("return document.querySelector('.login-notice')?.textContent ?? null")
            .await
    }
}
