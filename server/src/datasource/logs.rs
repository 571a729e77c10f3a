//! What a Lethe inside the server does besides answering: it takes in lines, deletes what is too
//! old or too much, packs hours, and learns the times in its files.
//!
//! A reload leaves one alone whose entry did not change. Another one first ends, with all that
//! it took over on disk, and what takes its place begins then: two never share a port, nor the
//! places up to which files were followed.

use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use lethe::Lethe;
use lethe::config::Config;
use lethe::ingest::Ingestion;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::App;
use crate::app::Clock;

/// How long until it is tried again to take in lines, such as when a port was in use.
const RETRY: Duration = Duration::from_secs(5);

/// A Lethe inside the server.
pub struct Logs {
    lethe: Arc<Lethe>,
    config: Config,
    /// Takes lines over HTTP, while it can.
    push: Mutex<Option<Router>>,
}

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config = &self.config;
        f.debug_struct("Logs")
            .field("config", config)
            .finish_non_exhaustive()
    }
}

impl Logs {
    /// A Lethe over the log directory that `config` names, which need not exist yet.
    pub(super) fn open(config: Config, clock: Clock) -> Self {
        let lethe = Lethe::open(config.options()).with_clock(Arc::new(move || clock().into()));
        Self {
            lethe: Arc::new(lethe),
            config,
            push: Mutex::default(),
        }
    }

    /// Its API.
    pub(super) fn router(&self) -> Router {
        lethe::http::router(self.lethe.clone())
    }

    /// What takes lines over HTTP; nothing when that is not wanted, or cannot be.
    pub(crate) fn push(&self) -> Option<Router> {
        let push = self.push.lock().unwrap_or_else(PoisonError::into_inner);
        push.clone()
    }

    fn set_push(&self, router: Option<Router>) {
        *self.push.lock().unwrap_or_else(PoisonError::into_inner) = router;
    }

    /// Works until `stop` says so and everything that was taken over is on disk.
    async fn keep(self: Arc<Self>, stop: watch::Receiver<bool>) {
        tokio::select! {
            () = self.lethe.maintain(self.config.maintenance()) => {}
            () = self.take_in(stop) => {}
        }
    }

    async fn take_in(&self, mut stop: watch::Receiver<bool>) {
        let path = &self.config.log_data_path;
        let ingestion = loop {
            match Ingestion::start(&self.config, &stop).await {
                Ok(ingestion) => break ingestion,
                Err(error) => {
                    tracing::error!(?path, %error, "no lines are taken in; tried again in {RETRY:?}");
                }
            }
            tokio::select! {
                () = sleep(RETRY) => {}
                // An error means that nobody is left to say so.
                _ = stop.wait_for(|it| *it) => return,
            }
        };
        if let Some(counters) = ingestion.counters() {
            self.lethe.watch_ingestion(counters);
        }
        let sources = &self.config.sources;
        self.set_push(sources.push.then(|| ingestion.router(&self.config)));
        let _ = stop.wait_for(|it| *it).await;
        // Whoever holds this could go on writing.
        self.set_push(None);
        ingestion.end().await;
    }
}

/// Keeps all of each configuration going until the server ends, and then ends them.
pub async fn run(app: App) {
    let mut live = app.follow();
    let mut stopping = pin!(app.stopping());
    let mut kept: Vec<Kept> = Vec::new();
    loop {
        let datasources = live.borrow_and_update().datasources.clone();
        let wanted: Vec<Arc<Logs>> = (datasources.iter())
            .filter_map(|it| it.logs.clone())
            .collect();
        let is_wanted = |it: &Kept| wanted.iter().any(|other| Arc::ptr_eq(other, &it.logs));
        let (going_on, ending) = kept.into_iter().partition(is_wanted);
        kept = going_on;
        end(ending).await;
        for logs in wanted {
            if !kept.iter().any(|it| Arc::ptr_eq(&it.logs, &logs)) {
                kept.push(Kept::start(logs));
            }
        }
        tokio::select! {
            changed = live.changed() => if changed.is_err() {
                break;
            },
            () = &mut stopping => break,
        }
    }
    end(kept).await;
}

/// One that is kept going.
struct Kept {
    logs: Arc<Logs>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Kept {
    fn start(logs: Arc<Logs>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(logs.clone().keep(stopped));
        Self { logs, stop, task }
    }
}

async fn end(ending: Vec<Kept>) {
    for it in &ending {
        it.stop.send_replace(true);
    }
    for it in ending {
        if let Err(error) = it.task.await {
            tracing::error!(%error, "a log directory was not left in order");
        }
    }
}
