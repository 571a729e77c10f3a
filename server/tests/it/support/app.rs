//! A server on a free port of loopback, over configuration and frontend files of its own.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::{Client, RequestBuilder, Response, redirect};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use venti_server::config::Loader;
use venti_server::datasource::discovery::{self, Cluster};
use venti_server::datasource::health;
use venti_server::{App, Live, Setup, serve};

/// What the server believes the time to be, unless a test [lets it pass](pass).
pub(crate) const NOW: &str = "1700000000.250";

thread_local! {
    /// Each test has a thread of its own, which its server shares.
    static NOW_MILLIS: Cell<u64> = const { Cell::new(1_700_000_000_250) };
}

/// The clock of the server.
pub(crate) fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(NOW_MILLIS.get())
}

/// Lets time pass for the server.
pub(crate) fn pass(time: Duration) {
    NOW_MILLIS.set(NOW_MILLIS.get() + u64::try_from(time.as_millis()).unwrap());
}

/// Longer than anything takes that happens at all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; it stops with this value.
pub(crate) struct TestApp {
    pub(crate) address: SocketAddr,
    pub(crate) client: Client,
    pub(crate) app: App,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<std::io::Result<()>>,
    files: TempDir,
}

impl TestApp {
    /// Starts with one Prometheus at `url`.
    pub(crate) async fn with_prometheus(url: &str) -> Self {
        Self::start(&[("etc/datasources.yml", &super::one_prometheus(url))]).await
    }

    /// Starts over these files: `etc/…` is the configuration, `dist/…` the frontend. Everybody may
    /// look, unless there is a `venti.yml` that says otherwise.
    pub(crate) async fn start(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        write_files(dir.path(), &[("etc/venti.yml", "auth: anonymous\n")]);
        write_files(dir.path(), files);
        Self::start_in(dir).await
    }

    /// Starts over the files of a directory.
    pub(crate) async fn start_in(dir: TempDir) -> Self {
        let loader = Loader::new(dir.path().join("etc"), dir.path().join("data")).or_defaults();
        let setup = Setup {
            loader,
            frontend: Some(dir.path().join("dist")),
            flags: BTreeMap::from([("listen".to_owned(), "127.0.0.1:0".to_owned())]),
            clock: now,
        };
        let app = App::new(setup).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(serve(listener, app.clone(), async {
            let _ = stopped.await;
        }));
        Self {
            address,
            client: client(),
            app,
            stop: Some(stop),
            served,
            files: dir,
        }
    }

    /// Where its files are.
    pub(crate) fn dir(&self) -> &Path {
        self.files.path()
    }

    /// Writes files below its directory and has them read.
    pub(crate) async fn reload_with(&self, files: &[(&str, &str)]) -> Arc<Live> {
        write_files(self.dir(), files);
        self.app.reload().await
    }

    /// A request to be filled in further.
    pub(crate) fn request(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(path).send().await.unwrap()
    }

    /// Status and body as JSON.
    pub(crate) async fn json(&self, path: &str) -> (u16, Value) {
        let response = self.get(path).await;
        let status = response.status().as_u16();
        (
            status,
            serde_json::from_slice(&response.bytes().await.unwrap()).unwrap(),
        )
    }

    /// Status, error type and text of a request that fails.
    pub(crate) async fn error(&self, path: &str) -> (u16, String, String) {
        let (status, body) = self.json(path).await;
        assert_eq!(body["status"], "error", "{body}");
        let text = |key: &str| body[key].as_str().unwrap().to_owned();
        (status, text("errorType"), text("error"))
    }

    /// Lets the server watch its files, until the guard is dropped.
    pub(crate) fn watch(&self) -> AbortOnDrop {
        AbortOnDrop(tokio::spawn(venti_server::watch::run(self.app.clone())))
    }

    /// Lets the server look after its datasources, until the guard is dropped.
    pub(crate) fn look_after(&self) -> AbortOnDrop {
        AbortOnDrop(tokio::spawn(health::run(self.app.clone())))
    }

    /// Lets the server look for datasources in the cluster of the file `kubeconfig` in its
    /// directory, until the guard is dropped.
    pub(crate) fn discover(&self) -> AbortOnDrop {
        let cluster = Cluster {
            kubeconfig: Some(self.dir().join("kubeconfig")),
            shortest_pause: Duration::from_millis(1),
            longest_pause: Duration::from_millis(10),
        };
        AbortOnDrop(tokio::spawn(discovery::run(self.app.clone(), cluster)))
    }

    /// Resolves once the server is in a state that is wanted, and gives it.
    pub(crate) async fn live(&self, wanted: impl FnMut(&Arc<Live>) -> bool) -> Arc<Live> {
        let mut live = self.app.follow();
        let live = timeout(PATIENCE, live.wait_for(wanted)).await;
        live.unwrap().unwrap().clone()
    }

    /// Resolves once what is asked for is so, whatever has to happen elsewhere before.
    pub(crate) async fn until(&self, mut is_so: impl AsyncFnMut() -> bool) {
        let asked_again = async {
            while !is_so().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, asked_again).await.unwrap();
    }

    /// Asks the server to stop.
    pub(crate) fn stop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
    }

    /// Resolves when it has stopped, and gives its files back.
    pub(crate) async fn stopped(self) -> TempDir {
        self.served.await.unwrap().unwrap();
        self.files
    }
}

/// Ends a task with itself.
pub(crate) struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A client that shows answers as they are: no redirects, no decompression, no proxies.
pub(crate) fn client() -> Client {
    let tls = rustls::ClientConfig::builder_with_provider(
        rustls::crypto::ring::default_provider().into(),
    )
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_root_certificates(rustls::RootCertStore::empty())
    .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

/// Writes files below `dir`, with the folders they need. `{dir}` in a text is its path.
pub(crate) fn write_files(dir: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = text.replace("{dir}", dir.to_str().unwrap());
        fs::write(path, text).unwrap();
    }
}

/// Sends a path exactly as it is, and gives the whole answer.
pub(crate) async fn raw_get(address: SocketAddr, path: &str) -> String {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
