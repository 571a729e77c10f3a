//! The one chromedriver that all journeys share; each gets its own Chromium.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, anyhow};
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::{ChromeCapabilities, LoggingPrefsLogLevel, WebDriver};
use venti_local::{Child, Program, find, port, ready};

use crate::tls;

/// A Chromium that shows what a user sees, asks nobody outside for anything,
/// and runs in a container, where it has no sandbox and little shared memory.
const SWITCHES: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-proxy-server",
    "--lang=en-US",
    // Over a pipe instead of a port: Chromium ends when chromedriver does, even
    // if nobody was left to close it.
    "--remote-debugging-pipe",
    "--window-size=1440,900",
];

struct Chromedriver {
    url: String,
    /// Ends with the test process, for which it is kept here.
    _child: Child,
}

/// Opens a new Chromium whose profile lies in `profile`.
pub(crate) async fn open(profile: &std::path::Path) -> anyhow::Result<WebDriver> {
    static CHROMEDRIVER: OnceLock<Result<Chromedriver, String>> = OnceLock::new();
    let chromedriver = CHROMEDRIVER
        .get_or_init(|| start().map_err(|it| format!("{it:#}")))
        .as_ref()
        .map_err(|error| anyhow!("{error}"))?;

    tls::provide();
    let mut capabilities = ChromeCapabilities::new();
    let chromium = find::program(find::CHROMIUM).context("Chromium is not installed")?;
    capabilities.set_binary(&chromium.to_string_lossy())?;
    for switch in SWITCHES {
        capabilities.add_arg(switch)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    let driver = WebDriver::new(&*chromedriver.url, capabilities).await;
    driver.context("could not open Chromium")
}

fn start() -> anyhow::Result<Chromedriver> {
    let path = find::program(find::CHROMEDRIVER)
        .context("chromedriver is not installed: run `make tools`")?;
    let reserved = port::any().context("found no free port")?;
    let port = reserved.port();
    drop(reserved);
    let program = Program {
        name: "chromedriver".to_owned(),
        path,
        args: vec![format!("--port={port}").into()],
    };
    let child = Child::spawn(&program, Arc::new(|_: &str| {}))?;
    let url = format!("http://127.0.0.1:{port}");
    let never = AtomicBool::new(false);
    ready::wait(
        &format!("{url}/status"),
        &child,
        Duration::from_secs(30),
        &never,
    )
    .with_context(|| format!("chromedriver is not ready: {}", child.tail().join("\n")))?;
    Ok(Chromedriver { url, _child: child })
}
