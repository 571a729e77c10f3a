//! What handlers share: built once, cloned into every request.
//!
//! What comes from files is one [`Live`] that a reload replaces as a whole. All else lives as
//! long as the server: the metrics, the frontend, the clock, and through the [`Connector`] each
//! datasource that did not change.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use venti_model::status::ConfigFault;

use crate::config::{Config, ConfigError, Loader};
use crate::datasource::Connector;
use crate::frontend::Frontend;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::upstream::ClientError;

/// The server's state; clones share it.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    live: watch::Sender<Arc<Live>>,
    sources: Mutex<Sources>,
    frontend: Frontend,
    metrics: Metrics,
    clock: Clock,
}

/// What a [`Live`] is made from.
#[derive(Debug)]
struct Sources {
    loader: Loader,
    connector: Connector,
}

/// Tells the time. The tests' stands still.
pub type Clock = fn() -> SystemTime;

/// Why an [`App`] cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no HTTP client.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl App {
    /// Reads the configuration and connects it to the world. Nothing is contacted yet.
    ///
    /// `dist` is the folder of the built frontend; it may be missing.
    pub fn new(mut loader: Loader, dist: PathBuf, clock: Clock) -> Result<Self, AppError> {
        let metrics = Metrics::new();
        let mut connector = Connector::new(clock);
        let config = loader.load()?;
        let datasources = connector.connect(&config.datasources)?;
        let last_success = (!config.has_errors()).then(|| unix_seconds(clock));
        metrics.config_loaded(last_success);
        let live = Live {
            config,
            datasources,
            last_success,
        };
        Ok(Self(Arc::new(Inner {
            live: watch::Sender::new(Arc::new(live)),
            sources: Mutex::new(Sources { loader, connector }),
            frontend: Frontend::new(dist),
            metrics,
            clock,
        })))
    }

    /// What the files say at this moment. Take it once for each request.
    pub fn live(&self) -> Arc<Live> {
        self.0.live.borrow().clone()
    }

    /// Tells of each [`Live`] that takes the place of the one before.
    pub fn follow(&self) -> watch::Receiver<Arc<Live>> {
        self.0.live.subscribe()
    }

    /// Reads all files again and uses what is good in them. Faults go to the log and into the
    /// new [`Live`]; when nothing can be used, what ran goes on. Reads files, so it blocks.
    pub fn reload(&self) -> Arc<Live> {
        // A panic in a reload before left nothing half done that this one would not do again.
        let mut sources = self
            .0
            .sources
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Sources { loader, connector } = &mut *sources;
        let before = self.live();
        let loaded = loader.load().map_err(AppError::from).and_then(|config| {
            let datasources = connector.connect(&config.datasources)?;
            Ok((config, datasources))
        });
        let (config, datasources) = loaded.unwrap_or_else(|error| {
            let faults = vec![fault(loader, error)];
            let config = Config {
                faults,
                ..before.config.clone()
            };
            (config, before.datasources.clone())
        });
        config.log_faults(&before.config.faults);
        let success = (!config.has_errors()).then(|| self.now());
        self.metrics().config_loaded(success);
        let live = Arc::new(Live {
            config,
            datasources,
            last_success: success.or(before.last_success),
        });
        self.0.live.send_replace(live.clone());
        live
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
        unix_seconds(self.0.clock)
    }
}

fn unix_seconds(clock: Clock) -> f64 {
    let since = clock().duration_since(UNIX_EPOCH);
    since.map_or(0.0, |it| it.as_secs_f64())
}

/// The fault of a load that gave nothing at all.
fn fault(loader: &Loader, error: AppError) -> ConfigFault {
    match error {
        AppError::Config(ConfigError::Fault(fault)) => *fault,
        other => ConfigFault::of_file(loader.dir().to_string_lossy(), other.to_string()),
    }
}
