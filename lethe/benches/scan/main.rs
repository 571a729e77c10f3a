//! How long searches take, beside ripgrep and GNU grep on the same files in
//! the same run, and how much memory the program needs: `cargo bench -p lethe`.
//!
//! The corpus is written once into the target directory, and once more packed.
//! Times are wall clock, the median of several runs after one that warms up
//! the caches of the system. The tools count hits; Lethe answers the newest
//! thousand rows, or counts where it says so.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports, and may fail"
)]

mod corpus;
mod memory;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use lethe::compress::Compressor;
use lethe::letheql::Query;
use lethe::search::{Cancel, Instants, TimeRange};
use lethe::{Lethe, Options, Page};
use tokio::runtime::Runtime;

use self::corpus::midnight;
use self::memory::Program;

const RUNS: usize = 7;
const DAY: (i64, i64) = (0, 24 * 3600);
const FIVE_MINUTES: (i64, i64) = (43_500, 43_800);

/// What may not be exceeded.
enum Budget {
    /// So many times what ripgrep takes for this expression.
    Ripgrep(f64, &'static str),
    /// So many milliseconds, with the index as it is after opening and later.
    Millis(f64),
}

struct Case {
    name: &'static str,
    query: &'static str,
    range: (i64, i64),
    budget: Budget,
}

const CASES: [Case; 8] = [
    Case {
        name: "fixed string with 50 hits",
        query: r#"pod{namespace=~".+"} |= "needle-that-occurs-50-times""#,
        range: DAY,
        budget: Budget::Ripgrep(1.2, "needle-that-occurs-50-times"),
    },
    Case {
        name: "expression with a prefix",
        query: r#"pod{namespace=~".+"} |~ "needle-that-occurs-[0-9]+-times""#,
        range: DAY,
        budget: Budget::Ripgrep(1.3, "needle-that-occurs-[0-9]+-times"),
    },
    Case {
        name: "expression without a prefix",
        query: r#"pod{namespace=~".+"} |~ "[a-z]+-that-(occurs|happens)-[0-9]+""#,
        range: DAY,
        budget: Budget::Ripgrep(1.3, "[a-z]+-that-(occurs|happens)-[0-9]+"),
    },
    Case {
        name: "pod=, a fortieth of all lines",
        query: r#"pod{namespace=~".+",pod="web-17-7d4b9c7f6d-x0017"}"#,
        range: DAY,
        budget: Budget::Ripgrep(1.5, "web-17-7d4b9c7f6d-x0017"),
    },
    Case {
        name: "pod=, no line at all",
        query: r#"pod{namespace=~".+",pod="nope-17-7d4b9c7f6d"}"#,
        range: DAY,
        budget: Budget::Ripgrep(1.5, "nope-17-7d4b9c7f6d"),
    },
    Case {
        name: "pod=, all of them counted",
        query: r#"sum(count_over_time(pod{namespace=~".+",pod="web-17-7d4b9c7f6d-x0017"}[1d]))"#,
        range: DAY,
        budget: Budget::Ripgrep(1.5, "web-17-7d4b9c7f6d-x0017"),
    },
    Case {
        name: "five minutes",
        query: r#"pod{namespace="big"}"#,
        range: FIVE_MINUTES,
        budget: Budget::Millis(10.0),
    },
    Case {
        name: "the newest 1000 lines",
        query: r#"pod{namespace="big"}"#,
        range: DAY,
        budget: Budget::Millis(10.0),
    },
];

fn main() {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let plain = directory.join("lethe-speed");
    let packed = directory.join("lethe-speed-packed");
    corpus::write(&plain);
    corpus::write(&packed);
    pack(&packed);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    println!(
        "{:<32}{:>10}{:>10}{:>10}{:>10}{:>9}{:>9}",
        "milliseconds", "cold", "warm", "rg", "grep", "budget", "packed"
    );
    for case in &CASES {
        let (cold, warm) = time_lethe(&runtime, &plain, case);
        let (_, in_packed) = time_lethe(&runtime, &packed, case);
        let (rg, grep, budget) = match case.budget {
            Budget::Ripgrep(factor, pattern) => {
                let [rg, grep] = ["rg", "grep"].map(|it| time_command(it, pattern, &plain));
                let allowed = format!("{:.2}/{factor}", warm.as_secs_f64() / rg.as_secs_f64());
                (millis(rg), millis(grep), allowed)
            }
            Budget::Millis(allowed) => (String::new(), String::new(), format!("{allowed}")),
        };
        println!(
            "{:<32}{:>10}{:>10}{rg:>10}{grep:>10}{budget:>9}{:>9}",
            case.name,
            millis(cold),
            millis(warm),
            millis(in_packed),
        );
    }
    println!();
    for (name, root) in [("plain", &plain), ("packed", &packed)] {
        let program = Program::start(root);
        let idle = program.memory();
        let mut anonymous = 0;
        for case in &CASES {
            let [start, end] =
                [case.range.0, case.range.1].map(|it| (midnight().timestamp() + it).to_string());
            let params = [("query", case.query), ("start", &start), ("end", &end)];
            program.ask("/api/v1/query_range", &params);
            anonymous = anonymous.max(program.memory().anonymous);
        }
        println!(
            "memory, {name} files: at the start {:.1} MB, at the peak {:.1} MB, of it {:.1} MB without files",
            megabytes(idle.peak),
            megabytes(program.memory().peak),
            megabytes(anonymous),
        );
    }
}

fn pack(root: &Path) {
    let start = Instant::now();
    let mut compressor = Compressor::new(root.to_owned(), Duration::ZERO);
    let done = compressor.run(midnight() + TimeDelta::days(2), &Cancel::at(None));
    assert!(done.failed.is_empty(), "{:?}", done.failed);
    if done.plain_bytes > 0 {
        println!(
            "packed {} MB to {} MB in {:.1} s",
            done.plain_bytes / 1_000_000,
            done.packed_bytes / 1_000_000,
            start.elapsed().as_secs_f64()
        );
        fs::write(root.join("complete"), "").unwrap();
    }
}

fn millis(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e3)
}

fn megabytes(kilobytes: u64) -> f64 {
    kilobytes as f64 / 1e3
}

/// The first question after opening, and one that was asked before.
fn time_lethe(runtime: &Runtime, root: &Path, case: &Case) -> (Duration, Duration) {
    let at = |second| (midnight() + TimeDelta::seconds(second)).into();
    let range = TimeRange {
        start: at(case.range.0),
        end: at(case.range.1),
    };
    let ask = |lethe: &Lethe| match Query::parse(case.query).unwrap() {
        Query::Logs(query) => {
            let answer = runtime.block_on(lethe.query(query, Page::newest(range, None)));
            answer.unwrap().rows.len()
        }
        Query::Metric(query) => {
            let answer = runtime.block_on(lethe.evaluate(query, Instants::at(range.end)));
            answer.unwrap().0.len()
        }
    };
    let open = || Lethe::open(Options::new(root));
    let cold = median(|| {
        ask(&open());
    });
    let lethe = open();
    let warm = median(|| {
        ask(&lethe);
    });
    (cold, warm)
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
