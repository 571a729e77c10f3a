//! The time that the proxy adds to one small query.

use std::time::{Duration, Instant};

use reqwest::Client;

use crate::line;

const REQUESTS: usize = 3000;

/// Asks Prometheus directly and through the server, in turns.
pub(crate) async fn measure(prometheus: &str, server: &str) {
    let client = Client::new();
    let (mut direct, mut through) = (Vec::new(), Vec::new());
    for number in 0..REQUESTS {
        // Another time for each, so that nothing is reused.
        let query = format!("query=vector(1)&time={number}");
        let urls = [
            format!("{prometheus}/api/v1/query?{query}"),
            format!("{server}/remote/query?dsName=prometheus&{query}"),
        ];
        for (url, times) in urls.iter().zip([&mut direct, &mut through]) {
            let started = Instant::now();
            let answer = client.get(url).send().await.unwrap();
            assert!(answer.status().is_success());
            answer.bytes().await.unwrap();
            times.push(started.elapsed());
        }
    }
    for (part, name, budget) in [(0.5, "p50", "0.3 ms"), (0.99, "p99", "2 ms")] {
        let [direct, through] = [&mut direct, &mut through].map(|it| quantile(it, part));
        let added = through.as_secs_f64() - direct.as_secs_f64();
        let what = format!("latency added, {name} (direct {direct:.2?})");
        line(&what, format!("{:.2} ms", added * 1e3), budget);
    }
}

fn quantile(times: &mut [Duration], part: f64) -> Duration {
    times.sort_unstable();
    times[(times.len() as f64 * part) as usize]
}
