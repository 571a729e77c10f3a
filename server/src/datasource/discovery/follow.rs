//! One list of all services, and a watch that goes on from it.
//!
//! A watch ends now and then: the API server ends it after some minutes, a connection breaks. It
//! then goes on from the last version that was seen, told by events and by bookmarks, so nothing is
//! missed and nothing listed again. Only when the API server does not know that version any more,
//! or refuses, everything is listed anew. kube's own watcher is not used here: it does not tell
//! that a watch works again, and asks for ever when such a refusal is the answer's status.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use futures_util::TryStreamExt;
use k8s_openapi::api::core::v1::Service;
use kube::Api;
use kube::api::{ListParams, WatchEvent, WatchParams};
use tokio::time::{Instant, sleep, timeout};

use super::rules::{self, Discovered, Unusable};
use super::trouble::Trouble;
use super::{Cluster, Found, error, warning};
use crate::App;
use crate::config::Discovery;
use crate::datasource::health::jittered;

/// Services of one answer to `list`.
const PAGE: u32 = 500;

/// For the head of an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// The API server is asked to end a watch after 290 seconds, so this long a silence is that of a
/// connection that is dead.
const WATCH_TIMEOUT: Duration = Duration::from_secs(300);

/// Tells the app of each change, and of each trouble, until dropped.
pub(super) async fn follow(app: &App, cluster: &Cluster, rules: &Discovery) {
    let mut follower = Follower {
        app,
        rules,
        known: None,
        version: None,
    };
    let mut pause = cluster.shortest_pause;
    loop {
        let began = Instant::now();
        match follower.go_on(cluster).await {
            Ok(()) => {}
            Err(Trouble::Expired) => follower.version = None,
            Err(Trouble::Lost(reason)) => follower.tell(Some(&reason)).await,
            Err(Trouble::Refused(reason)) => {
                follower.version = None;
                follower.tell(Some(&reason)).await;
            }
        }
        if began.elapsed() > cluster.longest_pause {
            pause = cluster.shortest_pause;
        }
        sleep(jittered(pause)).await;
        pause = (pause * 2).min(cluster.longest_pause);
    }
}

/// Namespace and name of a service. Their order is the API server's.
type Key = (String, String);

/// What the rules make of the services that they mean.
type Known = BTreeMap<Key, Result<Discovered, Unusable>>;

struct Follower<'a> {
    app: &'a App,
    rules: &'a Discovery,
    /// `None` before the first list.
    known: Option<Known>,
    /// What was seen of the cluster; `None` when it has to be listed first.
    version: Option<String>,
}

impl Follower<'_> {
    /// Lists if that has to be, and watches until the watch ends.
    async fn go_on(&mut self, cluster: &Cluster) -> Result<(), Trouble> {
        let services = cluster.services().await?;
        let version = match self.version.clone() {
            Some(version) => version,
            None => self.list(&services).await?,
        };
        self.watch(&services, &version).await
    }

    /// Takes all services, page by page, in the place of those before, and gives their version.
    async fn list(&mut self, services: &Api<Service>) -> Result<String, Trouble> {
        let mut known = Known::new();
        let mut parameters = ListParams::default().limit(PAGE);
        loop {
            let page = timeout(ANSWER_TIMEOUT, services.list(&parameters)).await;
            let page = page.map_err(|_| no_answer())?;
            let page = page.map_err(|it| Trouble::of("list", &it))?;
            for service in &page.items {
                update(&mut known, self.rules, service);
            }
            let next = page.metadata.continue_.filter(|it| !it.is_empty());
            if let Some(next) = next {
                parameters = parameters.continue_token(&next);
                continue;
            }
            let version = page.metadata.resource_version.unwrap_or_default();
            self.known = Some(known);
            self.version = Some(version.clone());
            return Ok(version);
        }
    }

    async fn watch(&mut self, services: &Api<Service>, version: &str) -> Result<(), Trouble> {
        let failed = |it: kube::Error| Trouble::of("watch", &it);
        let parameters = WatchParams::default();
        let events = timeout(ANSWER_TIMEOUT, services.watch(&parameters, version)).await;
        let events = events.map_err(|_| no_answer())?.map_err(failed)?;
        let mut events = pin!(events);
        // What was wrong before is not any more.
        self.tell(None).await;
        loop {
            let event = timeout(WATCH_TIMEOUT, events.try_next()).await;
            let event = event.map_err(|_| no_answer())?.map_err(failed)?;
            let known = self.known.get_or_insert_default();
            let (service, has_changed) = match event {
                None => return Ok(()),
                Some(WatchEvent::Added(it) | WatchEvent::Modified(it)) => {
                    let has_changed = update(known, self.rules, &it);
                    (it, has_changed)
                }
                Some(WatchEvent::Deleted(it)) => {
                    let has_changed = known.remove(&key(&it)).is_some();
                    (it, has_changed)
                }
                Some(WatchEvent::Bookmark(it)) => {
                    self.version = Some(it.metadata.resource_version);
                    continue;
                }
                Some(WatchEvent::Error(status)) => {
                    // Going on from the same version would bring the same event.
                    self.version = None;
                    return Err(Trouble::answered("watch", &status));
                }
            };
            self.version = service.metadata.resource_version.or(self.version.take());
            if has_changed {
                self.tell(None).await;
            }
        }
    }

    /// Tells what is known, and what stands in the way of knowing more.
    async fn tell(&self, trouble: Option<&str>) {
        let known = self.known.iter().flatten();
        let unusable = known.filter_map(|((namespace, name), it)| {
            let reason = it.as_ref().err()?;
            let message = format!("service `{name}` of `{namespace}` is left out: {reason}");
            Some(warning(message))
        });
        let trouble = trouble.map(|reason| match self.known {
            None => error(reason.to_owned()),
            Some(_) => warning(format!("{reason}; what was found before stays")),
        });
        let faults = trouble.into_iter().chain(unusable).collect();
        let usable = |known: &Known| known.values().flatten().cloned().collect();
        let datasources = self.known.as_ref().map(usable);
        let found = Found {
            datasources,
            faults,
        };
        self.app.discovered(self.rules, found).await;
    }
}

/// Takes a service as it is now, and tells whether that makes a difference.
fn update(known: &mut Known, rules: &Discovery, service: &Service) -> bool {
    let (key, now) = (key(service), rules::apply(rules, service));
    let before = known.get(&key);
    if before == now.as_ref() {
        return false;
    }
    match now {
        Some(now) => known.insert(key, now),
        None => known.remove(&key),
    };
    true
}

fn key(service: &Service) -> Key {
    let text = |it: &Option<String>| it.clone().unwrap_or_default();
    let metadata = &service.metadata;
    (text(&metadata.namespace), text(&metadata.name))
}

fn no_answer() -> Trouble {
    Trouble::Lost("the API server gives no answer".to_owned())
}
