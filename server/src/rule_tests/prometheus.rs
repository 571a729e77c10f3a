//! A Prometheus for one test: started on loopback in a directory of its own, and gone with it.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderValue, Method, header};
use tempfile::TempDir;
use tokio::time::sleep;
use url::Url;

use super::remote_write::{self, Series};
use crate::config::{Connection, Credentials, Tls};
use crate::upstream::Client;

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Time between two looks whether it is ready.
const LOOK_INTERVAL: Duration = Duration::from_millis(10);

/// A port that was free a moment ago may be taken by somebody else, so a start is tried again.
const ATTEMPTS: usize = 3;

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    #[error("there is no program `{0}`: install Prometheus, or name its program with --prometheus")]
    Missing(String),
    #[error("cannot start a Prometheus: {0}")]
    Io(#[from] io::Error),
    #[error("the Prometheus that was started ended at once: {0}")]
    Ended(String),
    #[error("the Prometheus that was started is not ready after {PATIENCE:?}")]
    Silent,
}

/// One that runs. Dropping it ends it, and takes its data away.
pub(super) struct Prometheus {
    child: Child,
    connection: Connection,
    client: Client,
    dir: TempDir,
}

impl Prometheus {
    /// Starts `program` with nothing in it. Subqueries without a step take `evaluation_interval`.
    pub(super) async fn start(
        program: &Path,
        evaluation_interval: Duration,
    ) -> Result<Self, StartError> {
        let mut attempt = 1;
        loop {
            match Self::try_start(program, evaluation_interval).await {
                Err(StartError::Ended(_)) if attempt < ATTEMPTS => attempt += 1,
                started => return started,
            }
        }
    }

    async fn try_start(program: &Path, evaluation_interval: Duration) -> Result<Self, StartError> {
        let dir = tempfile::Builder::new()
            .prefix("venti-rule-test")
            .tempdir()?;
        let config = dir.path().join("prometheus.yml");
        let millis = evaluation_interval.as_millis().max(1);
        fs::write(
            &config,
            format!("global: {{evaluation_interval: {millis}ms}}\n"),
        )?;
        let address = free_address()?;
        let child = Command::new(program)
            .arg(format!("--config.file={}", config.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                dir.path().join("data").display()
            ))
            // Tests begin in 1970, and nothing of them is too old.
            .arg("--storage.tsdb.retention.time=100y")
            .arg(format!("--web.listen-address={address}"))
            .arg("--web.enable-remote-write-receiver")
            .arg("--log.level=warn")
            .current_dir(dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(dir.path().join(LOG))?)
            .spawn();
        let child = child.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StartError::Missing(program.display().to_string()),
            _ => error.into(),
        })?;
        let connection = connection(address)?;
        let mut started = Self {
            child,
            client: Client::new(connection.clone()),
            connection,
            dir,
        };
        started.wait_until_ready().await?;
        Ok(started)
    }

    async fn wait_until_ready(&mut self) -> Result<(), StartError> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if self.child.try_wait()?.is_some() {
                let log = fs::read_to_string(self.dir.path().join(LOG)).unwrap_or_default();
                let last = log.lines().last().unwrap_or("it said nothing");
                return Err(StartError::Ended(last.to_owned()));
            }
            // An empty write succeeds as soon as others do.
            if self.write(&[]).await.is_ok() {
                return Ok(());
            }
            sleep(LOOK_INTERVAL).await;
        }
        Err(StartError::Silent)
    }

    /// Where it answers.
    pub(super) fn connection(&self) -> Connection {
        self.connection.clone()
    }

    /// Writes samples; afterwards every query sees them.
    pub(super) async fn write(&self, series: &[Series]) -> Result<(), String> {
        let body = remote_write::body(series).ok_or("more samples than a Prometheus takes")?;
        let headers = HeaderMap::from_iter([
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/x-protobuf"),
            ),
            (header::CONTENT_ENCODING, HeaderValue::from_static("snappy")),
        ]);
        let mut url = self.connection.url.clone();
        url.set_path("/api/v1/write");
        let response = self.client.request(Method::POST, url, headers, body.into());
        let response = response.await;
        let response = response.map_err(|it| it.to_string())?;
        if response.status().is_success() {
            return Ok(());
        }
        let status = response.status();
        let reason = response.text().await.unwrap_or_default();
        Err(format!(
            "the Prometheus refuses samples: {status}: {}",
            reason.trim()
        ))
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // It fails when the process has ended by itself; its data is thrown away in any case.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The file with what it says.
const LOG: &str = "log";

fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

fn connection(address: SocketAddr) -> io::Result<Connection> {
    let url = Url::parse(&format!("http://{address}")).map_err(io::Error::other)?;
    Ok(Connection {
        url,
        credentials: Credentials::None,
        headers: Vec::new(),
        proxy: None,
        tls: Tls::default(),
    })
}
