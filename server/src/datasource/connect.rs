//! From configured and discovered datasources to ones that can be asked. One that did not change
//! stays connected as it is, with its connections, its cache and what its Lethe learned.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use lethe::Lethe;
use venti_model::api::datasources::{Datasource as WireDatasource, DatasourceType};

use super::{Datasource, HealthRecord, Registry};
use crate::app::Clock;
use crate::config::{DatasourceConfig, Location};
use crate::upstream::{Api, Dialect, Upstream};

/// Connects datasources, and remembers which it connected last.
#[derive(Debug)]
pub(crate) struct Connector {
    clock: Clock,
    connected: Vec<Connected>,
}

#[derive(Debug)]
struct Connected {
    config: DatasourceConfig,
    upstream: Upstream,
    health: HealthRecord,
}

impl Connector {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            connected: Vec::new(),
        }
    }

    /// A registry of these datasources, in this order. Nothing is contacted yet.
    pub(crate) fn connect(
        &mut self,
        entries: impl IntoIterator<Item = DatasourceConfig>,
    ) -> Registry {
        let connect = |entry: DatasourceConfig| {
            let (upstream, health) = match self.unchanged(&entry) {
                Some(it) => (it.upstream.clone(), it.health.clone()),
                None => (self.upstream(&entry), HealthRecord::default()),
            };
            Connected {
                config: entry,
                upstream,
                health,
            }
        };
        self.connected = entries.into_iter().map(connect).collect();
        let datasource = |it: &Connected| Datasource {
            info: info(&it.config),
            upstream: it.upstream.clone(),
            health: it.health.clone(),
        };
        Registry::new(self.connected.iter().map(datasource).collect())
    }

    /// What an entry was connected as that differs from it in nothing that decides how it is
    /// asked.
    fn unchanged(&self, entry: &DatasourceConfig) -> Option<&Connected> {
        let same = |it: &&Connected| {
            let is_main = entry.is_main;
            let before = DatasourceConfig {
                is_main,
                ..it.config.clone()
            };
            before == *entry
        };
        self.connected.iter().find(same)
    }

    fn upstream(&self, entry: &DatasourceConfig) -> Upstream {
        match &entry.location {
            Location::Http(connection) => {
                let (name, limits) = (&entry.name, entry.limits);
                let connection = (**connection).clone();
                let api = match entry.kind {
                    DatasourceType::VictoriaLogs => Api::VictoriaLogs,
                    DatasourceType::Loki => Api::Loki,
                    DatasourceType::Prometheus | DatasourceType::Lethe => {
                        return Upstream::http(name, limits, connection);
                    }
                };
                let fields = entry.fields.clone();
                let dialect = Dialect { api, fields };
                Upstream::translated(name, limits, connection, dialect, self.clock)
            }
            Location::InProcess { path } => {
                let lethe = lethe_over(path, entry.limits.timeout, self.clock);
                Upstream::in_process(&entry.name, entry.limits, lethe)
            }
        }
    }
}

/// What the browser may see: no credentials, and no path of the server's disk.
fn info(config: &DatasourceConfig) -> WireDatasource {
    let url = match &config.location {
        Location::Http(it) => it.url.as_str().trim_end_matches('/').to_owned(),
        Location::InProcess { .. } => String::new(),
    };
    WireDatasource {
        kind: config.kind,
        name: config.name.clone(),
        url,
        is_main: config.is_main,
        is_discovered: config.is_discovered,
        health: None,
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
