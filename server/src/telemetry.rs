//! The log: lines of text or JSON on standard error, at the level of `RUST_LOG` or the
//! configuration.

use std::io::{self, IsTerminal};

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, reload};

use crate::App;
use crate::config::{LogFormat, LogLevel, Settings};

/// The running log.
#[derive(Debug)]
pub struct Telemetry {
    filter: reload::Handle<EnvFilter, Registry>,
    level: LogLevel,
}

/// Starts logging. `RUST_LOG` wins over the configured level.
pub fn start(settings: &Settings) -> Telemetry {
    let (filter, handle) = reload::Layer::new(filter(settings.log_level));
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = match settings.log_format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .init();
    Telemetry {
        filter: handle,
        level: settings.log_level,
    }
}

impl Telemetry {
    /// Keeps the level at what the configuration says. Runs until dropped.
    pub async fn follow(mut self, app: App) {
        let mut changes = app.follow();
        while changes.changed().await.is_ok() {
            let level = app.live().config.settings.log_level;
            if level != self.level {
                self.level = level;
                if let Err(error) = self.filter.reload(filter(level)) {
                    tracing::warn!(%error, "cannot change what is logged");
                }
            }
        }
    }
}

fn filter(level: LogLevel) -> EnvFilter {
    EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default_filter(level)))
}

/// Libraries below us are interesting only when everything is. What the Kubernetes client meets is
/// told once, as a fault of discovery.
fn default_filter(level: LogLevel) -> String {
    let word = level.as_str();
    let ours = match level {
        LogLevel::Trace | LogLevel::Debug => format!("info,venti_server={word},lethe={word}"),
        _ => word.to_owned(),
    };
    format!("{ours},kube_client=off")
}
