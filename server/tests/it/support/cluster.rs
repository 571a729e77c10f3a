//! An API server of Kubernetes that knows services alone, and fails as a test wants.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::Listener;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::app::PATIENCE;

/// What a kubeconfig must hold to be let in.
pub(crate) const TOKEN: &str = "open-sesame";

/// A running API server; it stops with this value.
pub(crate) struct FakeCluster {
    pub(crate) url: String,
    state: Arc<Fake>,
    serving: JoinHandle<()>,
}

struct Fake {
    services: Mutex<Services>,
    /// Each request: `list`, `list after <key>`, `watch <version>`.
    asked: watch::Sender<Vec<String>>,
}

#[derive(Default)]
struct Services {
    version: u64,
    by_key: BTreeMap<String, Value>,
    /// What a watch is told, by version, from `oldest` on.
    events: Vec<(u64, String)>,
    oldest: u64,
    expired_as: Expired,
    refused: Option<&'static str>,
    watchers: Vec<mpsc::UnboundedSender<io::Result<Bytes>>>,
}

/// How a watch is told that its version is too old.
#[derive(Clone, Copy, Default)]
pub(crate) enum Expired {
    #[default]
    AsEvent,
    AsStatus,
}

impl FakeCluster {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self::over(url, listener)
    }

    /// Serves what connects to a listener that is reached at `url`.
    pub(crate) fn over<L>(url: String, listener: L) -> Self
    where
        L: Listener,
        L::Addr: std::fmt::Debug,
    {
        let state = Arc::new(Fake {
            services: Mutex::default(),
            asked: watch::Sender::default(),
        });
        let router = Router::new().route("/api/v1/services", get(answer));
        let router = router.with_state(state.clone());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            url,
            state,
            serving,
        }
    }

    /// A kubeconfig that leads here, with further lines about the cluster.
    pub(crate) fn kubeconfig(&self, cluster: &str) -> String {
        kubeconfig(&self.url, TOKEN, cluster)
    }

    /// Adds or changes a service.
    pub(crate) fn apply(&self, service: &Value) {
        let mut services = self.state.services();
        let key = key(service);
        let known = services.by_key.contains_key(&key);
        let service = services.changed(if known { "MODIFIED" } else { "ADDED" }, service);
        services.by_key.insert(key, service);
    }

    pub(crate) fn delete(&self, service: &Value) {
        let mut services = self.state.services();
        services.by_key.remove(&key(service));
        services.changed("DELETED", service);
    }

    /// Tells the watches a version and nothing else; gives it back.
    pub(crate) fn bookmark(&self) -> u64 {
        let mut services = self.state.services();
        let service = json!({"kind": "Service", "apiVersion": "v1", "metadata": {}});
        services.changed("BOOKMARK", &service);
        // Nobody who asks for earlier events is told this one.
        services.events.pop();
        services.version
    }

    /// Tells the watches that something went wrong.
    pub(crate) fn fail(&self, code: u16) {
        let line = event("ERROR", &status(code, "something went wrong"));
        self.state.services().send(&line);
    }

    /// Ends the watches as an API server does after some minutes.
    pub(crate) fn end_watches(&self) {
        self.state.services().watchers.clear();
    }

    /// Breaks the connections of the watches.
    pub(crate) fn cut_watches(&self) {
        for watcher in self.state.services().watchers.drain(..) {
            let _ = watcher.send(Err(io::Error::other("cut")));
        }
    }

    /// Ends the watches, and forgets what happened so far.
    pub(crate) fn expire(&self, expired_as: Expired) {
        let mut services = self.state.services();
        services.watchers.clear();
        services.events.clear();
        services.version += 1;
        services.oldest = services.version;
        services.expired_as = expired_as;
    }

    /// Refuses `list` or `watch`, or none of them.
    pub(crate) fn refuse(&self, verb: Option<&'static str>) {
        self.state.services().refused = verb;
    }

    /// Resolves once what was asked is as wanted, and gives it back.
    pub(crate) async fn asked(&self, wanted: impl Fn(&[String]) -> bool) -> Vec<String> {
        let mut asked = self.state.asked.subscribe();
        let asked = timeout(PATIENCE, asked.wait_for(|it| wanted(it))).await;
        asked.unwrap().unwrap().clone()
    }

    /// Resolves once nobody watches any more.
    pub(crate) async fn unwatched(&self) {
        let watchers = self.state.services().watchers.clone();
        for watcher in watchers {
            timeout(PATIENCE, watcher.closed()).await.unwrap();
        }
    }
}

impl Drop for FakeCluster {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Fake {
    fn services(&self) -> MutexGuard<'_, Services> {
        self.services.lock().unwrap()
    }
}

impl Services {
    /// Tells of a change, and gives the service with its new version.
    fn changed(&mut self, kind: &str, service: &Value) -> Value {
        self.version += 1;
        let mut service = service.clone();
        service["metadata"]["resourceVersion"] = self.version.to_string().into();
        let line = event(kind, &service);
        self.send(&line);
        self.events.push((self.version, line));
        service
    }

    fn send(&self, line: &str) {
        for watcher in &self.watchers {
            let _ = watcher.send(Ok(line.to_owned().into()));
        }
    }
}

async fn answer(
    State(fake): State<Arc<Fake>>,
    Query(parameters): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let text = |name: &str| parameters.get(name).map_or("", String::as_str);
    let verb = match text("watch") {
        "true" => "watch",
        _ => "list",
    };
    let asked = match (verb, text("continue")) {
        ("watch", _) => format!("watch {}", text("resourceVersion")),
        (_, "") => "list".to_owned(),
        (_, key) => format!("list after {key}"),
    };
    let mut services = fake.services();
    let response = if headers
        .get(header::AUTHORIZATION)
        .is_none_or(|it| it != &format!("Bearer {TOKEN}"))
    {
        refusal(401, "Unauthorized")
    } else if services.refused == Some(verb) {
        refusal(
            403,
            &format!("services is forbidden: User \"venti\" cannot {verb} resource"),
        )
    } else if verb == "watch" {
        services.watch(
            text("resourceVersion").parse().unwrap(),
            text("allowWatchBookmarks"),
        )
    } else {
        services.list(text("continue"), text("limit").parse().unwrap())
    };
    drop(services);
    fake.asked.send_modify(|it| it.push(asked));
    response
}

impl Services {
    fn list(&self, after: &str, limit: usize) -> Response {
        let mut rest = self.by_key.iter().filter(|(key, _)| key.as_str() > after);
        let page: Vec<_> = rest.by_ref().take(limit).collect();
        let next = match (page.last(), rest.next()) {
            (Some((key, _)), Some(_)) => key.as_str(),
            _ => "",
        };
        let items: Vec<_> = page.iter().map(|(_, service)| service).collect();
        let metadata = json!({"resourceVersion": self.version.to_string(), "continue": next});
        json_of(
            &json!({"kind": "ServiceList", "apiVersion": "v1", "metadata": metadata, "items": items}),
        )
    }

    fn watch(&mut self, version: u64, bookmarks: &str) -> Response {
        assert_eq!(bookmarks, "true");
        if version < self.oldest {
            let gone = "too old resource version";
            return match self.expired_as {
                Expired::AsStatus => refusal(410, gone),
                Expired::AsEvent => event("ERROR", &status(410, gone)).into_response(),
            };
        }
        let (watcher, lines) = mpsc::unbounded_channel();
        for (_, line) in self.events.iter().filter(|(it, _)| *it > version) {
            let _ = watcher.send(Ok(line.clone().into()));
        }
        self.watchers.push(watcher);
        let lines = stream::unfold(lines, |mut lines| async move {
            Some((lines.recv().await?, lines))
        });
        (
            [(header::CONTENT_TYPE, "application/json")],
            Body::from_stream(lines),
        )
            .into_response()
    }
}

/// A service, which is a datasource of a type unless that is empty.
pub(crate) fn service(namespace: &str, name: &str, kind: &str) -> Value {
    let mut metadata = json!({"namespace": namespace, "name": name, "uid": "1"});
    if !kind.is_empty() {
        metadata["annotations"] = json!({"kuoss.org/datasource-type": kind});
    }
    let ports =
        json!([{"name": "grpc", "port": 1}, {"name": "http", "port": 9090, "targetPort": "web"}]);
    json!({
        "kind": "Service",
        "apiVersion": "v1",
        "metadata": metadata,
        "spec": {"type": "ClusterIP", "clusterIP": "10.0.0.1", "ports": ports},
        "status": {"loadBalancer": {}},
    })
}

/// The kubeconfig of somebody who has this token.
pub(crate) fn kubeconfig(url: &str, token: &str, cluster: &str) -> String {
    format!(
        "apiVersion: v1
kind: Config
current-context: test
contexts: [{{name: test, context: {{cluster: test, user: test}}}}]
users: [{{name: test, user: {{token: {token}}}}}]
clusters:
- name: test
  cluster:
    server: {url}
{cluster}"
    )
}

fn key(service: &Value) -> String {
    let text = |key: &str| service["metadata"][key].as_str().unwrap();
    format!("{}/{}", text("namespace"), text("name"))
}

fn event(kind: &str, object: &Value) -> String {
    format!("{}\n", json!({"type": kind, "object": object}))
}

fn status(code: u16, message: &str) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {},
        "status": "Failure", "message": message, "reason": "Test", "code": code,
    })
}

fn refusal(code: u16, message: &str) -> Response {
    let body = json_of(&status(code, message));
    (StatusCode::from_u16(code).unwrap(), body).into_response()
}

fn json_of(value: &Value) -> Response {
    let body = value.to_string();
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
