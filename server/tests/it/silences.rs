//! Silences through to Alertmanagers: scripted ones that know silences, and a real one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use venti_server::auth::TokenHash;

use crate::support::TestApp;

/// An Alertmanager that knows silences and nothing else. Those of a cluster share them.
pub(crate) struct FakeAlertmanager {
    pub(crate) url: String,
    pub(crate) state: Arc<Cluster>,
    serving: JoinHandle<()>,
}

/// What all of a cluster know.
#[derive(Default)]
pub(crate) struct Cluster {
    names: Mutex<Vec<String>>,
    pub(crate) silences: Mutex<BTreeMap<String, Value>>,
    /// Alerts as they are listed.
    pub(crate) alerts: Mutex<Vec<Value>>,
    /// How many silences were posted.
    posted: Mutex<usize>,
}

impl FakeAlertmanager {
    pub(crate) async fn start(cluster: &Arc<Cluster>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        cluster.names.lock().unwrap().push(address.clone());
        let name = address.clone();
        let status = move |State(it): State<Arc<Cluster>>| async move {
            let peer = |it: &String| json!({"name": it, "address": it});
            let peers: Vec<Value> = it.names.lock().unwrap().iter().map(peer).collect();
            Json(json!({"cluster": {"name": name, "status": "ready", "peers": peers}}))
        };
        let router = Router::new()
            .route("/api/v2/status", get(status))
            .route("/api/v2/silences", get(list).post(create))
            .route("/api/v2/silence/{id}", get(one).delete(expire))
            .route("/api/v2/alerts", get(alerts).post(StatusCode::OK))
            .with_state(cluster.clone());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            url: format!("http://{address}"),
            state: cluster.clone(),
            serving,
        }
    }
}

impl Drop for FakeAlertmanager {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn list(State(cluster): State<Arc<Cluster>>) -> Json<Value> {
    Json(cluster.silences.lock().unwrap().values().cloned().collect())
}

async fn alerts(State(cluster): State<Arc<Cluster>>) -> Json<Value> {
    Json(cluster.alerts.lock().unwrap().iter().cloned().collect())
}

async fn create(
    State(cluster): State<Arc<Cluster>>,
    Json(mut silence): Json<Value>,
) -> Json<Value> {
    let mut posted = cluster.posted.lock().unwrap();
    *posted += 1;
    let first = cluster.names.lock().unwrap()[0].clone();
    // Different ones in different clusters.
    let port: u16 = first.rsplit(':').next().unwrap().parse().unwrap();
    let id = format!("{port:08x}-0000-4000-8000-{:012x}", *posted);
    silence["id"] = json!(id);
    silence["status"] = json!({"state": "active"});
    silence["updatedAt"] = silence["startsAt"].clone();
    cluster.silences.lock().unwrap().insert(id.clone(), silence);
    Json(json!({"silenceID": id}))
}

async fn one(
    State(cluster): State<Arc<Cluster>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, StatusCode> {
    let silences = cluster.silences.lock().unwrap();
    silences
        .get(&id)
        .cloned()
        .map(Json)
        .ok_or(StatusCode::NOT_FOUND)
}

async fn expire(State(cluster): State<Arc<Cluster>>, Path(id): Path<String>) -> StatusCode {
    match cluster.silences.lock().unwrap().get_mut(&id) {
        Some(silence) if silence["status"]["state"] == "active" => {
            silence["status"]["state"] = json!("expired");
            StatusCode::OK
        }
        // As Debian's answers for one that is over.
        Some(_) => StatusCode::INTERNAL_SERVER_ERROR,
        None => StatusCode::NOT_FOUND,
    }
}

const ADMIN: &str = "venti_admin";

/// A server with these Alertmanagers, an administrator, and everybody as a viewer.
async fn start(targets: &[&str]) -> TestApp {
    let users = format!(
        "users: []\ntokens:\n- name: root\n  hash: {}\n  isAdmin: true\n",
        TokenHash::of(ADMIN)
    );
    let alerting = format!(
        "alerting:\n  alertmanagers:\n  - static_configs: [{{targets: [{}]}}]\n",
        targets.join(", ")
    );
    TestApp::start(&[("etc/users.yml", &users), ("etc/alerting.yml", &alerting)]).await
}

/// A silence of an hour; the server believes it to be 2023.
fn silence() -> Value {
    json!({
        "matchers": [{"name": "alertname", "value": "Down"}],
        "endsAt": "2023-11-15T00:00:00Z",
        "comment": "a new disk",
    })
}

async fn post(app: &TestApp, body: &Value) -> (u16, Value) {
    let request = app.client.post(app.url("/api/v1/silences"));
    let request = request.header("authorization", format!("Bearer {ADMIN}"));
    answer(request.body(body.to_string())).await
}

async fn delete(app: &TestApp, id: &str) -> (u16, Value) {
    let request = app
        .client
        .delete(app.url(&format!("/api/v1/silences/{id}")));
    answer(request.header("authorization", format!("Bearer {ADMIN}"))).await
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (
        status,
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap(),
    )
}

#[tokio::test]
async fn each_cluster_is_told_once() {
    let (cluster, other) = (Arc::default(), Arc::default());
    let a = FakeAlertmanager::start(&cluster).await;
    let b = FakeAlertmanager::start(&cluster).await;
    let c = FakeAlertmanager::start(&other).await;
    let app = start(&[&a.url, &b.url, &c.url]).await;
    let (status, body) = post(&app, &silence()).await;
    assert_eq!(status, 200, "{body}");
    let done = body["data"]["done"].as_array().unwrap();
    assert_eq!(done.len(), 2, "{body}");
    assert_eq!(done[0]["alertmanager"], *a.url);
    assert_eq!(done[1]["alertmanager"], *c.url);
    for state in [&a.state, &c.state] {
        assert_eq!(*state.posted.lock().unwrap(), 1);
    }
    let (_, listed) = app.json("/api/v1/silences").await;
    let silences = listed["data"]["silences"].as_array().unwrap();
    assert_eq!(silences.len(), 2, "{listed}");
    let of = |id: &Value| silences.iter().find(|it| it["id"] == *id).unwrap();
    let first = of(&done[0]["id"]);
    assert_eq!(first["alertmanagers"], json!([a.url, b.url]));
    assert_eq!(first["createdBy"], "root");
    assert_eq!(first["startsAt"], "2023-11-14T22:13:20.250Z");
    assert_eq!(first["matchers"][0]["isEqual"], true);
    assert_eq!(of(&done[1]["id"])["alertmanagers"], json!([c.url]));

    let id = done[0]["id"].as_str().unwrap();
    let (status, body) = delete(&app, id).await;
    assert_eq!(
        (status, body["data"]["done"].as_array().unwrap().len()),
        (200, 1),
        "{body}"
    );
    let (_, listed) = app.json("/api/v1/silences").await;
    let states: Vec<&Value> = (listed["data"]["silences"].as_array().unwrap().iter())
        .map(|it| &it["state"])
        .collect();
    assert_eq!(states, ["active", "expired"]);
    // What is over stays over.
    assert_eq!(delete(&app, id).await.0, 200);
}

#[tokio::test]
async fn one_that_does_not_answer_is_named_and_the_others_serve() {
    let cluster = Arc::default();
    let a = FakeAlertmanager::start(&cluster).await;
    let gone = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let app = start(&[&gone, &a.url]).await;
    let (status, body) = post(&app, &silence()).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["data"]["done"][0]["alertmanager"], *a.url);
    assert_eq!(body["data"]["failures"][0]["alertmanager"], *gone);
    let (_, listed) = app.json("/api/v1/silences").await;
    assert_eq!(listed["data"]["silences"].as_array().unwrap().len(), 1);
    assert_eq!(listed["data"]["failures"][0]["alertmanager"], *gone);

    let alone = start(&[&gone]).await;
    let (status, body) = post(&alone, &silence()).await;
    assert_eq!((status, &body["errorType"]), (502, &json!("unavailable")));
    assert!(body["error"].as_str().unwrap().contains(&gone), "{body}");
}

#[tokio::test]
async fn only_administrators_act_and_only_with_sense() {
    let a = FakeAlertmanager::start(&Arc::default()).await;
    let app = start(&[&a.url]).await;
    let viewer = app.client.post(app.url("/api/v1/silences"));
    assert_eq!(answer(viewer.body(silence().to_string())).await.0, 403);
    let id = "00000000-0000-4000-8000-000000000000";
    let viewer = app
        .client
        .delete(app.url(&format!("/api/v1/silences/{id}")));
    assert_eq!(answer(viewer).await.0, 403);
    let with = |key: &str, value: Value| {
        let mut silence = silence();
        silence[key] = value;
        silence
    };
    for (body, expected) in [
        (json!([]), "the body is no silence:"),
        (
            with("matchers", json!([])),
            "matchers: at least one is needed",
        ),
        (with("endsAt", json!("soon")), "endsAt: `soon` is no time"),
        (with("comment", json!("")), "comment: say why"),
        (with("id", json!("../status")), "id: `../status` is no id"),
    ] {
        let (status, answer) = post(&app, &body).await;
        assert_eq!((status, &answer["errorType"]), (400, &json!("bad_data")));
        assert!(
            answer["error"].as_str().unwrap().contains(expected),
            "{answer}"
        );
    }
    assert_eq!(*a.state.posted.lock().unwrap(), 0);
    assert_eq!(delete(&app, "x").await.0, 400);
    assert_eq!(delete(&app, id).await.0, 404);
    assert_eq!(post(&app, &with("id", json!(id))).await.0, 404);
}

#[tokio::test]
async fn without_an_alertmanager_it_is_told_what_to_do() {
    let app = start(&[]).await;
    let (status, _, text) = app.error("/api/v1/silences").await;
    assert_eq!(status, 404);
    assert!(text.contains("alerting.yml"), "{text}");
    assert_eq!(post(&app, &silence()).await.0, 404);
}

#[tokio::test]
async fn alertmanagers_are_listed_as_prometheus_does() {
    let app = start(&["am-0:9093", "https://am.example/x"]).await;
    let (status, body) = app.json("/api/v1/alertmanagers").await;
    assert_eq!(status, 200);
    let expected = json!({
        "activeAlertmanagers": [
            {"url": "http://am-0:9093/api/v2/alerts"},
            {"url": "https://am.example/x/api/v2/alerts"},
        ],
        "droppedAlertmanagers": [],
    });
    assert_eq!(body["data"], expected);
}
