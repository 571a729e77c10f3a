//! Datasources found in the cluster: services that an annotation, or their name, makes one.
//!
//! [`run`] follows the configuration: while it asks for discovery, `follow` lists the services of
//! all namespaces once, watches them from there on, and hands what was `Found` to the app, which
//! puts it beside what is configured. `rules` decide about one service, `cluster` knows the API
//! server, `trouble` why it does not answer.
//!
//! It needs a ClusterRole that may `get`, `list` and `watch` services, and nothing else. What was
//! found stays while the API server is away. Annotations are written by whoever may write
//! services: they can name themselves and nothing else, since a discovered datasource is asked
//! without credentials and one from the file keeps its name.

mod cluster;
mod follow;
mod rules;
mod trouble;

use std::collections::BTreeSet;

use venti_model::status::{ConfigFault, Severity};

use crate::App;
use crate::config::{
    Connection, Credentials, DatasourceConfig, Datasources, Limits, Location, LogFields, Tls,
};

pub use cluster::Cluster;
use rules::Discovered;

/// Looks after the datasources of the cluster, as each configuration wants it, until dropped.
pub async fn run(app: App, cluster: Cluster) {
    let mut live = app.follow();
    loop {
        let rules = live
            .borrow_and_update()
            .config
            .datasources
            .discovery
            .clone();
        let others_hold = live.wait_for(|it| it.config.datasources.discovery != rules);
        let others_hold = async { others_hold.await.is_ok() };
        let followed = async {
            match &rules {
                Some(rules) => follow::follow(&app, &cluster, rules).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = followed => {}
            is_running = others_hold => if !is_running {
                return;
            }
        }
    }
}

/// What is known of the cluster's datasources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// By namespace and name of their services; `None` before there was a first answer.
    datasources: Option<Vec<Discovered>>,
    faults: Vec<ConfigFault>,
}

impl Found {
    /// The same, with the datasources of before as long as it knows none itself.
    pub(crate) fn or_before(self, before: &Self) -> Self {
        Self {
            datasources: self.datasources.or_else(|| before.datasources.clone()),
            faults: self.faults,
        }
    }

    /// What joins the configured datasources, and all that is wrong. A name belongs to the
    /// configured one.
    pub(crate) fn beside(&self, config: &Datasources) -> (Vec<DatasourceConfig>, Vec<ConfigFault>) {
        let names: BTreeSet<&str> = config.entries.iter().map(|it| it.name.as_str()).collect();
        let found = self.datasources.iter().flatten();
        let (taken, free): (Vec<_>, Vec<_>) =
            found.partition(|it| names.contains(it.name.as_str()));
        let entries = free.into_iter().map(|it| entry(it, config)).collect();
        let clashes = taken.into_iter().map(|it| {
            let name = &it.name;
            warning(format!(
                "a discovered datasource is named `{name}` as a configured one, and left out"
            ))
        });
        (
            entries,
            self.faults.iter().cloned().chain(clashes).collect(),
        )
    }
}

fn entry(found: &Discovered, config: &Datasources) -> DatasourceConfig {
    let connection = Connection {
        url: found.url.clone(),
        credentials: Credentials::None,
        headers: Vec::new(),
        proxy: None,
        tls: Tls::default(),
    };
    DatasourceConfig {
        name: found.name.clone(),
        kind: found.kind,
        location: Location::Http(Box::new(connection)),
        limits: Limits {
            timeout: config.query_timeout,
            ..Limits::default()
        },
        fields: LogFields::default(),
        is_main: found.is_main,
        is_discovered: true,
    }
}

/// What is wrong with discovery as a whole is told where it is switched on.
fn error(message: String) -> ConfigFault {
    ConfigFault::of_file("datasources.yml", format!("discovery: {message}"))
}

fn warning(message: String) -> ConfigFault {
    ConfigFault {
        severity: Severity::Warning,
        ..error(message)
    }
}
