//! The stack under test.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use venti_local::{Part, Running, Stack};

/// Short, so that a journey sees several samples while it lasts.
const SCRAPE_INTERVAL: Duration = Duration::from_secs(1);

/// The repository.
pub fn root() -> &'static Path {
    // This package lies one level below it.
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// The stack that all journeys share, with the configuration of the repository.
/// It is started by whoever comes first, and ends with the test process.
pub fn stack() -> anyhow::Result<&'static Running> {
    static STACK: OnceLock<Result<Running, String>> = OnceLock::new();
    STACK
        .get_or_init(|| fresh_stack("shared", &root().join("etc")).map_err(|it| format!("{it:#}")))
        .as_ref()
        .map_err(|error| anyhow!("{error}"))
}

/// A stack of its own for a journey that breaks something, with the
/// configuration directory `etc`. Its data, logs included, stay beside the build
/// in `target/debug/e2e/<name>` until the next run.
pub fn fresh_stack(name: &str, etc: &Path) -> anyhow::Result<Running> {
    let build = build()?;
    let data = build.join("e2e").join(name);
    if data.exists() {
        std::fs::remove_dir_all(&data).with_context(|| format!("could not empty {data:?}"))?;
    }
    let frontend = frontend();
    ensure!(
        frontend.join("index.html").is_file(),
        "the frontend is not built: run `make frontend` first, or all of it with `make test`"
    );
    let running = Stack::new(data, etc, build.join("venti-server"), frontend)
        .scrape_interval(SCRAPE_INTERVAL)
        .start()?;
    let missing: Vec<_> = running.missing().into_iter().map(Part::name).collect();
    ensure!(
        missing.is_empty(),
        "not installed: {}; run `make tools`",
        missing.join(", ")
    );
    Ok(running)
}

/// The built frontend; `VENTI_FRONTEND` names another directory than `dist`.
fn frontend() -> PathBuf {
    let other = std::env::var_os("VENTI_FRONTEND").filter(|it| !it.is_empty());
    other.map_or_else(|| root().join("dist"), PathBuf::from)
}

/// Where cargo put venti-server in this very build: tests lie one level below.
fn build() -> anyhow::Result<PathBuf> {
    let test = std::env::current_exe().context("could not tell where this test is")?;
    let build = test.parent().and_then(Path::parent);
    Ok(build.context("this test lies nowhere")?.to_owned())
}
