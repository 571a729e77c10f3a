//! Finds programs under the names that distributions give them.

use std::path::PathBuf;

/// Names of Prometheus: the same everywhere.
pub const PROMETHEUS: &[&str] = &["prometheus"];

/// Names of node-exporter: Debian's, and the one of the project's archives.
pub const NODE_EXPORTER: &[&str] = &["prometheus-node-exporter", "node_exporter"];

/// Names of Chromium's WebDriver.
pub const CHROMEDRIVER: &[&str] = &["chromedriver"];

/// Names of Chromium and its kin.
pub const CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// The first of `names` that is an executable on `PATH`.
pub fn program(names: &[&str]) -> Option<PathBuf> {
    names.iter().find_map(|name| which::which(name).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_that_exists_wins() {
        let shell = program(&["no-such-program-anywhere", "sh"]).unwrap();
        assert_eq!(shell.file_name().unwrap(), "sh");
        assert_eq!(program(&["no-such-program-anywhere"]), None);
    }
}
