//! The program on a disk that is full for a while: a limit on the size of its files, which the
//! system answers in the same way.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::outside::{Outside, Point, Trap};
use super::program::Program;
use crate::support::app::{PATIENCE, client};

const FAILURES: &str = "venti_alert_store_failures_total";

/// No file of the process may be written beyond this size.
fn limit(process: u32, size: Option<u64>) {
    let pid = Pid::from_raw(i32::try_from(process).unwrap());
    let maximum = getrlimit(Resource::Fsize).maximum;
    let current = size.or(maximum);
    prlimit(pid, Resource::Fsize, Rlimit { current, maximum }).unwrap();
}

async fn text(address: &str, path: &str) -> String {
    let url = format!("http://{address}{path}");
    let answer = client().get(url).send().await.unwrap();
    answer.text().await.unwrap()
}

/// What the status page says about the file of states.
async fn faults(address: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(&text(address, "/api/v1/status/config").await).unwrap();
    let faults = body["data"]["faults"].as_array().unwrap().iter();
    let faults = faults.filter(|it| it["file"].as_str().unwrap().ends_with("alerts.redb"));
    faults.map(|it| it["message"].to_string()).collect()
}

async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let asked_again = async {
        while !is_so().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, asked_again).await.unwrap();
}

#[tokio::test]
async fn alerts_go_on_from_memory_and_are_kept_once_there_is_room() {
    let outside = Outside::start().await;
    let program = Program::new(&outside.url, Duration::from_secs(3600));
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    outside.run(program.start_on_small_disk(&address));
    outside.set(1, true);
    outside.until_told(1, true).await;
    limit(outside.process(), Some(0));
    outside.set(2, true);
    outside.until_told(2, true).await;
    outside.set(1, false);
    outside.until_told(1, false).await;
    until(async || !faults(&address).await.is_empty()).await;
    let metrics = text(&address, "/metrics").await;
    let failures = metrics.lines().find_map(|it| it.strip_prefix(FAILURES));
    assert!(failures.unwrap().trim().parse::<u64>().unwrap() > 0);
    limit(outside.process(), None);
    until(async || faults(&address).await.is_empty()).await;
    // What happened meanwhile is on disk now: a killed server knows it after its restart.
    let later = |point| Trap { point, after: None };
    outside.kill_at(later(Point::Asked(3)), 2, true).await;
    outside.run(program.start());
    outside.kill_at(later(Point::Asked(5)), 2, true).await;
    let told = outside.told();
    let messages: BTreeSet<&str> = told.iter().map(|it| it.message.as_str()).collect();
    assert_eq!((told.len(), messages.len()), (6, 6), "{told:?}");
    outside.run(program.start());
    outside.set(2, false);
    outside.until_told(2, false).await;
}
