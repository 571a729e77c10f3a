//! Starts what takes in lines, and ends it without losing any.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::config::{Config, ListenAddress, Sources, TailSource};
use crate::http::push_router;

use super::forward::{SecretsError, security};
use super::{Counters, Ended, Ingest, follow, forward, host_name, journal};

/// How long what is under way may take once stopping is asked for. Clients that
/// follow lines would stay for ever.
pub(crate) const DRAIN: Duration = Duration::from_secs(10);

/// Why lines cannot be taken in.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be written to.
    #[error("cannot write below {}: {error}", path.display())]
    Directory {
        /// The data directory.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Nobody can connect there.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// Where.
        address: ListenAddress,
        /// What the system says.
        error: io::Error,
    },
    /// It cannot be known who may send.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
}

/// All that takes in lines. Nothing of it runs unless the configuration asks.
pub struct Ingestion {
    running: Option<(Ingest, Ended)>,
    tasks: JoinSet<()>,
}

impl Ingestion {
    /// Starts what the configuration names, until `stop` says so.
    pub async fn start(
        config: &Config,
        stop: &watch::Receiver<bool>,
    ) -> Result<Ingestion, StartError> {
        let mut tasks = JoinSet::new();
        let (root, sources) = (&config.log_data_path, &config.sources);
        if *sources == Sources::default() {
            return Ok(Ingestion {
                running: None,
                tasks,
            });
        }
        let opened = Ingest::open(root, Arc::new(|| SystemTime::now().into()));
        let (ingest, ended) = opened.map_err(|error| StartError::Directory {
            path: root.clone(),
            error,
        })?;
        if let Some(address) = &sources.forward_address {
            let security = security(sources)?;
            let fault = |error| StartError::Listen {
                address: address.clone(),
                error,
            };
            let listener = address.bind().await.map_err(fault)?;
            let address = listener.local_addr().map_err(fault)?;
            tracing::info!(%address, has_key = security.is_some(), "taking lines over forward");
            match UdpSocket::bind(address).await {
                Ok(socket) => {
                    tasks.spawn(until(stop.clone(), forward::answer_heartbeats(socket)));
                }
                // Only old senders need it.
                Err(error) => tracing::warn!(%error, "no forward heartbeats over UDP"),
            }
            tasks.spawn(forward::serve(
                listener,
                ingest.clone(),
                security,
                stop.clone(),
            ));
        }
        if sources.journal {
            let (root, ingest, stop) = (root.clone(), ingest.clone(), stop.clone());
            tasks.spawn(async move { journal::follow(&root, &host_name(), ingest, stop).await });
        }
        if !sources.tail.is_empty() {
            let files = sources.tail.iter().map(source).collect();
            let (ingest, stop) = (ingest.clone(), stop.clone());
            tasks.spawn(follow::follow(root.clone(), files, ingest, stop));
        }
        Ok(Ingestion {
            running: Some((ingest, ended)),
            tasks,
        })
    }

    /// What was taken in, if anything can be.
    pub fn counters(&self) -> Option<Arc<Counters>> {
        let (ingest, _) = self.running.as_ref()?;
        Some(Arc::clone(ingest.counters()))
    }

    /// The URLs through which lines come in, if there are to be any.
    pub fn router(&self, config: &Config) -> Router {
        match &self.running {
            Some((ingest, _)) if config.sources.push => push_router(ingest.clone()),
            _ => Router::new(),
        }
    }

    /// Returns once everything that was taken over is on disk, or has had long
    /// enough. `stop` must have been said.
    pub async fn end(mut self) {
        let written = async {
            while self.tasks.join_next().await.is_some() {}
            if let Some((ingest, ended)) = self.running {
                drop(ingest);
                ended.wait().await;
            }
        };
        if timeout(DRAIN, written).await.is_err() {
            tracing::warn!("lines that are still under way after {DRAIN:?} are given up");
        }
    }
}

async fn until(mut stop: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = work => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

fn source(tail: &TailSource) -> follow::Source {
    follow::Source {
        pattern: tail.path.clone(),
        node: tail.node.clone().unwrap_or_else(host_name),
        process: tail.process.clone(),
    }
}
