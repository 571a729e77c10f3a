//! VictoriaLogs and Loki as datasources. No real one takes part: the fakes answer, over real HTTP,
//! in the shapes of the public API descriptions.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::support::TestApp;

/// A log database that gives each path one answer; it stops with this value.
pub(crate) struct FakeDatabase {
    pub(crate) url: String,
    asked: Asked,
    /// The answer in the place of that of a path.
    instead: Instead,
    serving: JoinHandle<()>,
}

type Asked = Arc<Mutex<Vec<String>>>;
type Instead = Arc<Mutex<Option<(&'static str, String)>>>;
pub(crate) type Answers = &'static [(&'static str, u16, &'static str)];

impl FakeDatabase {
    pub(crate) async fn start(answers: Answers) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let instead = Instead::default();
        let router =
            Router::new()
                .fallback(answer)
                .with_state((answers, asked.clone(), instead.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            url,
            asked,
            instead,
            serving,
        }
    }

    /// What was asked since the last time, decoded.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// From now on answers one path with `body`.
    fn answer(&self, path: &'static str, body: String) {
        *self.instead.lock().unwrap() = Some((path, body));
    }

    async fn app(&self, kind: &str, keys: &str) -> TestApp {
        let datasources = format!(
            "datasources:\n- {{name: logs, type: {kind}, url: '{}/prefix'{keys}}}\n",
            self.url
        );
        TestApp::start(&[("etc/datasources.yml", &datasources)]).await
    }
}

impl Drop for FakeDatabase {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(
    State((answers, asked, instead)): State<(Answers, Asked, Instead)>,
    request: Request,
) -> Response {
    let path = request.uri().path().strip_prefix("/prefix").unwrap();
    let query = request.uri().query().unwrap_or_default();
    let decoded: Vec<String> = url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    asked
        .lock()
        .unwrap()
        .push(format!("{path} {}", decoded.join("&")));
    let instead = instead.lock().unwrap().clone();
    if let Some((_, body)) = instead.filter(|(it, _)| *it == path) {
        return ([(header::CONTENT_TYPE, "application/json")], body).into_response();
    }
    let found = answers.iter().find(|(it, _, _)| *it == path);
    let (_, status, body) = found.copied().unwrap_or(("", 404, "no such path"));
    let kind = match body.starts_with('{') {
        true => "application/json",
        false => "text/plain",
    };
    let status = StatusCode::from_u16(status).unwrap();
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

const RANGE: &str = "start=1700000000&end=1700000060";
const NANOS: &str = "start=1700000000000000000&end=1700000060000000000";
const VECTOR: &str = r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1700000000,"3"]}]}}"#;
const MATRIX: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1700000000,"3"]]}]}}"#;

pub(crate) const VICTORIALOGS: Answers = &[
    (
        "/select/logsql/query",
        200,
        r#"{"_time":"2023-11-14T22:13:22.5Z","_msg":"<b>two</b>","_stream":"{}","kubernetes.pod_name":"web-1","kubernetes.namespace_name":"shop","kubernetes.container_name":"nginx"}
{"_time":"2023-11-14T22:13:21Z","_msg":"one","host":"n1","unit":"kubelet"}
{"_time":"2023-11-14T22:13:23.000000001Z","_msg":"three","namespace":"shop"}
"#,
    ),
    ("/select/logsql/stats_query", 200, VECTOR),
    ("/select/logsql/stats_query_range", 200, MATRIX),
    (
        "/select/logsql/hits",
        200,
        r#"{"hits":[{"fields":{"level":"ERROR"},"timestamps":["2023-11-14T22:13:20Z","2023-11-14T22:13:30Z"],"values":[2,3],"total":5},{"fields":{"level":"fatal"},"timestamps":["2023-11-14T22:13:20Z"],"values":[1],"total":1},{"fields":{},"timestamps":["2023-11-14T22:13:20Z"],"values":[7],"total":7}]}"#,
    ),
    (
        "/select/logsql/field_values",
        200,
        r#"{"values":[{"value":"shop","hits":2},{"value":"","hits":1},{"value":"bank","hits":1}]}"#,
    ),
    ("/health", 200, "OK"),
];

#[tokio::test]
async fn lines_of_victorialogs_are_rows() {
    let database = FakeDatabase::start(VICTORIALOGS).await;
    let app = database.app("victorialogs", "").await;
    let path = format!("/remote/query_range?dsType=victorialogs&query=error&{RANGE}&limit=2");
    let (status, body) = app.json(&path).await;
    assert_eq!(status, 200, "{body}");
    let rows = json!([
        {"time": "2023-11-14T22:13:22.500Z", "namespace": "shop", "pod": "web-1", "container": "nginx", "log": "<b>two</b>"},
        {"time": "2023-11-14T22:13:23.000000001Z", "namespace": "shop", "log": "three"},
    ]);
    assert_eq!(
        body,
        json!({
            "status": "success",
            "data": {"next": "1700000002500000000.1", "resultType": "logs", "result": rows},
            "warnings": ["there are more lines: only the newest 2 are shown"],
        })
    );
    assert_eq!(
        database.asked(),
        [format!("/select/logsql/query query=error&{NANOS}&limit=3")]
    );
    let (_, body) = app.json(&format!("{path}&direction=forward")).await;
    assert_eq!(body["data"]["result"][0]["node"], "n1");
    assert_eq!(body["data"]["result"][0]["process"], "kubelet");
    assert_eq!(
        database.asked(),
        [format!(
            "/select/logsql/query query=error | sort by (_time) limit 3&{NANOS}&limit=3"
        )]
    );
    // The next page ends with the line before which it begins.
    let (_, body) = app
        .json(&format!("{path}&cursor=1700000002500000000.1&cursors=true"))
        .await;
    assert_eq!(
        body["data"],
        json!({"resultType": "logs", "result": [
            {"time": "2023-11-14T22:13:21Z", "node": "n1", "process": "kubelet", "log": "one", "cursor": "1700000001000000000.1"},
        ]})
    );
    assert_eq!(
        database.asked(),
        [
            "/select/logsql/query query=error&start=1700000000000000000&end=1700000002500000001&limit=4"
        ]
    );
    // An instant looks back for a minute.
    app.get("/remote/query?dsName=logs&query=error&time=1700000060&limit=9")
        .await;
    assert_eq!(
        database.asked(),
        [format!("/select/logsql/query query=error&{NANOS}&limit=10")]
    );
}

#[tokio::test]
async fn lines_round_one_are_those_up_to_it_and_those_behind() {
    let database = FakeDatabase::start(VICTORIALOGS).await;
    let app = database.app("victorialogs", "").await;
    let context = "/remote/context?dsName=logs&query=error&limit=1";
    let (status, body) = app
        .json(&format!("{context}&cursor=1700000002500000000.1"))
        .await;
    assert_eq!(status, 200, "{body}");
    let rows = body["data"]["result"].as_array().unwrap();
    let logs: Vec<_> = rows.iter().map(|it| it["log"].as_str().unwrap()).collect();
    assert_eq!(logs, ["one", "<b>two</b>", "three"]);
    assert_eq!(
        database.asked(),
        [
            "/select/logsql/query query=error&start=1699996402500000000&end=1700000002500000001&limit=3",
            "/select/logsql/query query=error | sort by (_time) limit 2&start=1700000002500000001&end=1700003602500000000&limit=2",
        ]
    );
    for wrong in ["", "&cursor=", "&cursor=x", "&cursor=1", "&cursor=1.-1"] {
        let (status, kind, text) = app.error(&format!("{context}{wrong}")).await;
        assert_eq!((status, kind.as_str()), (400, "bad_data"), "{wrong}");
        assert!(text.contains("`cursor`"), "{text}");
    }
}

#[tokio::test]
async fn what_has_logs_is_told_in_the_words_of_lethe() {
    let database = FakeDatabase::start(VICTORIALOGS).await;
    let keys = ", fields: {namespace: ns, node: host}";
    let app = database.app("victorialogs", keys).await;
    let (status, body) = app.json("/remote/metadata?dsName=logs").await;
    assert_eq!(status, 200, "{body}");
    let targets = [
        r#"node{node="bank"}"#,
        r#"node{node="shop"}"#,
        r#"pod{namespace="bank"}"#,
        r#"pod{namespace="shop"}"#,
    ];
    assert_eq!(body["data"]["targets"], json!(targets));

    let database = FakeDatabase::start(LOKI).await;
    let app = database.app("loki", "").await;
    let (_, body) = app.json("/remote/label/namespace/values?dsName=logs").await;
    assert_eq!(body["data"], json!(["bank", "shop"]));
    let asked = database.asked();
    assert!(
        asked.iter().all(|it| !it.contains("label/k8s.")),
        "{asked:?}"
    );
}

#[tokio::test]
async fn numbers_levels_and_values_of_victorialogs() {
    let database = FakeDatabase::start(VICTORIALOGS).await;
    let app = database
        .app("victorialogs", ", fields: {namespace: ns}")
        .await;
    let stats = "query=* | stats by (a) count()";
    let (_, body) = app
        .json(&format!(
            "/remote/query?dsName=logs&{stats}&time=1700000000"
        ))
        .await;
    assert_eq!(body["data"]["resultType"], "vector");
    let (_, body) = app
        .json(&format!(
            "/remote/query_range?dsName=logs&{stats}&{RANGE}&step=15"
        ))
        .await;
    assert_eq!(body["data"]["result"][0]["values"][0][1], "3");
    let (_, body) = app
        .json(&format!(
            "/remote/histogram?dsName=logs&query=*&{RANGE}&step=10"
        ))
        .await;
    assert_eq!(
        body["data"],
        json!({"resultType": "matrix", "result": [
            {"metric": {"level": "error"}, "values": [[1_700_000_000, "3"], [1_700_000_010, "3"]]},
            {"metric": {"level": "unknown"}, "values": [[1_700_000_000, "7"]]},
        ]})
    );
    let (_, body) = app
        .json(&format!(
            "/remote/label/namespace/values?dsName=logs&{RANGE}"
        ))
        .await;
    assert_eq!(body["data"], json!(["bank", "shop"]));
    assert_eq!(
        database.asked(),
        [
            "/select/logsql/stats_query query=* | stats by (a) count()&time=1700000000000000000"
                .to_owned(),
            format!(
                "/select/logsql/stats_query_range query=* | stats by (a) count()&{NANOS}&step=15s"
            ),
            format!("/select/logsql/hits query=*&{NANOS}&step=10s&field=level"),
            format!("/select/logsql/field_values query=*&field=ns&{NANOS}"),
        ]
    );
    assert_eq!(app.get("/remote/healthy?dsName=logs").await.status(), 200);
    assert_eq!(database.asked(), ["/health "]);
}

const LOKI: Answers = &[
    (
        "/loki/api/v1/query_range",
        200,
        r#"{"status":"success","data":{"resultType":"streams","result":[{"stream":{"namespace":"shop","pod":"web-1","container":"nginx"},"values":[["1700000002500000000","two"],["1700000001000000000","one",{"structuredMetadata":{}}]]},{"stream":{"node_name":"n1","unit":"kubelet"},"values":[["1700000003000000000","three"]]}],"stats":{}}}"#,
    ),
    ("/loki/api/v1/query", 200, VECTOR),
    (
        "/loki/api/v1/label/namespace/values",
        200,
        r#"{"status":"success","data":["shop","bank"]}"#,
    ),
    (
        "/loki/api/v1/label/k8s_namespace_name/values",
        200,
        r#"{"status":"success"}"#,
    ),
    ("/ready", 200, "ready"),
];

#[tokio::test]
async fn lines_of_loki_are_rows() {
    let database = FakeDatabase::start(LOKI).await;
    let app = database.app("loki", "").await;
    let path = format!("/remote/query_range?dsType=loki&query={{a=\"b\"}}&{RANGE}");
    let (status, body) = app.json(&path).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(
        body["data"]["result"],
        json!([
            {"time": "2023-11-14T22:13:21Z", "namespace": "shop", "pod": "web-1", "container": "nginx", "log": "one"},
            {"time": "2023-11-14T22:13:22.500Z", "namespace": "shop", "pod": "web-1", "container": "nginx", "log": "two"},
            {"time": "2023-11-14T22:13:23Z", "node": "n1", "process": "kubelet", "log": "three"},
        ])
    );
    assert!(body.get("warnings").is_none());
    assert_eq!(
        database.asked(),
        [format!(
            "/loki/api/v1/query_range query={{a=\"b\"}}&{NANOS}&limit=1001&direction=backward"
        )]
    );
}

const LOKI_NUMBERS: Answers = &[
    (
        "/loki/api/v1/query_range",
        200,
        r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"detected_level":"warn"},"values":[[1700000010,"2"],[1700000020,"1"]]},{"metric":{"level":"warning"},"values":[[1700000010,"1"]]}]}}"#,
    ),
    ("/loki/api/v1/query", 200, VECTOR),
    ("/ready", 503, "Ingester not ready: waiting for 15s"),
];

#[tokio::test]
async fn numbers_levels_and_values_of_loki() {
    let database = FakeDatabase::start(LOKI_NUMBERS).await;
    let app = database.app("loki", "").await;
    let metric = "query=rate({a=\"b\"}[1m])";
    let (_, body) = app
        .json(&format!(
            "/remote/query?dsName=logs&{metric}&time=1700000000"
        ))
        .await;
    assert_eq!(body["data"]["resultType"], "vector");
    let (_, body) = app
        .json(&format!(
            "/remote/query_range?dsName=logs&{metric}&{RANGE}&step=1m"
        ))
        .await;
    assert_eq!(body["data"]["resultType"], "matrix");
    let (_, body) = app
        .json(&format!(
            "/remote/histogram?dsName=logs&query={{a=\"b\"}}&{RANGE}&step=10"
        ))
        .await;
    assert_eq!(
        body["data"]["result"],
        json!([{"metric": {"level": "warn"}, "values": [[1_700_000_000, "3"], [1_700_000_010, "1"]]}])
    );
    assert_eq!(
        database.asked(),
        [
            "/loki/api/v1/query query=rate({a=\"b\"}[1m])&time=1700000000000000000".to_owned(),
            format!("/loki/api/v1/query_range query=rate({{a=\"b\"}}[1m])&{NANOS}&step=60s"),
            format!(
                "/loki/api/v1/query_range query=sum by (level, detected_level) (count_over_time({{a=\"b\"}} [10s]))&{NANOS}&step=10s"
            ),
        ]
    );
    assert_eq!(app.error("/remote/healthy?dsName=logs").await.0, 502);

    let database = FakeDatabase::start(LOKI).await;
    let keys = ", fields: {namespace: namespace}";
    let app = database.app("loki", keys).await;
    let (_, body) = app
        .json("/remote/label/namespace/values?dsName=logs&match[]={a=\"b\"}&start=1700000000&end=1700000060")
        .await;
    assert_eq!(body["data"], json!(["bank", "shop"]));
    assert_eq!(
        database.asked(),
        [format!(
            "/loki/api/v1/label/namespace/values {NANOS}&query={{a=\"b\"}}"
        )]
    );
}

/// The text of the next event.
async fn event(tail: &mut reqwest::Response) -> String {
    let chunk = tail.chunk().await.unwrap().unwrap();
    String::from_utf8(chunk.to_vec()).unwrap()
}

async fn follow(kind: &str, path: &'static str, written: fn(&[&str]) -> String) {
    let database = FakeDatabase::start(&[]).await;
    let app = database.app(kind, "").await;
    database.answer(path, written(&["one"]));
    let request = app.request("/remote/tail?dsName=logs&query={}&cursors=true&limit=7");
    let mut tail = request.send().await.unwrap();
    assert_eq!(tail.headers()[header::CONTENT_TYPE], "text/event-stream");
    let first = event(&mut tail).await;
    assert!(first.starts_with("data: {"), "{first}");
    assert!(
        first.contains("\"log\":\"one\"") && first.contains("\"cursor\""),
        "{first}"
    );
    // An hour up to now, and one line to know whether there are more.
    let asked = database.asked().remove(0);
    assert!(
        asked.contains("start=1699996400250000000&end=1700000000250000000&limit=8"),
        "{asked}"
    );

    // Another line of the very same time.
    database.answer(path, written(&["one", "two"]));
    let second = event(&mut tail).await;
    assert!(
        second.contains("two") && !second.contains("one"),
        "{second}"
    );
    let asked = database.asked().pop().unwrap();
    assert!(asked.contains("start=1699999990250000000&"), "{asked}");

    database.answer(path, "<html>".to_owned());
    let last = event(&mut tail).await;
    assert!(last.starts_with("event: error\ndata: {"), "{last}");
    assert_eq!(tail.chunk().await.unwrap(), None, "it is the last one");
}

#[tokio::test]
async fn a_tail_of_victorialogs_gives_each_line_once() {
    follow("victorialogs", "/select/logsql/query", |texts| {
        let line =
            |it: &&str| format!("{}\n", json!({"_time": "2023-11-14T22:13:19Z", "_msg": it}));
        texts.iter().map(line).collect()
    })
    .await;
}

#[tokio::test]
async fn a_tail_of_loki_gives_each_line_once() {
    follow("loki", "/loki/api/v1/query_range", |texts| {
        let values: Vec<_> = texts
            .iter()
            .map(|it| json!(["1699999999000000000", it]))
            .collect();
        let result = json!([{"stream": {"pod": "a"}, "values": values}]);
        json!({"status": "success", "data": {"resultType": "streams", "result": result}})
            .to_string()
    })
    .await;
}

const FAULTY: Answers = &[
    (
        "/loki/api/v1/query_range",
        400,
        "parse error at line 1, col 2: syntax error",
    ),
    ("/loki/api/v1/query", 200, "<html>login"),
    ("/loki/api/v1/label/a/values", 502, "bad gateway"),
];

#[tokio::test]
async fn failures_are_those_of_any_datasource() {
    let database = FakeDatabase::start(FAULTY).await;
    let app = database.app("loki", "").await;
    let error = |status, kind: &str, text: &str| (status, kind.to_owned(), text.to_owned());
    assert_eq!(
        app.error("/remote/query_range?dsName=logs&query={").await,
        error(
            400,
            "bad_data",
            "parse error at line 1, col 2: syntax error"
        )
    );
    let (status, kind, text) = app.error("/remote/query?dsName=logs&query=rate()").await;
    assert_eq!((status, kind.as_str()), (502, "unavailable"));
    assert!(text.contains("no answer of its type"), "{text}");
    assert_eq!(app.error("/remote/label/a/values?dsName=logs").await.0, 502);
    for wrong in [
        "query_range?query={}&limit=0",
        "query_range?query={}&start=x",
        "query_range?query={}&direction=forward&cursor=1.1",
        "query_range?query=rate()&step=0",
        "query_range?limit=1",
        "tail?query={}",
    ] {
        let (status, kind, _) = app.error(&format!("/remote/{wrong}&dsName=logs")).await;
        assert_eq!((status, kind.as_str()), (400, "bad_data"), "{wrong}");
    }
}
