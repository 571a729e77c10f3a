//! A server whose rules are evaluated at moments that the test chooses, on a datasource whose
//! values it sets.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Form, Router};
use redb::{ReadTransaction, ReadableTableMetadata, TableDefinition, WriteTransaction};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use venti_alert::Timestamp;
use venti_alert::engine::AlertState;
use venti_server::alerting::{self, Moment, Notice, Notifier, Store, Time};

use crate::support::TestApp;

/// All groups of the tests have slots at multiples of this.
pub(crate) const INTERVAL: Duration = Duration::from_secs(10);

/// When every test begins, just before a slot: unix seconds.
pub(crate) const START: f64 = 1_700_000_009.0;

/// A Prometheus that answers what the test sets, by query. What is not set has no samples.
pub(crate) struct FakePrometheus {
    pub(crate) url: String,
    answers: Answers,
    serving: JoinHandle<()>,
}

#[derive(Clone, Default)]
struct Answers {
    set: Arc<Mutex<HashMap<String, Reply>>>,
    changed: Arc<Notify>,
}

/// An answer, and how often it was asked for.
#[derive(Clone)]
struct Reply {
    /// Status, content type and body; nothing for one that is kept waiting.
    answer: Option<(u16, String, String)>,
    asked: u32,
}

impl FakePrometheus {
    pub(crate) async fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap()).await
    }

    pub(crate) async fn start_at(address: SocketAddr) -> Self {
        let answers = Answers::default();
        let router = Router::new().fallback(answer).with_state(answers.clone());
        let listener = TcpListener::bind(address).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            url,
            answers,
            serving,
        }
    }

    /// The samples of a query from now on, each with its labels.
    pub(crate) fn set(&self, query: &str, samples: &[(Value, f64)]) {
        let sample = |(labels, value): &(Value, f64)| json!({"metric": labels, "value": [0, value.to_string()]});
        let samples: Vec<Value> = samples.iter().map(sample).collect();
        let data = json!({"resultType": "vector", "result": samples});
        self.succeed(query, &data);
    }

    /// The values of a query over a range: one series without labels.
    pub(crate) fn set_range(&self, query: &str, values: &[(f64, &str)]) {
        let series = json!([{"metric": {}, "values": values}]);
        let data = json!({"resultType": "matrix", "result": series});
        self.succeed(&past(query), &data);
    }

    fn succeed(&self, query: &str, data: &Value) {
        let answer = json!({"status": "success", "data": data}).to_string();
        self.answer_with(query, 200, JSON, &answer);
    }

    /// The query fails from now on.
    pub(crate) fn fail(&self, query: &str) {
        let error = json!({"status": "error", "errorType": "execution", "error": "out of order"});
        self.answer_with(query, 422, JSON, &error.to_string());
    }

    /// The query has any answer from now on.
    pub(crate) fn answer_with(&self, query: &str, status: u16, kind: &str, text: &str) {
        self.put(query, Some((status, kind.to_owned(), text.to_owned())));
    }

    /// The query has no answer before the test sets one.
    pub(crate) fn keep_waiting(&self, query: &str) {
        self.put(query, None);
    }

    /// Resolves when the query was asked since its answer was set.
    pub(crate) async fn asked(&self, query: &str) {
        loop {
            let changed = self.answers.changed.notified();
            let set = self.answers.get(query);
            if set.is_some_and(|it| it.asked > 0) {
                return;
            }
            changed.await;
        }
    }

    /// Refuses connections from now on, and says where it could be found.
    pub(crate) async fn stop(mut self) -> SocketAddr {
        self.serving.abort();
        let _ = (&mut self.serving).await;
        self.url.strip_prefix("http://").unwrap().parse().unwrap()
    }

    fn put(&self, query: &str, answer: Option<(u16, String, String)>) {
        let mut set = self.answers.set.lock().unwrap();
        set.insert(query.to_owned(), Reply { answer, asked: 0 });
        self.answers.changed.notify_waiters();
    }
}

impl Answers {
    fn get(&self, query: &str) -> Option<Reply> {
        self.set.lock().unwrap().get(query).cloned()
    }

    /// Notes that a query is asked, and gives its answer once there is one.
    async fn ask(&self, query: &str) -> (u16, String, String) {
        if let Some(it) = self.set.lock().unwrap().get_mut(query) {
            it.asked += 1;
        }
        self.changed.notify_waiters();
        loop {
            let changed = self.changed.notified();
            match self.get(query) {
                None => return (200, JSON.to_owned(), EMPTY.to_owned()),
                Some(Reply {
                    answer: Some(it), ..
                }) => return it,
                Some(_) => changed.await,
            }
        }
    }
}

/// What [`FakePrometheus`] calls a query over a range.
pub(crate) fn past(query: &str) -> String {
    format!("the past of {query}")
}

const JSON: &str = "application/json";

const EMPTY: &str = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;

impl Drop for FakePrometheus {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Rules post their queries, with a time.
async fn answer(
    State(answers): State<Answers>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let query = match form.get("time") {
        Some(at) => {
            assert!(at.parse::<f64>().unwrap() >= START - 1.0, "{form:?}");
            form["query"].clone()
        }
        None => past(&form["query"]),
    };
    let (status, kind, text) = answers.ask(&query).await;
    let status = StatusCode::from_u16(status).unwrap();
    // So that one that stops is not asked on a connection that is left over.
    let close = (header::CONNECTION, "close".to_owned());
    (status, [(header::CONTENT_TYPE, kind), close], text).into_response()
}

/// Takes down what people are told, and keeps how much in a table of its own.
#[derive(Debug, Default)]
struct Heard(Mutex<Vec<Notice>>);

const KEPT: TableDefinition<'_, u64, &str> = TableDefinition::new("test_kept");

impl Notifier for Heard {
    fn keep(&self, notices: &[Notice], transaction: &WriteTransaction) -> Result<(), redb::Error> {
        let mut table = transaction.open_table(KEPT)?;
        let count = table.len()?;
        for (notice, key) in notices.iter().zip(count..) {
            table.insert(key, notice.rule.name.as_str())?;
        }
        Ok(())
    }

    fn notify(&self, notices: Vec<Notice>) {
        self.0.lock().unwrap().extend(notices);
    }
}

/// A server that evaluates.
pub(crate) struct Evaluation {
    pub(crate) app: TestApp,
    time: watch::Sender<Moment>,
    heard: Arc<Heard>,
    store: Option<Store>,
    running: JoinHandle<()>,
}

impl Evaluation {
    /// Over these files, from [`START`] on.
    pub(crate) async fn start(files: &[(&str, &str)]) -> Self {
        let app = TestApp::start(files).await;
        Self::of(app, START).await
    }

    /// Over what an earlier one left, at a time in unix seconds.
    pub(crate) async fn start_again(dir: TempDir, now: f64) -> Self {
        Self::of(TestApp::start_in(dir).await, now).await
    }

    async fn of(app: TestApp, now: f64) -> Self {
        let time = watch::Sender::new(Moment {
            wall: Timestamp::from_seconds(now),
            run: Duration::ZERO,
        });
        let heard = Arc::<Heard>::default();
        let store = alerting::open_store(&app.app);
        let running = tokio::spawn(alerting::run(
            app.app.clone(),
            Time::Manual(time.subscribe()),
            store.clone(),
            Some(heard.clone()),
        ));
        let evaluation = Self {
            app,
            time,
            heard,
            store,
            running,
        };
        evaluation.until_groups_run().await;
        evaluation
    }

    /// Reads other files, and resolves when groups are as they say.
    pub(crate) async fn reload_with(&self, files: &[(&str, &str)]) {
        self.app.reload_with(files).await;
        self.until_groups_run().await;
    }

    /// As many rules are listed as are configured.
    async fn until_groups_run(&self) {
        let live = self.app.app.live();
        let files = live.config.rules.iter();
        let names: Vec<String> = files
            .flat_map(|it| &it.groups)
            .flat_map(|it| it.alerts().map(|it| it.name.clone()))
            .collect();
        self.app
            .until(async || {
                let rules = self.rules().await;
                let listed: Vec<&str> = rules
                    .iter()
                    .filter(|it| it["type"] == "alerting")
                    .map(|it| it["name"].as_str().unwrap())
                    .filter(|it| *it != "RuleEvaluationFailing")
                    .collect();
                listed == names
            })
            .await;
    }

    /// Lets one interval pass, and resolves when all groups are evaluated for the slot in it.
    pub(crate) async fn tick(&self) {
        self.pass(INTERVAL, INTERVAL);
        let slot = self.slot();
        self.app
            .until(async || {
                let (_, body) = self.app.json("/api/v1/rules").await;
                let groups = body["data"]["groups"].as_array().unwrap();
                let of_interval = |it: &&Value| it["interval"] == INTERVAL.as_secs_f64();
                let mut groups = groups.iter().filter(of_interval);
                groups.all(|it| it["lastEvaluation"] == slot.as_str())
            })
            .await;
    }

    /// The last slot that has come.
    fn slot(&self) -> String {
        let interval = i64::try_from(INTERVAL.as_nanos()).unwrap();
        let now = self.time.borrow().wall.nanos();
        Timestamp::from_nanos(now - now.rem_euclid(interval)).to_rfc3339()
    }

    /// Lets the two clocks go on by different lengths.
    pub(crate) fn pass(&self, wall: Duration, run: Duration) {
        self.time.send_modify(|it| {
            it.wall = it.wall.plus(wall);
            it.run += run;
        });
    }

    /// Sets the clock on the wall back, and no other.
    pub(crate) fn turn_back(&self, wall: Duration) {
        self.time.send_modify(|it| it.wall = it.wall.minus(wall));
    }

    /// All rules as the API tells them.
    pub(crate) async fn rules(&self) -> Vec<Value> {
        let (_, body) = self.app.json("/api/v1/rules").await;
        let groups = body["data"]["groups"].as_array().unwrap().iter();
        groups
            .flat_map(|it| it["rules"].as_array().unwrap().clone())
            .collect()
    }

    pub(crate) async fn rule(&self, name: &str) -> Value {
        let rules = self.rules().await;
        rules.into_iter().find(|it| it["name"] == name).unwrap()
    }

    /// State and value of each alert of a rule.
    pub(crate) async fn states(&self, rule: &str) -> Vec<String> {
        let rule = self.rule(rule).await;
        let alerts = rule["alerts"].as_array().unwrap().iter();
        let text = |it: &Value| format!("{} {}", it["state"], it["value"]).replace('"', "");
        alerts.map(text).collect()
    }

    /// What people were told since this was last asked: name and whether it ended.
    pub(crate) fn heard(&self) -> Vec<String> {
        let word = |it: &Notice| match it.state {
            AlertState::Firing => format!("{} fires", it.rule.name),
            AlertState::Inactive => format!("{} ended", it.rule.name),
            AlertState::Pending => format!("{} is pending", it.rule.name),
        };
        self.notices().iter().map(word).collect()
    }

    /// The same in full.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        std::mem::take(&mut *self.heard.0.lock().unwrap())
    }

    /// How many notices are kept on disk.
    pub(crate) fn kept(&self) -> u64 {
        let count = |it: &ReadTransaction| Ok(it.open_table(KEPT)?.len()?);
        self.store.as_ref().unwrap().read(count).unwrap()
    }

    /// Ends without a word, as a killed server does, and gives its files back.
    pub(crate) async fn killed(mut self) -> TempDir {
        self.running.abort();
        let _ = (&mut self.running).await;
        self.app.stop();
        self.app.stopped().await
    }
}

/// A `datasources.yml` with one Prometheus and no logs.
pub(crate) fn prometheus(url: &str) -> String {
    crate::support::one_prometheus(url)
}

/// A rule file with one group.
pub(crate) fn rules(rules: &str) -> String {
    format!("groups:\n- name: g\n  interval: 10s\n  eval_offset: 0s\n  rules:\n{rules}")
}
