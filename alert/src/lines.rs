//! Log rules: which lines to ask for, and the samples that they make.
//!
//! The window slides: it ends at the slot and begins a fixed length before, so a line that is
//! written late still counts. A line belongs to a window by its time: the start is not part of
//! it, the end is.

mod sent;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::DateTime;
use venti_model::answer::LogRow;
use venti_model::labels::Labels;

use crate::engine::{Evidence, Sample};
use crate::expression::Answers;
use crate::rule::AlertRule;
use crate::time::Timestamp;

pub use sent::SentLines;

/// How many lines are counted at most. One more is asked for, to know whether there are more.
pub const MAX_LINES: usize = 1000;

/// How many lines an alert keeps to be shown.
const KEPT_LINES: usize = 50;

/// How far back lines count where a rule does not say.
pub fn default_window(interval: Duration) -> Duration {
    Duration::from_secs(60).max(2 * interval)
}

/// The range of a query for lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its older end.
    pub start: Timestamp,
    /// Its newer end, the slot.
    pub end: Timestamp,
}

impl Window {
    /// The window of a rule at a slot of its group.
    pub fn of(rule: &AlertRule, interval: Duration, at: Timestamp) -> Self {
        let length = rule
            .lines
            .window
            .unwrap_or_else(|| default_window(interval));
        Self {
            start: at.minus(length),
            end: at,
        }
    }

    fn contains(self, at: Timestamp) -> bool {
        self.start < at && at <= self.end
    }
}

/// The samples that lines make: one for each group of them with at least `min_lines`. `rows` are
/// what a query for `MAX_LINES + 1` lines of the window answered, in any order; lines outside of
/// the window, or without a readable time, do not count.
///
/// The identity is what the selector compares with `=` and the fields of `group_by`; neither time
/// nor text is ever part of it. The value is the number of lines.
pub fn samples(rule: &AlertRule, window: Window, rows: &[LogRow]) -> Vec<Sample> {
    let is_cut = rows.len() > MAX_LINES;
    let mut rows: Vec<(Timestamp, &LogRow)> = rows
        .iter()
        .filter_map(|row| Some((time_of(row)?, row)))
        .filter(|(at, _)| window.contains(*at))
        .collect();
    // The newest first; of the same moment the one that came last.
    rows.reverse();
    rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut groups: BTreeMap<Vec<&str>, Vec<&LogRow>> = BTreeMap::new();
    for (_, row) in rows.into_iter().take(MAX_LINES) {
        let key = rule.lines.group_by.iter().map(|it| field(row, it));
        groups.entry(key.collect()).or_default().push(row);
    }
    let fixed: &[(String, String)] = match &rule.expression.answers {
        Answers::Lines(equal) => equal,
        Answers::Samples => &[],
    };
    groups
        .into_iter()
        .filter(|(_, rows)| rows.len() as u64 >= rule.lines.min_lines)
        .map(|(key, rows)| {
            let fixed = fixed.iter().map(|(name, value)| (&**name, &**value));
            let grouped = rule.lines.group_by.iter().map(String::as_str).zip(key);
            let identity = fixed.chain(grouped).filter(|(_, value)| !value.is_empty());
            Sample {
                labels: Labels::from_iter(identity),
                value: rows.len() as f64,
                histogram: None,
                lines: Some(Box::new(Evidence {
                    rows: rows.into_iter().take(KEPT_LINES).cloned().collect(),
                    is_cut,
                })),
            }
        })
        .collect()
}

/// The samples of each of `slots`, ascending, from the lines of all their windows. Of the lines
/// that an alert keeps to be shown each has the newest only.
pub fn samples_over(
    rule: &AlertRule,
    interval: Duration,
    slots: &[Timestamp],
    rows: Vec<LogRow>,
) -> Vec<(Timestamp, Vec<Sample>)> {
    let timed = rows.into_iter();
    let timed = timed.filter_map(|row| Some((time_of(&row)?, row)));
    let mut timed: Vec<(Timestamp, LogRow)> = timed.collect();
    timed.sort_by_key(|(at, _)| *at);
    let (times, rows): (Vec<Timestamp>, Vec<LogRow>) = timed.into_iter().unzip();
    let samples_at = |slot: &Timestamp| {
        let window = Window::of(rule, interval, *slot);
        let end = times.partition_point(|it| *it <= window.end);
        let start = times.partition_point(|it| *it <= window.start);
        // As many as a question for this window alone would be answered with.
        let start = start.max(end.saturating_sub(MAX_LINES + 1));
        let mut samples = samples(rule, window, rows.get(start..end).unwrap_or_default());
        for evidence in samples.iter_mut().filter_map(|it| it.lines.as_mut()) {
            evidence.rows.truncate(1);
        }
        (*slot, samples)
    };
    slots.iter().map(samples_at).collect()
}

/// The fields that lines of Lethe can be grouped by.
pub const FIELDS: [&str; 5] = ["namespace", "pod", "container", "node", "process"];

/// A field of a line; empty where it has none.
fn field<'a>(row: &'a LogRow, name: &str) -> &'a str {
    let value = match name {
        "namespace" => &row.namespace,
        "pod" => &row.pod,
        "container" => &row.container,
        "node" => &row.node,
        "process" => &row.process,
        _ => &None,
    };
    value.as_deref().unwrap_or_default()
}

fn time_of(row: &LogRow) -> Option<Timestamp> {
    let time = DateTime::parse_from_rfc3339(&row.time).ok()?;
    time.timestamp_nanos_opt().map(Timestamp::from_nanos)
}
