//! What a database tells about itself at `/metrics`.
//!
//! The recorder belongs to one database and is no global, so that a server
//! which mounts one counts apart from it. Labels are bounded: endpoints are
//! patterns of the router, the rest are fixed words.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use metrics::{
    counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
    with_local_recorder,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};
use metrics_process::Collector;

use crate::compress::Compression;
use crate::ingest::{Counters, Refusal};
use crate::rotate::Rotation;
use crate::store::Usage;

const REQUESTS: &str = "lethe_http_requests_total";
const REQUEST_SECONDS: &str = "lethe_http_request_duration_seconds";
const SCANNED_BYTES: &str = "lethe_scanned_bytes_total";
const LEARNED_BYTES: &str = "lethe_index_read_bytes_total";
const ROWS: &str = "lethe_rows_total";
const SLOTS: &str = "lethe_query_slots";
const SLOTS_IN_USE: &str = "lethe_query_slots_in_use";
const WAITING: &str = "lethe_queries_waiting";
const TAILS: &str = "lethe_tails";
const STORED_BYTES: &str = "lethe_storage_bytes";
const STORED_FILES: &str = "lethe_storage_files";
const DELETED_FILES: &str = "lethe_rotation_deleted_files_total";
const DELETED_BYTES: &str = "lethe_rotation_deleted_bytes_total";
const FAILURES: &str = "lethe_maintenance_failures_total";
const PACKED_FILES: &str = "lethe_compression_packed_files_total";
const PLAIN_BYTES: &str = "lethe_compression_plain_bytes_total";
const PACKED_BYTES: &str = "lethe_compression_packed_bytes_total";
const INGESTED_LINES: &str = "lethe_ingested_lines_total";
const INGESTED_BYTES: &str = "lethe_ingested_bytes_total";
const REFUSED: &str = "lethe_ingest_refused_records_total";
const CONNECTIONS: &str = "lethe_forward_connections_total";
const REJECTED: &str = "lethe_forward_rejected_connections_total";
const MALFORMED: &str = "lethe_forward_malformed_messages_total";
const ACKNOWLEDGEMENTS: &str = "lethe_forward_acknowledgements_total";
const COMMITS: &str = "lethe_ingest_commits_total";
const WRITE_FAILURES: &str = "lethe_ingest_write_failures_total";
const OPEN_CONNECTIONS: &str = "lethe_forward_open_connections";
const SYNC_MILLIS: &str = "lethe_ingest_sync_milliseconds_total";
const BUILD_INFO: &str = "lethe_build_info";

/// Upper bounds in seconds: from a label's values to the default deadline.
const BUCKETS: [f64; 10] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];

/// What is so at the moment of asking.
pub(super) struct Present {
    pub(super) slots: usize,
    pub(super) slots_in_use: usize,
    pub(super) waiting: usize,
    pub(super) tails: usize,
    /// Read so far to learn the times in files.
    pub(super) learned_bytes: u64,
    /// Plain and packed files by the name of their log type.
    pub(super) usage: Vec<(&'static str, Usage)>,
}

/// Counters and durations of one database.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    process: Collector,
    /// What takes in lines beside the database, once that is known.
    ingestion: OnceLock<Arc<Counters>>,
}

impl Metrics {
    pub(super) fn new() -> Metrics {
        let builder = PrometheusBuilder::new();
        // Fails only for an empty list of buckets.
        let builder = builder
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
            .unwrap_or_default();
        let metrics = Metrics {
            recorder: builder.build_recorder(),
            process: Collector::default(),
            ingestion: OnceLock::new(),
        };
        metrics.record(|| {
            describe();
            metrics.process.describe();
        });
        metrics
    }

    /// A request was answered.
    pub(crate) fn answered(&self, endpoint: &str, status: u16, took: Duration) {
        self.record(|| {
            let endpoint = endpoint.to_owned();
            counter!(REQUESTS, "endpoint" => endpoint.clone(), "status" => status.to_string())
                .increment(1);
            histogram!(REQUEST_SECONDS, "endpoint" => endpoint).record(took);
        });
        // Unread durations are folded into buckets, so that they stay few.
        self.recorder.handle().run_upkeep();
    }

    /// A search ended and has read so many bytes of lines.
    pub(super) fn scanned(&self, bytes: u64) {
        self.record(|| counter!(SCANNED_BYTES).increment(bytes));
    }

    /// Rows were found for an answer.
    pub(super) fn found(&self, rows: usize) {
        self.record(|| counter!(ROWS).increment(rows as u64));
    }

    pub(super) fn rotated(&self, rotation: &Rotation) {
        self.record(|| {
            counter!(DELETED_FILES).increment(rotation.deleted.len() as u64);
            counter!(DELETED_BYTES).increment(rotation.deleted_bytes);
            counter!(FAILURES, "work" => "rotation").increment(rotation.failed.len() as u64);
        });
    }

    pub(super) fn compressed(&self, compression: &Compression) {
        self.record(|| {
            counter!(PACKED_FILES).increment(compression.packed.len() as u64);
            counter!(PLAIN_BYTES).increment(compression.plain_bytes);
            counter!(PACKED_BYTES).increment(compression.packed_bytes);
            counter!(FAILURES, "work" => "compression").increment(compression.failed.len() as u64);
        });
    }

    /// Tells of these counters too, if of none yet.
    pub(super) fn watch(&self, ingestion: Arc<Counters>) {
        // The first ones stay.
        let _ = self.ingestion.set(ingestion);
    }

    /// Everything, in Prometheus' text format.
    pub(super) fn render(&self, present: &Present) -> String {
        self.record(|| {
            self.process.collect();
            self.ingestion.get().into_iter().for_each(|it| ingested(it));
            gauge!(SLOTS).set(present.slots as f64);
            gauge!(SLOTS_IN_USE).set(present.slots_in_use as f64);
            gauge!(WAITING).set(present.waiting as f64);
            gauge!(TAILS).set(present.tails as f64);
            counter!(LEARNED_BYTES).absolute(present.learned_bytes);
            for (log_type, usage) in &present.usage {
                for (form, bytes, files) in [
                    ("plain", usage.plain_bytes, usage.plain_files),
                    ("packed", usage.packed_bytes, usage.packed_files),
                ] {
                    gauge!(STORED_BYTES, "type" => *log_type, "form" => form).set(bytes as f64);
                    gauge!(STORED_FILES, "type" => *log_type, "form" => form).set(files as f64);
                }
            }
        });
        self.recorder.handle().render()
    }

    fn record<T>(&self, what: impl FnOnce() -> T) -> T {
        with_local_recorder(&self.recorder, what)
    }
}

fn ingested(counters: &Counters) {
    counter!(INGESTED_LINES).absolute(counters.lines());
    counter!(INGESTED_BYTES).absolute(counters.bytes());
    for refusal in Refusal::ALL {
        counter!(REFUSED, "reason" => refusal.name()).absolute(counters.refused(refusal));
    }
    counter!(CONNECTIONS).absolute(counters.connections());
    counter!(REJECTED).absolute(counters.rejected_connections());
    counter!(MALFORMED).absolute(counters.malformed_messages());
    counter!(ACKNOWLEDGEMENTS).absolute(counters.acknowledgements());
    counter!(COMMITS).absolute(counters.commits());
    counter!(WRITE_FAILURES).absolute(counters.write_failures());
    gauge!(OPEN_CONNECTIONS).set(counters.open_connections() as f64);
    counter!(SYNC_MILLIS).absolute(counters.sync_time().as_millis() as u64);
}

fn describe() {
    describe_counter!(INGESTED_LINES, "Lines that were taken in and are on disk.");
    describe_counter!(INGESTED_BYTES, "Bytes of the lines that were taken in.");
    describe_counter!(REFUSED, "Records that could not be placed, by reason.");
    describe_counter!(CONNECTIONS, "Forward connections that were accepted.");
    describe_counter!(REJECTED, "Forward connections that were turned away.");
    describe_counter!(MALFORMED, "Forward messages that made no sense.");
    describe_counter!(ACKNOWLEDGEMENTS, "Forward chunks that were acknowledged.");
    describe_counter!(COMMITS, "Groups of batches that were written.");
    describe_counter!(WRITE_FAILURES, "Times that a file could not be written.");
    describe_gauge!(OPEN_CONNECTIONS, "Forward connections that are open.");
    describe_counter!(
        SYNC_MILLIS,
        "Time that the disk took to confirm what was written."
    );
    describe_counter!(REQUESTS, "Requests answered, by endpoint and status.");
    describe_histogram!(
        REQUEST_SECONDS,
        "Time until the head of an answer, by endpoint."
    );
    describe_counter!(SCANNED_BYTES, "Bytes of lines that searches read.");
    describe_counter!(
        LEARNED_BYTES,
        "Bytes of lines that were read to learn their times."
    );
    describe_counter!(ROWS, "Rows that were found for answers.");
    describe_gauge!(SLOTS, "Searches that may run at once.");
    describe_gauge!(SLOTS_IN_USE, "Searches that run.");
    describe_gauge!(WAITING, "Searches that wait for their turn.");
    describe_gauge!(TAILS, "Clients that follow lines as they are written.");
    describe_gauge!(STORED_BYTES, "Bytes of log files, by log type and form.");
    describe_gauge!(STORED_FILES, "Log files, by log type and form.");
    describe_counter!(DELETED_FILES, "Log files that rotation deleted.");
    describe_counter!(
        DELETED_BYTES,
        "Bytes of the log files that rotation deleted."
    );
    describe_counter!(FAILURES, "Files that could not be rotated or packed.");
    describe_counter!(PACKED_FILES, "Log files that were packed.");
    describe_counter!(PLAIN_BYTES, "Bytes of log files before they were packed.");
    describe_counter!(PACKED_BYTES, "Bytes of log files after they were packed.");
    describe_gauge!(
        BUILD_INFO,
        "Always 1; the version of this build is its label."
    );
    gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    for work in ["rotation", "compression"] {
        counter!(FAILURES, "work" => work).absolute(0);
    }
    for name in [
        SCANNED_BYTES,
        ROWS,
        DELETED_FILES,
        DELETED_BYTES,
        PACKED_FILES,
    ] {
        counter!(name).absolute(0);
    }
}
