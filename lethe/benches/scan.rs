//! How long searches take, beside ripgrep and GNU grep on the same files in
//! the same run: `cargo bench -p lethe`.
//!
//! The corpus is 500 MB of one namespace in 24 hour files and nine small
//! namespaces, written once into the target directory. Times are wall clock,
//! the median of several runs after one that warms up caches.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports, and may fail"
)]

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use lethe::letheql::LogQuery;
use lethe::search::TimeRange;
use lethe::{Lethe, Options, Page};

const BIG_FILE: usize = 21_000_000;
const SMALL_FILE: usize = 420_000;
const RUNS: usize = 7;

fn main() {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("lethe-speed");
    write_corpus(&root);
    let big = root.join("pod/big");
    println!(
        "{:<44}{:>6}{:>12}{:>12}{:>12}",
        "", "rows", "lethe", "rg", "grep"
    );
    let day = (0, 24 * 3600);
    let needle = "needle-that-occurs-50-times";
    let pod = "web-17-7d4b9c7f6d-x0017";
    for (name, query, range, pattern, place) in [
        (
            "fixed string, a day",
            format!(r#"pod{{namespace="big"}} |= "{needle}""#),
            day,
            needle,
            &big,
        ),
        (
            "fixed string, a day, all namespaces",
            format!(r#"pod{{namespace=~".+"}} |= "{needle}""#),
            day,
            needle,
            &root,
        ),
        (
            "expression with a prefix, a day",
            r#"pod{namespace="big"} |~ "needle-that-occurs-[0-9]+-times""#.to_owned(),
            day,
            "needle-that-occurs-[0-9]+-times",
            &big,
        ),
        (
            "expression without a prefix, a day",
            r#"pod{namespace="big"} |~ "[a-z]+-that-(occurs|happens)-[0-9]+""#.to_owned(),
            day,
            "[a-z]+-that-(occurs|happens)-[0-9]+",
            &big,
        ),
        (
            "pod, a day",
            format!(r#"pod{{namespace="big",pod="{pod}"}} |= "{needle}""#),
            day,
            needle,
            &big,
        ),
        (
            "no such pod, a day",
            r#"pod{namespace="big",pod="nope"}"#.to_owned(),
            day,
            "\\|nope\\|",
            &big,
        ),
        (
            "everything, a day",
            r#"pod{namespace="big"}"#.to_owned(),
            day,
            "",
            &big,
        ),
        (
            "everything, five minutes",
            r#"pod{namespace="big"}"#.to_owned(),
            (43_500, 43_800),
            "",
            &big,
        ),
    ] {
        let (rows, lethe) = time_lethe(&root, &query, range);
        let others = ["rg", "grep"].map(|it| match pattern {
            "" => "-".to_owned(),
            pattern => shown(time_command(it, pattern, place)),
        });
        println!(
            "{name:<44}{rows:>6}{:>12}{:>12}{:>12}",
            shown(lethe),
            others[0],
            others[1]
        );
    }
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn midnight() -> DateTime<Utc> {
    "2024-09-24T00:00:00Z".parse().unwrap()
}

fn time_lethe(root: &Path, query: &str, (start, end): (i64, i64)) -> (usize, Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let lethe = Lethe::open(Options::new(root));
    let at = |second| midnight() + TimeDelta::seconds(second);
    let range = TimeRange {
        start: at(start).into(),
        end: at(end).into(),
    };
    let query = LogQuery::parse(query).unwrap();
    let mut rows = 0;
    let time = median(|| {
        let answer = runtime
            .block_on(lethe.query(query.clone(), Page::newest(range, None)))
            .unwrap();
        rows = answer.rows.len();
    });
    (rows, time)
}

fn time_command(program: &str, pattern: &str, place: &Path) -> Duration {
    median(|| {
        let mut command = Command::new(program);
        command.args(if program == "rg" {
            ["-c", "--no-ignore"]
        } else {
            ["-rcE", "--"]
        });
        if program == "grep" {
            command.env("LC_ALL", "C");
        }
        // Into a pipe: GNU grep stops at the first hit when nobody reads it.
        // A tool that finds nothing says so with its status.
        command.arg(pattern).arg(place).output().unwrap();
    })
}

fn median(mut run: impl FnMut()) -> Duration {
    run();
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[RUNS / 2]
}

fn write_corpus(root: &Path) {
    if root.join("complete").exists() {
        return;
    }
    write_namespace(root, "big", BIG_FILE);
    for number in 0..9 {
        write_namespace(root, &format!("small-{number}"), SMALL_FILE);
    }
    fs::write(root.join("complete"), "").unwrap();
}

fn write_namespace(root: &Path, namespace: &str, size: usize) {
    const MESSAGES: [&str; 6] = [
        r#"10.4.77.12 - - "GET /api/v1/orders/42?expand=items HTTP/1.1" 200 48213 "-" "curl/8.5.0" 0.213"#,
        r#"I0924 10:00:00.941854   26557 server.go:1001] "SyncLoop (PLEG)" pod="default/web-7d4b9c7f6d-abcde""#,
        r#"{"level":"info","msg":"order accepted","latency_ms":412,"path":"/api/v1/orders","user":"kim"}"#,
        "WARN slow query (4917 ms): SELECT * FROM users WHERE name LIKE '%brien%' -- hint",
        "worker 5 finished job 134354 in 4416ms",
        "ERROR failed to connect to redis://cache:6379: dial tcp 10.96.0.169:6379: i/o timeout",
    ];
    let directory = root.join("pod").join(namespace);
    fs::create_dir_all(&directory).unwrap();
    let n_lines = size / 165;
    for hour in 0..24usize {
        let path = directory.join(format!("2024-09-24_{hour:02}.log"));
        let mut file = BufWriter::new(File::create(path).unwrap());
        for number in 0..n_lines {
            let micros =
                (hour as i64) * 3_600_000_000 + (number as i64) * 3_600_000_000 / n_lines as i64;
            let time = (midnight() + TimeDelta::microseconds(micros))
                .to_rfc3339_opts(SecondsFormat::Micros, true);
            let pod = (number * 13 + hour) % 40;
            let message = MESSAGES[(number * 7_919 + hour * 31) % MESSAGES.len()];
            let is_hit = namespace == "big" && (number + hour) % (n_lines / 2) == 77;
            let tail = if is_hit {
                " needle-that-occurs-50-times"
            } else {
                ""
            };
            writeln!(file, "{time}[{namespace}|web-{pod:02}-7d4b9c7f6d-x{pod:04}|app] {message} #{number}{tail}").unwrap();
        }
    }
}
