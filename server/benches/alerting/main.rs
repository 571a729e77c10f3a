//! What alerting costs the server with 5 000 rules in 200 groups and 20 alerts in each group, and
//! how soon people are told: `cargo bench -p venti-server --bench alerting`.
//!
//! The server is a process of its own, so its processor time and its memory are its own. The
//! Prometheus that it asks, the Alertmanager and the webhook that it tells are in this program.
//! A round is all groups once; a server without any alerts shows what of it is asking alone.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports, and may fail"
)]

mod outside;
mod process;
mod rules;

use std::time::Duration;

use tokio::time::{Instant, sleep};

use outside::{Outside, Told};
use process::Process;
use rules::{INTERVAL, PROBE_INTERVAL};

/// Rounds that are averaged.
const ROUNDS: u32 = 3;

/// How often an alert is made to fire and to end.
const PROBES: u32 = 12;

#[tokio::main]
async fn main() {
    let dir = tempfile::tempdir().unwrap();
    let outside = Outside::start().await;
    rules::write(dir.path(), &outside.url);
    let process = Process::start(dir.path());
    // Everything was asked once and is connected.
    sleep(2 * INTERVAL).await;
    println!("{:<56}{:>12}{:>16}", "", "measured", "budget");
    let asking = round(&process).await;
    line("a round that finds nothing: processor time", asking, "");
    outside.fire();
    let before = process.worked();
    sleep(INTERVAL + Duration::from_secs(1)).await;
    let begin = process.worked() - before;
    line("the round in which 4 000 alerts begin", begin, "");
    let firing = round(&process).await;
    line("a round in which 4 000 alerts go on", firing, "");
    let own = firing.saturating_sub(asking);
    line("of that for the alerts, beside asking", own, "50 ms");
    let resident = format!("{:.1} MiB", process.resident() as f64 / f64::from(1 << 20));
    println!("{:<56}{resident:>12}{:>16}", "resident memory", "120 MiB");
    let budget = format!("{:?}", PROBE_INTERVAL + Duration::from_millis(200));
    for (what, slowest) in probe(&outside).await {
        let what = format!("from a sample to the message, {what}, slowest of {PROBES}");
        line(&what, slowest, &budget);
    }
}

/// The processor time that a round takes, on average.
async fn round(process: &Process) -> Duration {
    let before = process.worked();
    sleep(ROUNDS * INTERVAL).await;
    (process.worked() - before) / ROUNDS
}

/// The longest times from a sample that comes up to a message at each receiver.
async fn probe(outside: &Outside) -> [(&'static str, Duration); 2] {
    let mut slowest = [
        ("Alertmanager", Duration::ZERO),
        ("webhook", Duration::ZERO),
    ];
    let mut heard = outside.heard();
    for nth in 0..PROBES {
        // At another moment of the interval each time, and not so soon that receivers, which get
        // a message a second, are waited for.
        sleep(Duration::from_millis(1100) + nth * PROBE_INTERVAL / PROBES).await;
        let began = Instant::now();
        outside.probe(true);
        for _ in &slowest.clone() {
            let (told, at) = heard.recv().await.unwrap();
            let slot = match told {
                Told::Alertmanager => &mut slowest[0],
                Told::Webhook => &mut slowest[1],
            };
            slot.1 = slot.1.max(at - began);
        }
        sleep(Duration::from_millis(1100)).await;
        outside.probe(false);
        for _ in &slowest {
            heard.recv().await.unwrap();
        }
    }
    slowest
}

/// Prints one figure with its budget.
fn line(what: &str, measured: Duration, budget: &str) {
    let measured = format!("{} ms", measured.as_millis());
    println!("{what:<56}{measured:>12}{budget:>16}");
}
