//! From configured and discovered datasources to ones that can be asked. One that did not change
//! stays connected as it is, with its connections, its cache and what its Lethe learned.

use std::sync::Arc;

use venti_model::api::datasources::{Datasource as WireDatasource, DatasourceType};

use super::{Datasource, HealthRecord, Logs, Registry, choose_main};
use crate::app::Clock;
use crate::config::{Connection, DatasourceConfig, Location};
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
    logs: Option<Arc<Logs>>,
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
            let Some(it) = self.unchanged(&entry) else {
                return self.anew(entry);
            };
            Connected {
                upstream: it.upstream.clone(),
                health: it.health.clone(),
                logs: it.logs.clone(),
                config: entry,
            }
        };
        self.connected = entries.into_iter().map(connect).collect();
        let datasource = |it: &Connected| Datasource {
            info: info(&it.config),
            upstream: it.upstream.clone(),
            health: it.health.clone(),
            logs: it.logs.clone(),
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

    fn anew(&self, entry: DatasourceConfig) -> Connected {
        let (upstream, logs) = match &entry.location {
            Location::Http(connection) => (self.over_http(&entry, connection), None),
            Location::InProcess(config) => {
                let logs = Arc::new(Logs::open((**config).clone(), self.clock));
                let upstream = Upstream::in_process(&entry.name, entry.limits, logs.router());
                (upstream, Some(logs))
            }
        };
        Connected {
            config: entry,
            upstream,
            health: HealthRecord::default(),
            logs,
        }
    }

    fn over_http(&self, entry: &DatasourceConfig, connection: &Connection) -> Upstream {
        let (name, limits) = (&entry.name, entry.limits);
        let connection = connection.clone();
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
}

/// What the browser may see of configured datasources, before they are connected.
pub(crate) fn infos(entries: &[DatasourceConfig]) -> Vec<WireDatasource> {
    let mut infos: Vec<WireDatasource> = entries.iter().map(info).collect();
    choose_main(infos.iter_mut().collect());
    infos
}

/// What the browser may see: no credentials, and no path of the server's disk.
fn info(config: &DatasourceConfig) -> WireDatasource {
    let url = match &config.location {
        Location::Http(it) => it.url.as_str().trim_end_matches('/').to_owned(),
        Location::InProcess(_) => String::new(),
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
