//! `venti-server`: arguments, configuration, log, serving.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::Context;
use clap::Parser;
use tokio::net::TcpListener;
use venti_server::config::Loader;
use venti_server::{App, serve, shutdown, telemetry};

/// Serves dashboards over metrics and logs.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Directory with venti.yml, datasources.yml and dashboards/ [default: etc, if there is one]
    #[arg(long, env = "VENTI_CONFIG")]
    config: Option<PathBuf>,
    /// Directory of what the server keeps
    #[arg(long, env = "VENTI_DATA", default_value = "data")]
    data: PathBuf,
    /// Address and port to listen on
    #[arg(long, env = "VENTI_LISTEN", default_value = "0.0.0.0:3030")]
    listen: SocketAddr,
    /// Directory of the built frontend
    #[arg(long, env = "VENTI_FRONTEND", default_value = "dist")]
    frontend: PathBuf,
}

impl Arguments {
    fn loader(&self) -> Loader {
        match &self.config {
            Some(dir) => Loader::new(dir, &self.data),
            None => Loader::new("etc", &self.data).or_defaults(),
        }
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let loader = arguments.loader();
    let dir = loader.dir().display().to_string();
    let app = App::new(loader, arguments.frontend, SystemTime::now)
        .with_context(|| format!("cannot start with the configuration in {dir}"))?;
    let live = app.live();
    telemetry::start(live.config.settings.log_level);
    live.config.log_faults(&[]);
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    serve(listener, app, shutdown::requested())
        .await
        .context("cannot serve")
}
