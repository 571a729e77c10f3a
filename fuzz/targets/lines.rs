//! Any bytes are lines or faults: times, labels, levels and fields are found or
//! not, and nothing that a line holds lies outside of it.

#![no_main]

use std::sync::LazyLock;

use lethe::letheql::{LogQuery, LogType};
use lethe::search::filter::Filter;
use lethe::search::lines::{parse_labels, parse_time};
use lethe::search::{Level, Line};
use libfuzzer_sys::fuzz_target;

/// Queries that look at all that a line has.
static FILTERS: LazyLock<Vec<Filter>> = LazyLock::new(|| {
    let queries = [
        r#"pod{namespace="a",pod=~".+"} |= "error" |~ "[a-z]+ \\d" != "x" !~ "y$""#,
        r#"pod{namespace="a"} | json | a = "b" or c_d >= 5 and e > 10ms"#,
        r#"pod{namespace="a"} | logfmt | a =~ "b.*" or c != "d" and e < 1.5"#,
        r#"pod{namespace="a"} | json | logfmt | level = "error" or detected_level != "info""#,
        r#"node{node="a",process!="b"} | logfmt | msg !~ "c""#,
    ];
    let filter = |query: &str| {
        let query = LogQuery::parse(query).expect("a query");
        Filter::new(&query).expect("a filter")
    };
    queries.map(filter).into()
});

fuzz_target!(|bytes: &[u8]| {
    for line in bytes.split(|it| *it == b'\n') {
        let Ok((_, open)) = parse_time(line) else {
            continue;
        };
        assert_eq!(line.get(open), Some(&b'['));
        for log_type in LogType::ALL {
            let Ok(header) = parse_labels(line, open, log_type) else {
                continue;
            };
            let line = Line::new(line, header);
            assert!(line.bytes().ends_with(line.message()));
            let _ = Level::of(line.message()).name();
            for filter in FILTERS.iter().filter(|it| it.log_type() == log_type) {
                let _ = filter.accepts(&line);
            }
        }
    }
});
