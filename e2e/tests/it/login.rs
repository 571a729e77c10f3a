//! Somebody has to log in, is logged out, or stays too long.

use std::fs;

use tempfile::TempDir;
use venti_e2e::pages::{LoginPage, SideBar};
use venti_e2e::{Browser, ColorScheme, eventually, fresh_stack, journey_on};
use venti_local::Part;

use crate::support::configuration;

/// `hunter2`, at bcrypt's lowest cost.
const HASH: &str = "$2y$04$gfYfchIng4242xXVsVQFdedIQbHzgSVe5AdyFg6O3SHKwqRbeWwbi";

/// A link to the middle of something.
const DEEP_LINK: &str = "/datasources?search=node&from=now-5m";

/// A configuration with the administrator `ana` and the viewer `ben`.
pub(crate) fn with_users(venti: &str) -> anyhow::Result<TempDir> {
    let etc = configuration(&[("a.yml", "title: A\n")])?;
    fs::write(etc.path().join("venti.yml"), venti)?;
    let users = format!(
        "users:\n- username: ana\n  hash: {HASH}\n  isAdmin: true\n- username: ben\n  hash: {HASH}\n"
    );
    fs::write(etc.path().join("users.yml"), users)?;
    Ok(etc)
}

/// Chromium writes each refusal into the console, and so do these journeys on purpose.
pub(crate) fn expect_refusals(browser: &Browser<'_>) {
    browser.expect_complaint("the server responded with a status of 401");
}

pub(crate) async fn logged_in(browser: &Browser<'_>, name: &str) -> anyhow::Result<()> {
    eventually(&format!("{name} is logged in"), async || {
        let user = SideBar::of(browser).user().await?;
        Ok(user.filter(|(it, _)| it == name).map(|_| ()))
    })
    .await
}

#[tokio::test]
async fn a_link_is_followed_after_the_login_and_not_before() -> anyhow::Result<()> {
    let etc = with_users("auth: users\n")?;
    let stack = fresh_stack("login", etc.path())?;
    journey_on(&stack, "login", async |browser| {
        expect_refusals(browser);
        browser.prefer(ColorScheme::Light).await?;
        browser.open(DEEP_LINK).await?;
        let page = LoginPage::awaited(browser).await?;
        assert_eq!(page.notice().await?, None);
        browser.screenshot("login-light").await?;

        page.log_in("ben", "wrong").await?;
        eventually("the refusal is told", async || {
            let error = page.error().await?;
            Ok((error == "wrong user name or password").then_some(()))
        })
        .await?;
        browser.prefer(ColorScheme::Dark).await?;
        browser.screenshot("login-dark").await?;

        page.log_in("ben", "hunter2").await?;
        logged_in(browser, "ben").await?;
        assert_eq!(browser.location().await?, DEEP_LINK);
        let user = SideBar::of(browser).user().await?;
        assert_eq!(user, Some(("ben".to_owned(), "viewer".to_owned())));
        let cookies: String = browser.read("return document.cookie").await?;
        assert_eq!(cookies, "", "no script can read the session");

        browser.reload().await?;
        logged_in(browser, "ben").await?;
        SideBar::of(browser).log_out().await?;
        let page = LoginPage::awaited(browser).await?;
        assert_eq!(page.notice().await?, None);
        browser.become_a_phone().await?;
        browser.screenshot("login-phone").await
    })
    .await
}

#[tokio::test]
async fn who_guesses_is_told_how_long_to_wait() -> anyhow::Result<()> {
    let etc = with_users("auth: users\n")?;
    let stack = fresh_stack("guesses", etc.path())?;
    journey_on(&stack, "guesses", async |browser| {
        expect_refusals(browser);
        browser.expect_complaint("the server responded with a status of 429");
        browser.open("/").await?;
        let page = LoginPage::awaited(browser).await?;
        eventually("there were too many guesses", async || {
            page.log_in("ana", "guess").await?;
            let error = page.error().await?;
            let is_told = error.starts_with("too many attempts to log in: try again in ");
            Ok(is_told.then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
async fn a_logout_elsewhere_shows_at_the_next_request() -> anyhow::Result<()> {
    let etc = with_users("auth: users\n")?;
    let stack = fresh_stack("logout", etc.path())?;
    journey_on(&stack, "logout", async |browser| {
        expect_refusals(browser);
        browser.open("/status").await?;
        let page = LoginPage::awaited(browser).await?;
        page.log_in("ana", "hunter2").await?;
        logged_in(browser, "ana").await?;

        let cookie = browser.driver().get_named_cookie("venti-session").await?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        let logout = format!("{}/auth/logout", stack.url(Part::Server));
        let session = format!("{}={}", cookie.name, cookie.value);
        let answer = client.post(logout).header("cookie", session).send().await?;
        assert!(answer.status().is_success());

        browser.reload().await?;
        let page = LoginPage::awaited(browser).await?;
        eventually("the end is told", async || {
            let notice = page.notice().await?;
            Ok(notice.filter(|it| it.starts_with("Your session has ended")))
        })
        .await?;
        assert_eq!(browser.location().await?, "/status");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_session_that_expires_while_somebody_looks_is_told() -> anyhow::Result<()> {
    let etc = with_users("auth: users\nsessionDuration: 8s\n")?;
    let stack = fresh_stack("expiry", etc.path())?;
    journey_on(&stack, "expiry", async |browser| {
        expect_refusals(browser);
        let link = "/datasources?refresh=5s";
        browser.open(link).await?;
        let page = LoginPage::awaited(browser).await?;
        page.log_in("ana", "hunter2").await?;
        logged_in(browser, "ana").await?;
        let page = LoginPage::awaited(browser).await?;
        let notice = page.notice().await?.unwrap_or_default();
        assert!(notice.starts_with("Your session has ended"), "{notice}");
        browser.screenshot("login-ended").await?;
        assert_eq!(browser.location().await?, link);
        page.log_in("ana", "hunter2").await?;
        logged_in(browser, "ana").await
    })
    .await
}
