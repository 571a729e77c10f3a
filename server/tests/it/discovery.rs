//! Datasources that are found in the cluster, against an API server over real HTTP.

use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use venti_server::Live;

use crate::support::app::{pass, write_files};
use crate::support::cluster::{Expired, FakeCluster, kubeconfig, service};
use crate::support::{FakeUpstream, TestApp};

const DISCOVERY: &str = "discovery: {enabled: true, mainNamespace: monitoring}\n";

/// Its absence would be a fault.
const DASHBOARD: (&str, &str) = ("etc/dashboards/a.yml", "title: A\n");

/// A server that may look into the cluster.
async fn start(cluster: &FakeCluster, datasources: &str) -> TestApp {
    let datasources = format!("{datasources}\n{DISCOVERY}");
    TestApp::start(&[
        ("etc/datasources.yml", &datasources),
        ("kubeconfig", &cluster.kubeconfig("")),
        DASHBOARD,
    ])
    .await
}

/// Puts another one in place at once, so that no half of it is read.
fn put_kubeconfig(app: &TestApp, text: &str) {
    write_files(app.dir(), &[("kubeconfig.next", text)]);
    let [next, place] = ["kubeconfig.next", "kubeconfig"].map(|it| app.dir().join(it));
    std::fs::rename(next, place).unwrap();
}

fn names(live: &Live) -> Vec<&str> {
    live.datasources
        .iter()
        .map(|it| it.info.name.as_str())
        .collect()
}

fn faults(live: &Live) -> Vec<String> {
    live.faults().iter().map(ToString::to_string).collect()
}

fn has_fault(live: &Live, part: &str) -> bool {
    faults(live).iter().any(|it| it.contains(part))
}

#[tokio::test]
async fn services_join_change_and_leave_while_the_others_stay_as_they_are() {
    let upstream = FakeUpstream::start().await;
    let cluster = FakeCluster::start().await;
    cluster.apply(&service("monitoring", "prometheus", "prometheus"));
    cluster.apply(&service("default", "web", ""));
    let configured = format!(
        "datasources: [{{name: p, type: prometheus, url: '{}'}}]",
        upstream.url
    );
    let app = start(&cluster, &configured).await;
    let _checking = app.look_after();
    let up = |live: &Live| live.datasources.iter().next().unwrap().health.get();
    app.until(async || up(&app.app.live()).is_some()).await;
    let since = up(&app.app.live()).unwrap().since;

    pass(Duration::from_secs(60));
    let _discovering = app.discover();
    app.live(|it| names(it) == ["p", "prometheus.monitoring"])
        .await;
    let logs = service("logging", "lethe", "lethe");
    cluster.apply(&logs);
    app.live(|it| names(it) == ["p", "lethe.logging", "prometheus.monitoring"])
        .await;
    let (_, mut body) = app.json("/api/v1/datasources").await;
    for datasource in body.as_array_mut().unwrap() {
        datasource.as_object_mut().unwrap().remove("health");
    }
    assert_eq!(
        body,
        json!([
            {"type": "prometheus", "name": "p", "url": upstream.url},
            {"type": "lethe", "name": "lethe.logging", "url": "http://lethe.logging:9090", "isMain": true, "isDiscovered": true},
            {"type": "prometheus", "name": "prometheus.monitoring", "url": "http://prometheus.monitoring:9090", "isMain": true, "isDiscovered": true},
        ])
    );
    assert_eq!(up(&app.app.live()).unwrap().since, since);

    cluster.apply(&service("logging", "lethe", "graphite"));
    let live = app
        .live(|it| names(it) == ["p", "prometheus.monitoring"])
        .await;
    assert_eq!(
        faults(&live),
        [
            "datasources.yml: discovery: service `lethe` of `logging` is left out: unknown datasource type `graphite`, expected `prometheus`, `lethe`, `victorialogs` or `loki`"
        ]
    );
    cluster.delete(&logs);
    app.live(|it| faults(it).is_empty()).await;
    let asked = cluster.asked(|_| true).await;
    assert_eq!(asked, ["list", "watch 2"]);
}

#[tokio::test]
async fn a_configured_one_keeps_its_name_and_comes_first() {
    let cluster = FakeCluster::start().await;
    cluster.apply(&service("logging", "lethe", "lethe"));
    cluster.apply(&service("monitoring", "a", "prometheus"));
    let configured = "datasources: [{name: a.monitoring, type: prometheus, url: 'http://configured'}, {name: l, type: lethe, url: 'http://l'}]";
    let app = start(&cluster, configured).await;
    let _discovering = app.discover();
    let live = app
        .live(|it| names(it) == ["a.monitoring", "l", "lethe.logging"])
        .await;
    assert_eq!(
        faults(&live),
        [
            "datasources.yml: discovery: a discovered datasource is named `a.monitoring` as a configured one, and left out"
        ]
    );
    let (_, body) = app.json("/api/v1/datasources").await;
    assert_eq!(body[0]["url"], "http://configured");
    assert_eq!(
        (&body[1]["isMain"], &body[2]["isMain"]),
        (&json!(true), &json!(null))
    );
    // Once the name is free, the service has it.
    let renamed = "datasources: [{name: l, type: lethe, url: 'http://l'}]\n".to_owned() + DISCOVERY;
    let live = app.reload_with(&[("etc/datasources.yml", &renamed)]).await;
    assert_eq!(names(&live), ["l", "lethe.logging", "a.monitoring"]);
    assert_eq!(faults(&live), [""; 0]);
}

#[tokio::test]
async fn a_watch_that_ends_goes_on_where_it_was() {
    let cluster = FakeCluster::start().await;
    let app = start(&cluster, "").await;
    let _discovering = app.discover();
    cluster.asked(|it| it == ["list", "watch 0"]).await;
    cluster.apply(&service("a", "one", "lethe"));
    app.live(|it| names(it) == ["one.a"]).await;
    cluster.end_watches();
    cluster.asked(|it| it[2..] == ["watch 1"]).await;
    // A bookmark says from where on, though no service of ours changed.
    cluster.bookmark();
    cluster.apply(&service("a", "two", "lethe"));
    app.live(|it| names(it) == ["one.a", "two.a"]).await;
    let version = cluster.bookmark();
    cluster.end_watches();
    let watch = format!("watch {version}");
    cluster.asked(|it| it[3..] == [watch.as_str()]).await;
    cluster.cut_watches();
    // What happens in between is told once it watches again.
    cluster.apply(&service("a", "three", "lethe"));
    app.live(|it| names(it) == ["one.a", "three.a", "two.a"])
        .await;
    cluster.asked(|it| it[4..] == [watch.as_str()]).await;
    app.live(|it| faults(it).is_empty()).await;
}

#[tokio::test]
async fn an_expired_watch_lists_again() {
    for expired in [Expired::AsEvent, Expired::AsStatus] {
        let cluster = FakeCluster::start().await;
        let gone = service("a", "gone", "lethe");
        cluster.apply(&gone);
        let app = start(&cluster, "").await;
        let _discovering = app.discover();
        cluster.asked(|it| it == ["list", "watch 1"]).await;
        app.live(|it| names(it) == ["gone.a"]).await;
        cluster.delete(&gone);
        cluster.apply(&service("a", "new", "lethe"));
        cluster.expire(expired);
        app.live(|it| names(it) == ["new.a"]).await;
        let asked = cluster.asked(|it| it.last().unwrap() == "watch 4").await;
        assert!(
            asked.ends_with(&["list".to_owned(), "watch 4".to_owned()]),
            "{asked:?}"
        );
        assert_eq!(faults(&app.app.live()), [""; 0]);
    }
}

#[tokio::test]
async fn an_error_within_a_watch_lists_again() {
    let cluster = FakeCluster::start().await;
    let app = start(&cluster, "").await;
    let _discovering = app.discover();
    cluster.asked(|it| it == ["list", "watch 0"]).await;
    cluster.fail(500);
    let asked = cluster.asked(|it| it.len() == 4).await;
    assert_eq!(asked[2..], ["list", "watch 0"]);
    cluster.apply(&service("a", "one", "lethe"));
    app.live(|it| names(it) == ["one.a"] && faults(it).is_empty())
        .await;
}

#[tokio::test]
async fn while_the_api_server_is_away_what_was_found_stays() {
    let cluster = FakeCluster::start().await;
    cluster.apply(&service("a", "one", "lethe"));
    let app = start(&cluster, "").await;
    let _discovering = app.discover();
    cluster.asked(|it| it == ["list", "watch 1"]).await;
    app.live(|it| names(it) == ["one.a"]).await;
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    put_kubeconfig(&app, &kubeconfig(&away, "x", ""));
    cluster.cut_watches();
    let live = app.live(|it| has_fault(it, "cannot reach")).await;
    assert_eq!(names(&live), ["one.a"]);
    assert_eq!(
        faults(&live),
        [
            "datasources.yml: discovery: cannot reach the API server: connection refused; what was found before stays"
        ]
    );
    let (_, status) = app.json("/api/v1/status/config").await;
    assert_eq!(status["data"]["faults"][0]["severity"], "warning");
    cluster.apply(&service("a", "two", "lethe"));
    put_kubeconfig(&app, &cluster.kubeconfig(""));
    app.live(|it| names(it) == ["one.a", "two.a"] && faults(it).is_empty())
        .await;
    assert_eq!(
        cluster.asked(|_| true).await,
        ["list", "watch 1", "watch 1"]
    );
}

#[tokio::test]
async fn a_missing_right_is_told_until_it_is_there() {
    for verb in ["list", "watch"] {
        let cluster = FakeCluster::start().await;
        cluster.apply(&service("a", "one", "lethe"));
        cluster.refuse(Some(verb));
        let app = start(&cluster, "").await;
        let _discovering = app.discover();
        let live = app.live(|it| !faults(it).is_empty()).await;
        let expected = format!(
            "datasources.yml: discovery: not allowed to {verb} services: bind a ClusterRole to the service account with the rule {{apiGroups: [\"\"], resources: [services], verbs: [get, list, watch]}} (services is forbidden: User \"venti\" cannot {verb} resource)"
        );
        assert!(
            faults(&live)[0].starts_with(&expected),
            "{:?}",
            faults(&live)
        );
        // What may be listed is there, though nobody tells how it changes.
        let listed: &[&str] = if verb == "list" { &[] } else { &["one.a"] };
        assert_eq!(names(&live), listed);
        cluster.refuse(None);
        app.live(|it| names(it) == ["one.a"] && faults(it).is_empty())
            .await;
    }
}

#[tokio::test]
async fn whoever_is_unknown_is_told_so_without_the_token() {
    let cluster = FakeCluster::start().await;
    let app = start(&cluster, "").await;
    put_kubeconfig(&app, &kubeconfig(&cluster.url, "hunter2", ""));
    let _discovering = app.discover();
    let live = app.live(|it| !faults(it).is_empty()).await;
    assert_eq!(
        faults(&live),
        ["datasources.yml: discovery: the API server does not know who asks: Unauthorized"]
    );
    put_kubeconfig(&app, "users: {token: hunter2\n");
    let live = app.live(|it| has_fault(it, "no access")).await;
    assert!(!faults(&live)[0].contains("hunter2"), "{:?}", faults(&live));
}

#[tokio::test]
async fn without_a_cluster_everything_else_works() {
    let upstream = FakeUpstream::start().await;
    let datasources = format!(
        "datasources: [{{name: p, type: prometheus, url: '{}'}}]\n{DISCOVERY}",
        upstream.url
    );
    let app = TestApp::start(&[("etc/datasources.yml", &datasources), DASHBOARD]).await;
    let _discovering = app.discover();
    let live = app.live(|it| !faults(it).is_empty()).await;
    let fault = &faults(&live)[0];
    assert!(
        fault.starts_with("datasources.yml: discovery: there is no access to a cluster: run in a pod with a service account, name a kubeconfig in KUBECONFIG, or set `enabled: false` (failed to read kubeconfig"),
        "{fault}"
    );
    let (_, status) = app.json("/api/v1/status/config").await;
    assert_eq!(status["data"]["faults"][0]["severity"], "error");
    assert_eq!(
        app.get("/api/v1/remote/query?dsName=p&query=up")
            .await
            .status(),
        200
    );
}

#[tokio::test]
async fn a_reload_switches_it_off_and_on_and_changes_its_rules() {
    let cluster = FakeCluster::start().await;
    cluster.apply(&service("a", "one", "lethe"));
    let mut other = service("a", "two", "");
    other["metadata"]["annotations"] = json!({"example.org/kind": "prometheus"});
    cluster.apply(&other);
    let app = start(&cluster, "").await;
    let discovering = app.discover();
    app.live(|it| names(it) == ["one.a"]).await;
    cluster.asked(|it| it == ["list", "watch 2"]).await;

    let live = app
        .reload_with(&[("etc/datasources.yml", "discovery: {enabled: false}\n")])
        .await;
    assert_eq!(names(&live), [""; 0]);
    cluster.unwatched().await;

    let by_other = "discovery: {enabled: true, annotationKey: example.org/kind}\n";
    app.reload_with(&[("etc/datasources.yml", by_other)]).await;
    app.live(|it| names(it) == ["two.a"]).await;
    cluster.asked(|it| it.len() == 4).await;
    app.reload_with(&[("etc/datasources.yml", DISCOVERY)]).await;
    app.live(|it| names(it) == ["one.a"]).await;
    // A reload that changes something else leaves it alone.
    cluster.asked(|it| it.len() == 6).await;
    app.reload_with(&[("etc/dashboards/b.yml", "title: B\n")])
        .await;
    cluster.apply(&service("a", "three", "lethe"));
    app.live(|it| names(it) == ["one.a", "three.a"]).await;
    assert_eq!(cluster.asked(|_| true).await.len(), 6);

    drop(discovering);
    cluster.unwatched().await;
}

#[tokio::test]
async fn a_large_cluster_is_listed_in_pages() {
    let cluster = FakeCluster::start().await;
    for number in 0..501 {
        cluster.apply(&service("a", &format!("web-{number:03}"), ""));
    }
    cluster.apply(&service("z", "last", "lethe"));
    let app = start(&cluster, "").await;
    let _discovering = app.discover();
    app.live(|it| names(it) == ["last.z"]).await;
    let asked = cluster.asked(|it| it.len() == 3).await;
    assert_eq!(asked, ["list", "list after a/web-499", "watch 502"]);
}

struct TlsListener(TcpListener, TlsAcceptor);

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (connection, address) = self.0.accept().await.unwrap();
            if let Ok(connection) = self.1.accept(connection).await {
                return (connection, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

#[tokio::test]
async fn the_certificate_of_the_kubeconfig_is_asked_for_and_no_other() {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let tls = rustls::ServerConfig::builder_with_provider(
        rustls::crypto::ring::default_provider().into(),
    )
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_no_client_auth()
    .with_single_cert(vec![cert.der().clone()], signing_key.into())
    .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    let cluster = FakeCluster::over(
        url,
        TlsListener(listener, TlsAcceptor::from(std::sync::Arc::new(tls))),
    );
    cluster.apply(&service("a", "one", "lethe"));
    let other = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let app = start(&cluster, "").await;
    let trusting = |pem: String| {
        let files = [
            ("ca.pem", pem.as_str()),
            (
                "kubeconfig",
                &cluster.kubeconfig("    certificate-authority: ca.pem\n"),
            ),
        ];
        write_files(app.dir(), &files);
    };
    trusting(other.cert.pem());
    let _discovering = app.discover();
    let live = app.live(|it| !faults(it).is_empty()).await;
    assert!(
        faults(&live)[0].contains("cannot reach the API server: invalid peer certificate"),
        "{:?}",
        faults(&live)
    );
    trusting(cert.pem());
    app.live(|it| names(it) == ["one.a"] && faults(it).is_empty())
        .await;
}
