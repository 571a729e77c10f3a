//! From configured datasources to ones that can be asked. One whose configuration did not
//! change stays connected as it is, with its connections, its cache and what its Lethe learned.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use lethe::Lethe;
use venti_model::api::datasources::Datasource as WireDatasource;

use super::{Datasource, Registry};
use crate::app::Clock;
use crate::config::{DatasourceConfig, Datasources, Location};
use crate::upstream::{Client, ClientError, Upstream};

/// Connects datasources, and remembers which it connected last.
#[derive(Debug)]
pub(crate) struct Connector {
    clock: Clock,
    connected: Vec<Connected>,
}

#[derive(Debug)]
struct Connected {
    config: DatasourceConfig,
    timeout: Duration,
    upstream: Upstream,
}

impl Connector {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            connected: Vec::new(),
        }
    }

    /// A registry of these datasources. Nothing is contacted yet.
    pub(crate) fn connect(&mut self, config: &Datasources) -> Result<Registry, ClientError> {
        let timeout = config.query_timeout;
        let mut connected = Vec::new();
        let mut client = None;
        for entry in &config.entries {
            let upstream = match self.unchanged(entry, timeout) {
                Some(upstream) => upstream,
                None => self.upstream(entry, config, &mut client)?,
            };
            connected.push(Connected {
                config: entry.clone(),
                timeout,
                upstream,
            });
        }
        self.connected = connected;
        let datasource = |it: &Connected| Datasource {
            info: info(&it.config),
            upstream: it.upstream.clone(),
        };
        Ok(Registry::new(
            self.connected.iter().map(datasource).collect(),
        ))
    }

    /// The upstream of an entry that differs from an earlier one in nothing that decides how it
    /// is asked.
    fn unchanged(&self, entry: &DatasourceConfig, timeout: Duration) -> Option<Upstream> {
        let same = |it: &&Connected| {
            let is_main = entry.is_main;
            let before = DatasourceConfig {
                is_main,
                ..it.config.clone()
            };
            it.timeout == timeout && before == *entry
        };
        let found = self.connected.iter().find(same)?;
        Some(found.upstream.clone())
    }

    fn upstream(
        &self,
        entry: &DatasourceConfig,
        config: &Datasources,
        client: &mut Option<Client>,
    ) -> Result<Upstream, ClientError> {
        let timeout = config.query_timeout;
        Ok(match &entry.location {
            Location::Http { url, credentials } => {
                let client = match client {
                    Some(client) => client.clone(),
                    None => client.insert(Client::new(uses_tls(config))?).clone(),
                };
                Upstream::http(
                    &entry.name,
                    timeout,
                    client,
                    url.clone(),
                    credentials.clone(),
                )
            }
            Location::InProcess { path } => {
                Upstream::in_process(&entry.name, timeout, lethe_over(path, timeout, self.clock))
            }
        })
    }
}

fn uses_tls(config: &Datasources) -> bool {
    config.entries.iter().any(|it| match &it.location {
        Location::Http { url, .. } => url.scheme() == "https",
        Location::InProcess { .. } => false,
    })
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
