//! Any text is a query or an error, and a query can be compiled or refused.

#![no_main]

use lethe::letheql::Query;
use lethe::search::filter::{Filter, Matcher};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let query = match Query::parse(text) {
        Ok(Query::Logs(query)) => query,
        Ok(Query::Metric(query)) => query.lines,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let _ = Filter::new(&query);
    let _ = Matcher::whole(&query.target);
});
