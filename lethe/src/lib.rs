//! Lethe, a log database over plain files.
//!
//! There is no index on disk and no ingest format: a log is a line of text in
//! the file of its hour, `pod/<namespace>/<YYYY-MM-DD_HH>.log` or
//! `node/<node>/<YYYY-MM-DD_HH>.log`, exactly as Fluent Bit writes it for the
//! original Lethe. Whatever can append a line is an ingester, and `grep` is a
//! second query engine.
//!
//! The way of a query: [`http`] reads the request, [`letheql`] the query;
//! [`store`] names the files of the range; [`search`] reads them as bytes and
//! keeps the newest lines that match; [`http`] writes them as JSON. [`Lethe`]
//! holds this together and bounds it in time and number.
//!
//! # Where this differs from the original
//!
//! Files, queries and answers of the original (kuoss/lethe 0.3) keep their
//! meaning but for these decisions. Each has a test in `tests/it`.
//!
//! | | the original | here | because |
//! |---|---|---|---|
//! | limit | one row more than `limit`, the oldest | exactly `limit` rows, the newest | the newest are what is looked for |
//! | more rows than that | not told | a warning | an answer that is cut must say so |
//! | `limit` parameter | ignored | obeyed | |
//! | order | by file path, then by line | by time, then by file path and line | files hold late lines, and readers had to sort |
//! | warnings | `{}` for each line | sentences with counts | `{}` tells nothing |
//! | selecting several targets | a warning | none | it is what dashboards do |
//! | bad query | 500 `queryError` | 400 `bad_data` | it is the client who must act |
//! | query that takes too long | 500, and only before it starts | 503 `timeout`, at any time; a client that leaves ends its scan | |
//! | bad `start` or `end` | 1970 | 400 | a silent 1970 is a wrong answer |
//! | no `start` or `end` | 1970 | an hour before the end, now | |
//! | RFC 3339 `start` or `end` | 1970 | understood | |
//! | `_` and hexadecimal in times | numbers | 400 | nobody writes them |
//! | `time` of `query` | ignored | obeyed | alerts are evaluated at a given time |
//! | line at `end` in the file of the next hour | lost | found | both ends are included |
//! | unknown or repeated label, `offset`, `@`, `bool` | no effect, silently | no effect, with a warning | |
//! | no data directory, or none of that type | 500 | an empty answer | a fresh volume is no error |
//! | file name without an hour | 500 if short, else ignored | ignored | |
//! | line that ends with `]` | 500 | an empty message | |
//! | `]` without a blank behind it | one byte of the message lost | nothing lost | |
//! | line of 64 KiB or more | ends its file silently | read, up to 1 MiB | |
//! | query that is only a string | connection closed | 400 | |
//! | an empty or short newest file | metadata and targets close the connection | they answer | |
//! | `lastScrape` | first line of the newest file | last line | it is shown as an age |
//! | directories that are no log type | listed in metadata and targets | left out | they cannot be queried |
//! | links to directories | queried, not listed | both | |
//! | files that cannot be listed because they are none | a warning | none | |
//! | PromQL functions that never worked | type errors or dumps of memory addresses | unknown functions, or a sentence | |
//! | groups nested over 100 deep in a regular expression | up to 1000 | an error | |
//! | a trailing slash | 301 with a page | 301 without a page | |
//! | `/-/ready` | always | when the data directory can be read | |
//! | configuration values that are negative, zero, absurd or lack a unit | something nobody wrote, such as 20 nanoseconds | refused with their place | a typing mistake must not delete logs |
//! | rotation: what counts and is deleted | every file of a target by its name as text; root files named `host*` or `kube*` | files of an hour in targets of `pod` and `node` | other files are not ours |
//! | rotation by size of the hour being written | deleted | stays | |
//! | rotation: a file that cannot be deleted | counted as deleted | not counted, and told | |
//! | rotation at the start | at once | after one interval, and what goes is said in the log before | the default of 15 days may meet a tree that is older |
//! | unknown configuration keys | ignored | a warning with their place | |
//!
//! And of its writer, the Fluent Bit beside it, for rows over Fluent Forward:
//!
//! | | there | here | because |
//! |---|---|---|---|
//! | a row of several lines | lines without header, or forged ones | each line with the header of the row | a message must not pose as a line of somebody else |
//! | a row without time and labels, a record without a row | written, such as `{row}` | refused and counted | no query can find it |
//! | a tag that is no path of an hour file | any file below the data directory | refused and counted, unless the record itself says where it belongs | other files are not ours |
//! | a torn last line | goes on with the next row | ended by a line break | |
//! | acknowledged | handed to the system | on disk | |
//!
//! # What is added
//!
//! - Pipelines behind a selector, as in LogQL:
//!
//!   | | |
//!   |---|---|
//!   | `\| json` | reads fields of a JSON message; a field within an object has the object's name and `_` before its own |
//!   | `\| logfmt` | reads fields of `key=value key="some value"` |
//!   | `\| name = "x"` | also `!=`, `=~`, `!~`; an expression has to match the whole value, a missing field is the empty text |
//!   | `\| name >= 500` | also `=`, `==`, `!=`, `<`, `<=`, `>`; a value that is no number is passed over |
//!   | `\| name > 250ms` | the same for lengths of time, in the message as Go writes them |
//!   | `and`, `or`, `( )` | between conditions |
//!   | `\| level = "error"` | `error`, `warn`, `info`, `debug` or `unknown` by what the message looks like; the field `level` where a parser stands before and the message has it |
//!   | `detected_level` | always by what the message looks like |
//!   | `pod_extracted` | the field `pod`; `pod` is the label |
//!
//!   Unlike in LogQL, fields choose lines and group counts but are no part of
//!   rows nor of what tells series apart unless an aggregation names them, and a
//!   label that no line can have is an error.
//! - Counting lines: `count_over_time(… [5m])` and `rate(… [5m])`, aggregated by
//!   `sum`, `count`, `min`, `max`, `avg`, `topk` and `bottomk` with `by` or
//!   `without`, compared and computed with numbers. `query` answers a vector at
//!   `time`, `query_range` a matrix by `step` (seconds or `1m`), both in the
//!   shape of Prometheus. As in LogQL, each set of labels that lines have is a
//!   series of its own until an aggregation joins them, a window holds its end
//!   and not its start, and where no line is there is no value, not zero.
//! - `direction` of lines, as in Loki: `backward` (the default) answers the
//!   newest `limit` rows, `forward` the oldest, both by ascending time. An answer
//!   that was cut has `next` before its rows; given as `cursor`, it asks for the
//!   rows beyond in the same direction. `cursors=true` adds to each row its own.
//! - `/api/v1/context`: the line at a `cursor` with `limit` lines before and
//!   behind it.
//! - `/api/v1/tail`: lines as they are written, as server-sent events. The first
//!   event holds the newest lines up to now, each later one those that were added
//!   to files of the last hours, late ones included; the data of each is an
//!   answer as of `query`.
//! - `/api/v1/histogram`: lines over time by level, as a matrix of Prometheus.
//! - `/api/v1/label/{name}/values`: namespaces, nodes, pods, containers and
//!   processes of a range.
//! - Hours may be packed some time after their end (`storage.compress_after`):
//!   `<hour>.log.zst` stands for `<hour>.log`, and every question is answered as
//!   before. `zstd -d` unpacks it.
//! - Ingestion ([`ingest`]), all of it off until the configuration names it:
//!   Fluent Forward, JSON lines by [`POST /api/v1/push`](http::push_router),
//!   local files, the systemd journal. Acknowledged means on disk.
//! - Times in the files of the last day are learned in the background
//!   ([`Lethe::maintain`]), so that a first question about them is as fast as a
//!   later one. Nothing of it is written: packed files have their times in them.
//! - `/metrics`: queries, bytes read, rows, files on disk, rotation, compression,
//!   ingestion, and the process itself, in Prometheus' text format.
//!   `/api/v1/openapi.json` describes the API.
//! - The program `lethe` takes `--config`, ends what is under way when it is
//!   asked to stop, reads its configuration alone with `lethe check`, and prints
//!   lines or numbers with `lethe query`, with `--follow` also lines as they are
//!   written.

#[cfg(feature = "engine")]
pub mod compress;
#[cfg(feature = "engine")]
pub mod config;
#[cfg(feature = "engine")]
mod engine;
#[cfg(feature = "engine")]
pub mod http;
#[cfg(feature = "engine")]
pub mod ingest;
pub mod letheql;
mod level;
#[cfg(feature = "engine")]
mod metric;
#[cfg(feature = "program")]
pub mod program;
#[cfg(feature = "engine")]
pub mod rotate;
#[cfg(feature = "engine")]
pub mod search;
#[cfg(feature = "engine")]
pub mod store;

#[cfg(feature = "engine")]
pub(crate) use engine::MAX_POINTS;
#[cfg(feature = "engine")]
pub use engine::{Answer, Clock, Lethe, Maintenance, Options, Page, QueryError, Tail, TargetState};
pub use level::Level;
#[cfg(feature = "engine")]
pub use metric::Series;
