//! A wall of screens on one dashboard.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::{StreamExt, stream};
use reqwest::Client;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::server::Server;
use crate::upstream::Upstream;
use crate::{line, mib};

const VIEWERS: u32 = 200;
const PANELS: usize = 20;
const REFRESH: Duration = Duration::from_secs(5);

/// Connections of one browser to one server.
const CONNECTIONS: usize = 6;

/// Lets many viewers look for some time, and compares with what one of them asks.
pub(crate) async fn measure(server: &Server, upstream: &Upstream, time: Duration) {
    upstream.take_asked();
    let mut viewers = JoinSet::new();
    let begin = next_refresh();
    for number in 0..VIEWERS {
        // They did not all open the page at the same moment.
        let first = begin + REFRESH * number / VIEWERS;
        viewers.spawn(look(server.url.clone(), first, begin + time));
    }
    let results: Vec<Looked> = viewers.join_all().await;
    let asked = upstream.take_asked();
    let requests: usize = results.iter().map(|it| it.requests).sum();
    let errors: usize = results.iter().map(|it| it.errors).sum();
    let of_one = results.iter().map(|it| it.requests).max().unwrap_or(0);
    let memory = server.memory();
    line("200 viewers: requests", requests.to_string(), "");
    line("200 viewers: errors", errors.to_string(), "0");
    let ratio = format!("{:.2} x", asked as f64 / of_one as f64);
    let what = format!("200 viewers: asked upstream {asked}, by one viewer {of_one}");
    line(&what, ratio, "1.05 x");
    line(
        "200 viewers: resident memory",
        mib(memory.resident),
        "100 MiB",
    );
    line("200 viewers: most resident memory", mib(memory.peak), "");
}

struct Looked {
    requests: usize,
    errors: usize,
}

/// The next moment on the grid of panels, so that as many of its steps pass as one viewer looks.
fn next_refresh() -> Instant {
    let step = REFRESH.as_nanos();
    let left = step - unix_now().as_nanos() % step;
    Instant::now() + Duration::from_nanos(left as u64)
}

fn unix_now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

/// One viewer refreshes all panels at once, as a browser does.
async fn look(server: String, first: Instant, end: Instant) -> Looked {
    let client = Client::new();
    let mut ticks = interval_at(first, REFRESH);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut looked = Looked {
        requests: 0,
        errors: 0,
    };
    while ticks.tick().await < end {
        let now = unix_now().as_secs();
        // The grid of a panel, as the page makes it.
        let last = now - now % REFRESH.as_secs();
        let panels = (0..PANELS).map(|panel| {
            let url = format!(
                "{server}/remote/query_range?dsName=counted&query=panel{panel}&start={}&end={last}&step=5",
                last - 1200,
            );
            let request = client.get(url).header("accept-encoding", "gzip");
            async move { request.send().await?.error_for_status()?.bytes().await }
        });
        let answers = stream::iter(panels).buffer_unordered(CONNECTIONS);
        let answers: Vec<_> = answers.collect().await;
        looked.requests += answers.len();
        looked.errors += answers.iter().filter(|it| it.is_err()).count();
    }
    looked
}
