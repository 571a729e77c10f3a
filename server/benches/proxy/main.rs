//! What the proxy costs, beside asking directly and beside nginx, on the same machine in the same
//! run: `cargo bench -p venti-server --bench proxy`, with `-- --short` for a sixth of the viewers'
//! time.
//!
//! Prometheus, nginx and wrk are Debian's. The long answer and the viewers are asked of an upstream
//! inside this program, which counts.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports, and may fail"
)]

mod latency;
mod memory;
mod server;
mod throughput;
mod upstream;
mod viewers;

use std::time::Duration;

use venti_local::{Part, Stack};

use server::Server;
use upstream::Upstream;

#[tokio::main]
async fn main() {
    // The clients of this program find it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let is_short = std::env::args().any(|it| it == "--short");
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    std::fs::create_dir_all(dir.path().join("stack-etc/dashboards")).unwrap();
    std::fs::create_dir(dir.path().join("dist")).unwrap();
    write("stack-etc/dashboards/a.yml", "title: A\n");
    let program = env!("CARGO_BIN_EXE_venti-server");
    let stack = Stack::new(
        dir.path().join("data"),
        dir.path().join("stack-etc"),
        program,
        dir.path().join("dist"),
    );
    let running = tokio::task::block_in_place(|| stack.start().unwrap());
    let prometheus = running.url(Part::Prometheus);

    let upstream = Upstream::start().await;
    let server = Server::start(dir.path(), &prometheus, &upstream.url).await;
    println!("{:<52}{:>14}{:>12}", "", "measured", "budget");
    line(
        "resident memory, idle",
        mib(server.memory().resident),
        "25 MiB",
    );

    latency::measure(&prometheus, &server.url).await;
    throughput::measure(dir.path(), &prometheus, &server.url);
    memory::measure(&server).await;
    let time = Duration::from_secs(if is_short { 20 } else { 120 });
    viewers::measure(&server, &upstream, time).await;
    tokio::task::block_in_place(|| drop(running));
}

/// Prints one figure with its budget.
fn line(what: &str, measured: String, budget: &str) {
    println!("{what:<52}{measured:>14}{budget:>12}");
}

fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}
