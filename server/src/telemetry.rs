//! The log: text on standard error, at the level of `RUST_LOG` or the configuration.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::config::LogLevel;

/// Starts logging. `RUST_LOG` wins over the configured level.
pub fn start(level: LogLevel) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default_filter(level)));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
}

/// Libraries below us are interesting only when everything is.
fn default_filter(level: LogLevel) -> String {
    match level {
        LogLevel::Trace | LogLevel::Debug => {
            format!("info,venti_server={0},lethe={0}", level.as_str())
        }
        _ => level.as_str().to_owned(),
    }
}
