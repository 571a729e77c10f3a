//! Starts what takes in lines, and ends it without losing any.

use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Context;
use axum::Router;
use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::config::{Config, Sources, TailSource};
use crate::http::push_router;
use crate::ingest::{Counters, Ended, Ingest, follow, forward, host_name, journal};

use super::secrets::security;
use super::serve::{DRAIN, bind};

/// All that takes in lines. Nothing of it runs unless the configuration asks.
pub struct Ingestion {
    running: Option<(Ingest, Ended)>,
    tasks: JoinSet<()>,
}

impl Ingestion {
    /// Starts what the configuration names, until `stop` says so.
    pub async fn start(config: &Config, stop: &watch::Receiver<bool>) -> anyhow::Result<Ingestion> {
        let mut tasks = JoinSet::new();
        let (root, sources) = (&config.log_data_path, &config.sources);
        if *sources == Sources::default() {
            return Ok(Ingestion {
                running: None,
                tasks,
            });
        }
        let (ingest, ended) = Ingest::open(root, Arc::new(|| SystemTime::now().into()))
            .with_context(|| format!("cannot write below {}", root.display()))?;
        if let Some(address) = &sources.forward_address {
            let security = security(sources)?;
            let listener = bind(address)
                .await
                .with_context(|| format!("cannot listen on {address}"))?;
            let address = listener.local_addr()?;
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
