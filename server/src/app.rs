//! What handlers share: built once from the configuration, cloned into every request.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use lethe::Lethe;
use venti_model::api::datasources::Datasource as WireDatasource;
use venti_model::dashboard::Dashboard;
use venti_model::status::ConfigFault;

use crate::config::{Config, DatasourceConfig, Location};
use crate::datasource::{Datasource, Registry};
use crate::frontend::Frontend;
use crate::metrics::Metrics;
use crate::upstream::{Client, ClientError, Upstream};

/// The server's state; clones share it.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    datasources: Registry,
    dashboards: Vec<Dashboard>,
    faults: Vec<ConfigFault>,
    frontend: Frontend,
    metrics: Metrics,
    clock: Clock,
}

/// Tells the time. The tests' stands still.
pub type Clock = fn() -> SystemTime;

/// Why an [`App`] cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no HTTP client.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl App {
    /// Connects the configuration to the world. Nothing is contacted yet.
    ///
    /// `dist` is the folder of the built frontend; it may be missing.
    pub fn new(config: Config, dist: PathBuf, clock: Clock) -> Result<Self, AppError> {
        Ok(Self(Arc::new(Inner {
            datasources: registry(&config, clock)?,
            dashboards: config.dashboards,
            faults: config.faults,
            frontend: Frontend::new(dist),
            metrics: Metrics::new(),
            clock,
        })))
    }

    /// Where metrics and logs come from.
    pub fn datasources(&self) -> &Registry {
        &self.0.datasources
    }

    /// All dashboards, in menu order.
    pub fn dashboards(&self) -> &[Dashboard] {
        &self.0.dashboards
    }

    /// What is wrong with the configuration.
    pub fn faults(&self) -> &[ConfigFault] {
        &self.0.faults
    }

    /// The built frontend.
    pub(crate) fn frontend(&self) -> &Frontend {
        &self.0.frontend
    }

    /// What the server tells about itself.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The server's time in unix seconds.
    pub(crate) fn now(&self) -> f64 {
        let since = (self.0.clock)().duration_since(UNIX_EPOCH);
        since.map_or(0.0, |it| it.as_secs_f64())
    }
}

fn registry(config: &Config, clock: Clock) -> Result<Registry, AppError> {
    let entries = &config.datasources.entries;
    let tls = entries.iter().any(|it| match &it.location {
        Location::Http { url, .. } => url.scheme() == "https",
        Location::InProcess { .. } => false,
    });
    let client = Client::new(tls)?;
    let timeout = config.datasources.query_timeout;
    let datasource = |it: &DatasourceConfig| Datasource {
        info: info(it),
        upstream: match &it.location {
            Location::Http { url, credentials } => {
                let (client, credentials) = (client.clone(), credentials.clone());
                Upstream::http(&it.name, timeout, client, url.clone(), credentials)
            }
            Location::InProcess { path } => {
                Upstream::in_process(&it.name, timeout, lethe_over(path, timeout, clock))
            }
        },
    };
    Ok(Registry::new(entries.iter().map(datasource).collect()))
}

/// What the browser may see: no credentials, and no path of the server's disk.
fn info(config: &DatasourceConfig) -> WireDatasource {
    let url = match &config.location {
        Location::Http { url, .. } => url.as_str().trim_end_matches('/').to_owned(),
        Location::InProcess { .. } => String::new(),
    };
    WireDatasource {
        kind: config.kind,
        name: config.name.clone(),
        url,
        is_main: config.is_main,
        is_discovered: false,
    }
}

/// The API of a Lethe over the log directory, which need not exist yet.
fn lethe_over(path: &Path, timeout: Duration, clock: Clock) -> Router {
    let options = lethe::Options {
        timeout,
        ..lethe::Options::new(path)
    };
    let lethe = Lethe::open(options).with_clock(Arc::new(move || clock().into()));
    lethe::http::router(Arc::new(lethe))
}
