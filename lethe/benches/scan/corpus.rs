//! The files that are searched: 500 MB of one namespace in 24 hour files, and
//! nine small namespaces.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

const BIG_FILE: usize = 21_000_000;
const SMALL_FILE: usize = 420_000;

/// The start of the day that the files cover.
pub(crate) fn midnight() -> DateTime<Utc> {
    "2024-09-24T00:00:00Z".parse().unwrap()
}

/// Writes the files once; later runs find them.
pub(crate) fn write(root: &Path) {
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
