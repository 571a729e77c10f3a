//! `venti-server`: arguments, configuration, log, serving.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::Context;
use clap::Parser;
use tokio::net::TcpListener;
use venti_server::{App, config, serve, shutdown, telemetry};

/// Serves dashboards over metrics and logs.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Directory with venti.yml, datasources.yml and dashboards/
    #[arg(long, env = "VENTI_CONFIG", default_value = "etc")]
    config: PathBuf,
    /// Address and port to listen on
    #[arg(long, env = "VENTI_LISTEN", default_value = "0.0.0.0:3030")]
    listen: SocketAddr,
    /// Directory of the built frontend
    #[arg(long, env = "VENTI_FRONTEND", default_value = "dist")]
    frontend: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let config = config::load(&arguments.config).with_context(|| {
        format!(
            "cannot start with the configuration in {}",
            arguments.config.display()
        )
    })?;
    telemetry::start(config.log_level);
    for fault in &config.faults {
        tracing::warn!("{}", config::describe(fault));
    }
    let app = App::new(config, arguments.frontend, SystemTime::now)?;
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    serve(listener, app, shutdown::requested())
        .await
        .context("cannot serve")
}
