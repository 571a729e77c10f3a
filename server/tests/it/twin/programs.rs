//! The two engines and what is around them: one Prometheus with its targets, our server, and an
//! Alertmanager for each.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use venti_local::find;

use super::beat::INTERVAL;
use crate::support::app::write_files;
use crate::support::one_prometheus;
use crate::support::programs::{Daemon, alertmanager, find_or_skip, free_address};

/// Where links in messages lead, for both.
const EXTERNAL_URL: &str = "http://twin.example/p";

/// What happens to alerts on their way out, and what they get to it, for both.
const EXTERNAL_LABELS: &str = "{cluster: twin, severity: none}";
const RELABEL: &str = "
  - {action: labeldrop, regex: pod_ip}
  - {action: drop, source_labels: [audience], regex: nobody}
  - {source_labels: [alertname, id], regex: 'Crowd;(.)7', target_label: seven, replacement: 'x$1'}";

/// All programs; they stop with this value.
pub(super) struct Programs {
    pub(super) prometheus: Daemon,
    pub(super) server: Daemon,
    /// Told by Prometheus, and told by us.
    pub(super) alertmanagers: [Daemon; 2],
    pub(super) node_exporter: Daemon,
    pub(super) pushgateway: Daemon,
    dir: TempDir,
}

impl Programs {
    /// Starts all, without rules; nothing where one of them is missing.
    pub(super) fn start() -> Option<Self> {
        let prometheus = find_or_skip(find::PROMETHEUS)?;
        let env = find_or_skip(&["env"])?;
        let node_exporter = find_or_skip(find::NODE_EXPORTER)?;
        let pushgateway = find_or_skip(&["prometheus-pushgateway", "pushgateway"])?;
        let dir = tempfile::tempdir().unwrap();
        let alertmanagers = [
            alertmanager(&dir.path().join("theirs"))?,
            alertmanager(&dir.path().join("ours"))?,
        ];
        let node_exporter = exporter(node_exporter, &[], "/");
        // Debian's would keep what it was told in the machine's own directory.
        let pushgateway = exporter(pushgateway, &["--persistence.file="], "/-/ready");
        let targets = [&node_exporter.address, &pushgateway.address];
        let prometheus =
            start_prometheus(dir.path(), &env, &prometheus, targets, &alertmanagers[0]);
        let server = start_server(dir.path(), &prometheus, &alertmanagers[1]);
        Some(Self {
            prometheus,
            server,
            alertmanagers,
            node_exporter,
            pushgateway,
            dir,
        })
    }

    /// Where both find rule files: paths of these are below it.
    pub(super) fn etc(&self) -> PathBuf {
        self.dir.path().join("etc")
    }
}

fn exporter(program: PathBuf, args: &[&str], ready: &str) -> Daemon {
    let address = free_address();
    let mut args: Vec<String> = args.iter().map(ToString::to_string).collect();
    args.push(format!("--web.listen-address={address}"));
    Daemon::start(program, address, args, ready).unwrap()
}

/// A Prometheus hashes the path of a rule file as its configuration makes it, and that follows its
/// own path. So it runs in a directory of its own, where `alertrules` is the server's.
fn start_prometheus(
    dir: &Path,
    env: &Path,
    program: &Path,
    targets: [&String; 2],
    alertmanager: &Daemon,
) -> Daemon {
    let address = free_address();
    let config = prometheus_config(&address, targets, &alertmanager.address);
    write_files(
        dir,
        &[
            ("prometheus/prometheus.yml", &config),
            ("etc/alertrules/.keep", ""),
        ],
    );
    let own = dir.join("prometheus");
    symlink(dir.join("etc/alertrules"), own.join("alertrules")).unwrap();
    let args = vec![
        format!("--chdir={}", own.display()),
        program.display().to_string(),
        "--config.file=prometheus.yml".to_owned(),
        "--storage.tsdb.path=data".to_owned(),
        format!("--web.listen-address={address}"),
        "--web.enable-lifecycle".to_owned(),
        format!("--web.external-url={EXTERNAL_URL}"),
        "--web.route-prefix=/".to_owned(),
        // Below the interval, so that both tell of everything at every slot.
        "--rules.alert.resend-delay=1s".to_owned(),
    ];
    Daemon::start(env.to_owned(), address, args, "/-/ready").unwrap()
}

fn prometheus_config(own: &str, targets: [&String; 2], alertmanager: &str) -> String {
    let interval = format!("{}s", INTERVAL.as_secs());
    let [node_exporter, pushgateway] = targets;
    let job = |name: &str, target: &str, labels: Value| {
        json!({"job_name": name, "honor_labels": true,
            "static_configs": [{"targets": [target], "labels": labels}]})
    };
    // As the Prometheus operator names them, whose rules look for these names.
    let operated =
        json!({"job": "prometheus-k8s", "namespace": "monitoring", "pod": "prometheus-k8s-0"});
    let node = json!({"instance": "node-1", "namespace": "monitoring"});
    let jobs = json!([
        job("prometheus", own, operated),
        job("node-exporter", node_exporter, node),
        job("pushgateway", pushgateway, json!({})),
    ]);
    format!(
        "global: {{scrape_interval: {interval}, scrape_timeout: {interval}, evaluation_interval: {interval}, external_labels: {EXTERNAL_LABELS}}}
rule_files: ['alertrules/*.yml']
alerting:
  alertmanagers: [{{static_configs: [{{targets: ['{alertmanager}']}}]}}]
  alert_relabel_configs: {RELABEL}
scrape_configs: {jobs}
"
    )
}

fn start_server(dir: &Path, prometheus: &Daemon, alertmanager: &Daemon) -> Daemon {
    // As strict as Prometheus where we would do more.
    let alerting = format!(
        "alerting:
  evaluation_interval: {interval}s
  resend_delay: 1s
  on_error: prometheus
  resolve_removed: false
  logs_in_annotations: false
  external_url: {EXTERNAL_URL}
  globalLabels: {EXTERNAL_LABELS}
  alertmanagers: [{{static_configs: [{{targets: ['{alertmanager}']}}]}}]
  alert_relabel_configs: {RELABEL}
",
        interval = INTERVAL.as_secs(),
        alertmanager = alertmanager.address,
    );
    let datasources = one_prometheus(&prometheus.url(""));
    let files = [
        ("etc/venti.yml", "auth: anonymous\n"),
        ("etc/datasources.yml", &datasources),
        ("etc/alerting.yml", &alerting),
    ];
    write_files(dir, &files);
    let address = free_address();
    let args = vec![
        format!("--config={}", dir.join("etc").display()),
        format!("--data={}", dir.join("data").display()),
        format!("--listen={address}"),
    ];
    let program = env!("CARGO_BIN_EXE_venti-server").into();
    Daemon::start(program, address, args, "/-/ready").unwrap()
}
