//! What the server tells about itself at `/metrics`.
//!
//! Labels are bounded: routes are patterns of the router, datasources are configured names.
//! The recorder is the app's own and no global, so several apps of one process count apart.

use std::fmt;
use std::time::Duration;

use ::metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};
use metrics_process::Collector;

use crate::upstream::Origin;

const REQUESTS: &str = "venti_http_requests_total";
const REQUEST_SECONDS: &str = "venti_http_request_duration_seconds";
const CONNECTIONS: &str = "venti_http_connections";
const UPSTREAM_SECONDS: &str = "venti_upstream_request_duration_seconds";
const DATASOURCE_UP: &str = "venti_datasource_up";
const ANSWERS: &str = "venti_datasource_answers_total";
const UPSTREAM_FAILURES: &str = "venti_upstream_failures_total";
const CONFIG_LOADS: &str = "venti_config_loads_total";
const CONFIG_SUCCESSFUL: &str = "venti_config_last_reload_successful";
const CONFIG_SECONDS: &str = "venti_config_last_reload_success_timestamp_seconds";
const LOGINS: &str = "venti_logins_total";
const REFUSED: &str = "venti_requests_without_session_total";
const QUEUE_LENGTH: &str = "venti_notifications_queue_length";
const QUEUE_CAPACITY: &str = "venti_notifications_queue_capacity";
const NOTIFICATIONS_SENT: &str = "venti_notifications_sent_total";
const NOTIFICATIONS_FAILED: &str = "venti_notifications_errors_total";
const NOTIFICATIONS_DROPPED: &str = "venti_notifications_dropped_total";
const NOTIFICATION_SECONDS: &str = "venti_notifications_latency_seconds";
const BUILD_INFO: &str = "venti_build_info";

/// Upper bounds in seconds: from a local Prometheus to the default timeout.
const BUCKETS: [f64; 11] = [
    0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0,
];

/// How often recorded durations are folded into their buckets when nobody asks for them.
const FOLD_INTERVAL: Duration = Duration::from_secs(5);

/// Counters, durations, and what the system knows of this process.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    process: Collector,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let builder = PrometheusBuilder::new();
        // Fails only for an empty list of buckets.
        let builder = builder
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
            .unwrap_or_default();
        let metrics = Self {
            recorder: builder.build_recorder(),
            process: Collector::default(),
        };
        metrics.record(|| {
            describe_counter!(REQUESTS, "Requests answered, by route and status.");
            describe_histogram!(
                REQUEST_SECONDS,
                "Time until the head of an answer, by route."
            );
            describe_gauge!(CONNECTIONS, "Connections that are open.");
            describe_histogram!(
                UPSTREAM_SECONDS,
                "Time until a datasource began to answer, by datasource."
            );
            describe_counter!(
                ANSWERS,
                "Answers of datasources given to browsers, and whether the datasource was asked."
            );
            describe_counter!(
                UPSTREAM_FAILURES,
                "Requests a datasource did not answer usably."
            );
            describe_counter!(CONFIG_LOADS, "How often the configuration was read.");
            describe_gauge!(
                CONFIG_SUCCESSFUL,
                "Whether the configuration was last read without an error."
            );
            describe_gauge!(
                CONFIG_SECONDS,
                "When the configuration was last read without an error."
            );
            describe_counter!(LOGINS, "Attempts to log in, by result.");
            describe_counter!(
                REFUSED,
                "Requests refused since it is not known who asks, by reason."
            );
            describe_gauge!(
                QUEUE_LENGTH,
                "Alerts that wait for an Alertmanager, by target."
            );
            describe_gauge!(
                QUEUE_CAPACITY,
                "Alerts that may wait for an Alertmanager, by target."
            );
            describe_counter!(
                NOTIFICATIONS_SENT,
                "Alerts sent to an Alertmanager, or messages to a receiver, by target."
            );
            describe_counter!(
                NOTIFICATIONS_FAILED,
                "The same in attempts that failed, by target."
            );
            describe_counter!(
                NOTIFICATIONS_DROPPED,
                "The same, given up: refused, expired, or too many, by target."
            );
            describe_histogram!(
                NOTIFICATION_SECONDS,
                "Time that an attempt to send took, by target."
            );
            describe_gauge!(
                BUILD_INFO,
                "Always 1; the version of this build is its label."
            );
            gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
            metrics.process.describe();
        });
        metrics
    }

    /// A connection was opened.
    pub(crate) fn connected(&self) {
        self.record(|| gauge!(CONNECTIONS).increment(1.0));
    }

    /// A connection ended.
    pub(crate) fn disconnected(&self) {
        self.record(|| gauge!(CONNECTIONS).decrement(1.0));
    }

    /// A request was answered.
    pub(crate) fn answered(&self, route: &str, status: u16, took: Duration) {
        self.record(|| {
            let route = route.to_owned();
            counter!(REQUESTS, "route" => route.clone(), "status" => status.to_string())
                .increment(1);
            histogram!(REQUEST_SECONDS, "route" => route).record(took);
        });
    }

    /// A datasource's answer began, or it failed to give one. Only when it was asked, how long
    /// that took says something about it.
    pub(crate) fn upstream_answered(
        &self,
        datasource: &str,
        origin: Origin,
        usable: bool,
        took: Duration,
    ) {
        self.record(|| {
            let datasource = datasource.to_owned();
            counter!(ANSWERS, "datasource" => datasource.clone(), "cache" => origin.as_str())
                .increment(1);
            if origin == Origin::Asked {
                histogram!(UPSTREAM_SECONDS, "datasource" => datasource.clone()).record(took);
                counter!(UPSTREAM_FAILURES, "datasource" => datasource)
                    .increment(u64::from(!usable));
            }
        });
    }

    /// The configuration was read, without an error at this time in unix seconds.
    pub(crate) fn config_loaded(&self, success: Option<f64>) {
        self.record(|| {
            counter!(CONFIG_LOADS).increment(1);
            gauge!(CONFIG_SUCCESSFUL).set(f64::from(u8::from(success.is_some())));
            if let Some(at) = success {
                gauge!(CONFIG_SECONDS).set(at);
            }
        });
    }

    /// So many alerts wait for an Alertmanager.
    pub(crate) fn alertmanager_queue(&self, target: &str, length: usize, capacity: usize) {
        self.record(|| {
            gauge!(QUEUE_LENGTH, "target" => target.to_owned()).set(length as f64);
            gauge!(QUEUE_CAPACITY, "target" => target.to_owned()).set(capacity as f64);
        });
    }

    /// An attempt to send to an Alertmanager or a receiver came to an end.
    pub(crate) fn notification_took(&self, target: &str, took: Duration) {
        self.record(|| {
            histogram!(NOTIFICATION_SECONDS, "target" => target.to_owned()).record(took);
        });
    }

    /// Alerts or messages arrived.
    pub(crate) fn notifications_sent(&self, target: &str, count: usize) {
        self.count_notifications(NOTIFICATIONS_SENT, target, count);
    }

    /// They did not, this time.
    pub(crate) fn notifications_failed(&self, target: &str, count: usize) {
        self.count_notifications(NOTIFICATIONS_FAILED, target, count);
    }

    /// They never will.
    pub(crate) fn notifications_dropped(&self, target: &str, count: usize) {
        self.count_notifications(NOTIFICATIONS_DROPPED, target, count);
    }

    fn count_notifications(&self, name: &'static str, target: &str, count: usize) {
        self.record(|| counter!(name, "target" => target.to_owned()).increment(count as u64));
    }

    /// Somebody tried to log in.
    pub(crate) fn logged_in(&self, result: &'static str) {
        self.record(|| counter!(LOGINS, "result" => result).increment(1));
    }

    /// Somebody may not enter.
    pub(crate) fn refused(&self, reason: &'static str) {
        self.record(|| counter!(REFUSED, "reason" => reason).increment(1));
    }

    /// Everything, in Prometheus' text format; with whether each datasource answered when it was
    /// last looked at.
    pub(crate) fn render<'a>(&self, datasources: impl Iterator<Item = (&'a str, bool)>) -> String {
        self.record(|| self.process.collect());
        self.recorder.handle().render() + &render_health(datasources)
    }

    /// Keeps the memory of unread durations bounded. Runs until dropped.
    pub(crate) async fn fold_regularly(&self) {
        let mut ticks = tokio::time::interval(FOLD_INTERVAL);
        loop {
            ticks.tick().await;
            self.recorder.handle().run_upkeep();
        }
    }

    fn record<T>(&self, what: impl FnOnce() -> T) -> T {
        ::metrics::with_local_recorder(&self.recorder, what)
    }
}

/// In a recorder of their own, so that a datasource that was removed is gone at once.
fn render_health<'a>(datasources: impl Iterator<Item = (&'a str, bool)>) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    ::metrics::with_local_recorder(&recorder, || {
        describe_gauge!(
            DATASOURCE_UP,
            "Whether a datasource answered when it was last looked at."
        );
        for (name, is_up) in datasources {
            let up = f64::from(u8::from(is_up));
            gauge!(DATASOURCE_UP, "datasource" => name.to_owned()).set(up);
        }
    });
    recorder.handle().render()
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}
