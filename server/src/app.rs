//! What handlers share: built once from the configuration, cloned into every request.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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
            datasources: registry(&config)?,
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

fn registry(config: &Config) -> Result<Registry, AppError> {
    let entries = &config.datasources.entries;
    let tls = entries.iter().any(|it| match &it.location {
        Location::Http { url, .. } => url.scheme() == "https",
        Location::InProcess { .. } => false,
    });
    let client = Client::new(tls)?;
    let timeout = config.datasources.query_timeout;
    let datasources = entries
        .iter()
        .map(|it| datasource(it, &client, timeout))
        .collect::<Result<_, _>>()?;
    Ok(Registry::new(datasources))
}

fn datasource(
    config: &DatasourceConfig,
    client: &Client,
    timeout: Duration,
) -> Result<Datasource, AppError> {
    let name = &config.name;
    let (url, upstream) = match &config.location {
        Location::Http { url, credentials } => (
            url.as_str().trim_end_matches('/').to_owned(),
            Upstream::http(
                name,
                timeout,
                client.clone(),
                url.clone(),
                credentials.clone(),
            ),
        ),
        Location::InProcess { .. } => (
            String::new(),
            Upstream::in_process(name, timeout, axum::Router::new()),
        ),
    };
    let info = WireDatasource {
        kind: config.kind,
        name: name.clone(),
        url,
        is_main: config.is_main,
        is_discovered: false,
    };
    Ok(Datasource { info, upstream })
}
