//! How many lines a second one Fluent Forward connection takes, acknowledged,
//! beside plain writing of the same bytes: `cargo bench -p lethe --bench ingest`.
//!
//! A sender in the same process sends packed messages that were made before,
//! 2 MB each as Fluent Bit sends them. Once it waits for each acknowledgement,
//! once it has a few messages under way. Two cores are all that is needed:
//! sender, decoding and writing take turns.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports, and may fail"
)]

use std::fs::{self, File};
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use lethe::ingest::{Counters, Ingest, forward};
use tokio::runtime::Builder;
use tokio::sync::watch;

#[path = "../tests/it/ingest/client.rs"]
mod client;

use client::Client;

const MESSAGES: usize = 100;
const MESSAGE_BYTES: usize = 2_000_000;
/// 2024-09-24T10:00:00Z
const SECONDS: u32 = 1_727_172_000;
const RUNS: usize = 5;

fn main() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lethe-ingest");
    println!(
        "{:<40}{:>14}{:>12}{:>12}",
        "", "lines/s", "MB/s", "of write"
    );
    for (name, tag, events) in [
        ("rows", "pod/big/2024-09-24_10.log", rows()),
        ("records with Kubernetes metadata", "kube.x", plain()),
    ] {
        for window in [1, 4] {
            let mut results: Vec<Outcome> = (0..RUNS)
                .map(|_| run(&root, tag, &events, window))
                .collect();
            results.sort_by_key(|it| it.time);
            let Outcome {
                time,
                n_lines,
                bytes,
            } = results.swap_remove(RUNS / 2);
            let written = write_plainly(&root, &bytes);
            let seconds = time.as_secs_f64();
            println!(
                "{:<40}{:>14.0}{:>12.1}{:>11.2}x",
                format!("{name}, {window} under way"),
                n_lines as f64 / seconds,
                bytes.len() as f64 / 1e6 / seconds,
                written.as_secs_f64() / seconds,
            );
        }
    }
    let _ = fs::remove_dir_all(&root);
}

struct Outcome {
    time: Duration,
    n_lines: u64,
    bytes: Vec<u8>,
}

/// Sends all messages into an empty directory.
fn run(root: &Path, tag: &str, events: &[u8], window: usize) -> Outcome {
    let _ = fs::remove_dir_all(root);
    let (address, counters, stop) = serve(root);
    let message = |n: usize| client::packed(tag, events, &[("chunk", &format!("chunk {n}"))]);
    let messages: Vec<Vec<u8>> = (0..MESSAGES).map(message).collect();
    let mut client = Client::connect(address);
    let begin = Instant::now();
    for (n, message) in messages.iter().enumerate() {
        client.send(message).unwrap();
        if n + 1 >= window {
            client.acknowledged().unwrap();
        }
    }
    for _ in 1..window {
        client.acknowledged().unwrap();
    }
    let time = begin.elapsed();
    stop.send(true).unwrap();
    Outcome {
        time,
        n_lines: counters.lines(),
        bytes: fs::read(root.join("pod/big/2024-09-24_10.log")).unwrap(),
    }
}

fn serve(root: &Path) -> (SocketAddr, Arc<Counters>, watch::Sender<bool>) {
    let (stop, stopping) = watch::channel(false);
    let (tell, told) = std::sync::mpsc::channel();
    let root = root.to_owned();
    thread::spawn(move || {
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let (ingest, ended) = Ingest::open(root, Arc::new(chrono::DateTime::default)).unwrap();
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let counters = Arc::clone(ingest.counters());
            tell.send((listener.local_addr().unwrap(), counters))
                .unwrap();
            forward::serve(listener, ingest, None, stopping).await;
            ended.wait().await;
        });
    });
    let (address, counters) = told.recv().unwrap();
    (address, counters, stop)
}

/// Writes the same bytes in as many parts, and asks the disk after each.
fn write_plainly(root: &Path, bytes: &[u8]) -> Duration {
    let mut file = File::create(root.join("plain")).unwrap();
    let begin = Instant::now();
    for part in bytes.chunks(bytes.len().div_ceil(MESSAGES)) {
        file.write_all(part).unwrap();
        file.sync_data().unwrap();
    }
    begin.elapsed()
}

fn text(n: usize) -> String {
    format!(
        "10.0.{}.{} - - \"GET /api/v1/items/{n} HTTP/1.1\" 200 {} \"-\" \"kube-probe/1.30\" {}ms",
        n % 7,
        n % 251,
        n % 4099,
        n % 97
    )
}

/// Events as the chart's Fluent Bit sends them.
fn rows() -> Vec<u8> {
    fill(|n| {
        let row = format!(
            "2024-09-24T10:00:00Z[big|web-7d4b9c7f6d-x{:04}|web] {}",
            n % 50,
            text(n)
        );
        client::events(SECONDS, &[&[("row", &row)]])
    })
}

/// Events as Fluent Bit with its `kubernetes` filter sends them.
fn plain() -> Vec<u8> {
    fill(|n| {
        client::events(
            SECONDS,
            &[&[
                ("time", "2024-09-24T10:00:00.123456789Z"),
                ("stream", "stdout"),
                ("_p", "F"),
                ("log", &text(n)),
                (
                    "kubernetes.pod_name",
                    &format!("web-7d4b9c7f6d-x{:04}", n % 50),
                ),
                ("kubernetes.namespace_name", "big"),
                ("kubernetes.pod_id", "8d7f2c1e-0b57-4d0e-9c5c-1f4f1f3b2a10"),
                ("kubernetes.host", "node01"),
                ("kubernetes.container_name", "web"),
                ("kubernetes.container_image", "registry.example/web:1.2.3"),
            ]],
        )
    })
}

fn fill(event: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    let mut events = Vec::new();
    let mut n = 0;
    while events.len() < MESSAGE_BYTES {
        events.extend(event(n));
        n += 1;
    }
    events
}
