//! What handlers share: built once, cloned into every request.
//!
//! What comes from files is one [`Live`] that a reload replaces as a whole. All else lives as
//! long as the server: the metrics, the sessions, the frontend, the clock, and through the
//! `Connector` each datasource that did not change.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use tokio::task::spawn_blocking;
use venti_model::status::ConfigFault;

use crate::alerting::Alerting;
use crate::auth::{Auth, AuthError, UnixMillis};
use crate::config::{self, Config, ConfigError, Datasources, Discovery, Loader};
use crate::datasource::{Connector, Found, Registry};
use crate::frontend::Frontend;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::serve::tls::{self, TlsError};

/// The server's state; clones share it.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    live: watch::Sender<Arc<Live>>,
    stopping: watch::Sender<bool>,
    sources: Mutex<Sources>,
    config_dir: PathBuf,
    data_dir: PathBuf,
    flags: BTreeMap<String, String>,
    auth: Arc<Auth>,
    frontend: Frontend,
    metrics: Metrics,
    alerting: Alerting,
    clock: Clock,
    started: f64,
}

/// What a [`Live`] is made from.
#[derive(Debug)]
struct Sources {
    loader: Loader,
    connector: Connector,
    found: Found,
    auth: Arc<Auth>,
}

/// Tells the time. The tests' stands still.
pub type Clock = fn() -> SystemTime;

/// How a server is put together.
#[derive(Debug)]
pub struct Setup {
    /// Reads the configuration.
    pub loader: Loader,
    /// The folder of the built frontend, which may be missing; `None` for the one inside the
    /// program, or `dist`.
    pub frontend: Option<PathBuf>,
    /// The command line as it was understood, for whoever asks with which flags this runs.
    pub flags: BTreeMap<String, String>,
    /// Tells the time.
    pub clock: Clock,
}

/// Why an [`App`] cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The server's certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// It cannot be known who asks.
    #[error(transparent)]
    Auth(#[from] AuthError),
}

impl App {
    /// Reads the configuration and connects it to the world. Nothing is contacted yet.
    pub fn new(setup: Setup) -> Result<Self, AppError> {
        let Setup { loader, clock, .. } = setup;
        let metrics = Metrics::new();
        let started = unix_seconds(clock);
        let config_dir = loader.dir().to_owned();
        let data_dir = loader.data().to_owned();
        let connector = Connector::new(clock);
        let auth = Arc::new(Auth::new(loader.data()));
        let mut sources = Sources {
            loader,
            connector,
            found: Found::default(),
            auth: auth.clone(),
        };
        let live = sources.read(started, None)?;
        metrics.config_loaded(live.last_success);
        Ok(Self(Arc::new(Inner {
            live: watch::Sender::new(Arc::new(live)),
            stopping: watch::Sender::new(false),
            sources: Mutex::new(sources),
            auth,
            config_dir,
            data_dir,
            flags: setup.flags,
            frontend: Frontend::new(setup.frontend),
            metrics,
            alerting: Alerting::default(),
            clock,
            started,
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
    /// new [`Live`]; when nothing can be used, what ran goes on.
    pub async fn reload(&self) -> Arc<Live> {
        let app = self.clone();
        let reloaded = spawn_blocking(move || app.reload_here()).await;
        // It fails only when the runtime ends, or by a panic that is logged already.
        reloaded.unwrap_or_else(|_| self.live())
    }

    fn reload_here(&self) -> Arc<Live> {
        let mut sources = self.sources();
        let before = self.live();
        let live = sources
            .read(self.now(), Some(&before))
            .unwrap_or_else(|error| Live {
                config: Config {
                    faults: vec![sources.fault(error)],
                    ..before.config.clone()
                },
                last_success: None,
                ..Live::clone(&before)
            });
        config::log_faults(&live.faults(), &before.faults());
        self.metrics().config_loaded(live.last_success);
        let live = Arc::new(Live {
            last_success: live.last_success.or(before.last_success),
            ..live
        });
        self.0.live.send_replace(live.clone());
        live
    }

    /// Takes what was found in the cluster by these rules, unless others hold by now.
    pub(crate) async fn discovered(&self, rules: &Discovery, found: Found) {
        let (app, rules) = (self.clone(), rules.clone());
        // Fails like a reload, and a reload may hold the lock for long.
        let _ = spawn_blocking(move || app.discovered_here(&rules, found)).await;
    }

    fn discovered_here(&self, rules: &Discovery, found: Found) {
        let mut sources = self.sources();
        let before = self.live();
        let datasources = &before.config.datasources;
        let found = found.or_before(&sources.found);
        if datasources.discovery.as_ref() != Some(rules) || found == sources.found {
            return;
        }
        sources.found = found;
        let (datasources, discovery_faults) = sources.connect(datasources);
        config::log_faults(&discovery_faults, &before.discovery_faults);
        self.0.live.send_replace(Arc::new(Live {
            datasources,
            discovery_faults,
            ..Live::clone(&before)
        }));
    }

    fn sources(&self) -> MutexGuard<'_, Sources> {
        // What panicked before left nothing half done that would not be done again.
        let sources = self.0.sources.lock();
        sources.unwrap_or_else(PoisonError::into_inner)
    }

    /// The server's own end begins: streams without an end of their own end now.
    pub(crate) fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Resolves when the server ends.
    pub(crate) fn stopping(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stopping = self.0.stopping.subscribe();
        async move {
            // An error means that the app is gone, which is an end as well.
            let _ = stopping.wait_for(|it| *it).await;
        }
    }

    /// The configuration directory.
    pub(crate) fn config_dir(&self) -> PathBuf {
        self.0.config_dir.clone()
    }

    /// The server's data directory.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.0.data_dir.clone()
    }

    /// The rules that run and their alerts.
    pub(crate) fn alerting(&self) -> &Alerting {
        &self.0.alerting
    }

    /// The command line as it was understood.
    pub(crate) fn flags(&self) -> &BTreeMap<String, String> {
        &self.0.flags
    }

    /// Sessions, and the logins that begin them.
    pub(crate) fn auth(&self) -> &Auth {
        &self.0.auth
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

    /// The same in whole milliseconds.
    pub(crate) fn now_millis(&self) -> UnixMillis {
        let since = (self.0.clock)().duration_since(UNIX_EPOCH);
        since.map_or(0, |it| it.as_millis().try_into().unwrap_or(UnixMillis::MAX))
    }

    /// When the server was started, in unix seconds.
    pub(crate) fn started(&self) -> f64 {
        self.0.started
    }
}

impl Sources {
    /// Reads all files and makes of them what they say; `now` in unix seconds.
    fn read(&mut self, now: f64, before: Option<&Live>) -> Result<Live, AppError> {
        let mut config = self.loader.load()?;
        let tls = config.settings.tls.as_ref().map(tls::load).transpose();
        let tls = match (tls, before) {
            (Ok(tls), _) => tls,
            (Err(error), None) => return Err(error.into()),
            // The certificate before goes on, and so does everything else.
            (Err(error), Some(before)) => {
                let fault = ConfigFault::of_file("venti.yml", error.to_string());
                config.faults.push(fault);
                before.tls.clone()
            }
        };
        let (datasources, discovery_faults) = self.connect(&config.datasources);
        let gate = self.auth.gate(&config.settings.access, &config.users)?;
        Ok(Live {
            last_success: (!config.has_errors()).then_some(now),
            config,
            datasources,
            discovery_faults,
            gate,
            tls,
        })
    }

    /// Connects configured and found datasources, and tells what is wrong with the latter.
    fn connect(&mut self, config: &Datasources) -> (Registry, Vec<ConfigFault>) {
        if config.discovery.is_none() {
            self.found = Found::default();
        }
        let (discovered, faults) = self.found.beside(config);
        let entries = config.entries.iter().cloned().chain(discovered);
        (self.connector.connect(entries), faults)
    }

    /// The fault of files that gave nothing at all.
    fn fault(&self, error: AppError) -> ConfigFault {
        match error {
            AppError::Config(ConfigError::Fault(fault)) => *fault,
            other => {
                let dir = self.loader.dir().to_string_lossy();
                ConfigFault::of_file(dir, other.to_string())
            }
        }
    }
}

/// What a clock says, in unix seconds.
pub(crate) fn unix_seconds(clock: Clock) -> f64 {
    let since = clock().duration_since(UNIX_EPOCH);
    since.map_or(0.0, |it| it.as_secs_f64())
}
