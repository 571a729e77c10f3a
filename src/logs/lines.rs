//! The lines that a view has, oldest first, while pages, refreshes and a live tail bring more.
//!
//! A line that comes again keeps its name, so that the list neither draws it anew nor loses
//! what the reader opened.

use std::sync::Arc;

use lethe::Level;
use venti_model::answer::{Answer, Data, LogRow};

use super::line::{LogLine, written_at};

/// How many lines a view keeps: a browser should not hold a day of them.
pub(crate) const MOST_LINES: usize = 50_000;

/// An answer of log lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Page {
    /// Ascending in time.
    pub(crate) rows: Vec<LogRow>,
    /// Where the next older page begins, when there is one.
    pub(crate) next: Option<String>,
    /// What the database says about them.
    pub(crate) warnings: Vec<String>,
}

impl Page {
    /// The lines of an answer; nothing when it holds something else.
    pub(crate) fn of(answer: Answer) -> Option<Page> {
        match answer.data {
            Data::Logs(rows) => Some(Page {
                rows,
                next: answer.next,
                warnings: answer.warnings,
            }),
            _ => None,
        }
    }
}

/// Lines in the order of their times.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogLines {
    lines: Arc<Vec<Arc<LogLine>>>,
    /// Where older ones begin, when there are any.
    older: Option<String>,
    warnings: Vec<String>,
    last_id: u64,
}

impl LogLines {
    /// All lines, oldest first.
    pub(crate) fn lines(&self) -> Arc<Vec<Arc<LogLine>>> {
        self.lines.clone()
    }

    /// The cursor behind which older lines begin, when there are any.
    pub(crate) fn older(&self) -> Option<&str> {
        self.older.as_deref()
    }

    /// What the database says about the newest page.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Takes the newest page of a range that starts at `start`, unix seconds. Older lines stay
    /// where they join on without a gap.
    pub(crate) fn refresh(&mut self, page: Page, start: f64) {
        let joint = match (&page.next, page.rows.first()) {
            (Some(_), Some(first)) => self.lines.iter().position(|it| it.row == *first),
            _ => None,
        };
        let old = std::mem::take(&mut self.lines);
        let (kept, same) = old.split_at(joint.unwrap_or(0));
        let mut lines: Vec<_> = kept.iter().filter(|it| it.at >= start).cloned().collect();
        match kept.first() {
            None => self.older = page.next,
            // What comes before is out of the range.
            Some(first) if first.at < start => self.older = None,
            Some(_) => {}
        }
        let mut same = same.iter().peekable();
        for row in page.rows {
            // What was removed from the files meanwhile stands in the way once.
            let known = same.clone().take(2).position(|it| it.row == row);
            match known.and_then(|it| same.nth(it)) {
                Some(known) => lines.push(known.clone()),
                None => {
                    let before = lines.last().map(|it| it.at);
                    lines.push(self.line(row, before));
                }
            }
        }
        // A live tail may have been faster.
        let end = lines.last().map_or(f64::NEG_INFINITY, |it| it.at);
        let newer = old.iter().filter(|it| it.at > end && it.at >= start);
        lines.extend(newer.cloned());
        self.lines = Arc::new(lines);
        self.warnings = page.warnings;
    }

    /// Takes the page that ends where these lines begin.
    pub(crate) fn prepend(&mut self, page: Page) {
        let mut lines = Vec::with_capacity(page.rows.len() + self.lines.len());
        for row in page.rows {
            let before = lines.last().map(|it: &Arc<LogLine>| it.at);
            lines.push(self.line(row, before));
        }
        lines.extend(self.lines.iter().cloned());
        self.lines = Arc::new(lines);
        self.older = page.next;
    }

    /// Takes lines that were just written; late ones find their place by their time. The oldest
    /// make room when there are too many.
    pub(crate) fn append(&mut self, page: Page) {
        let mut lines = (*self.lines).clone();
        for row in page.rows {
            let last = lines.last().map(|it| it.at);
            let line = self.line(row, last);
            let at = lines.partition_point(|it| it.at <= line.at);
            let mut of_this_time = lines[..at].iter().rev().take_while(|it| it.at == line.at);
            if !of_this_time.any(|it| it.row == line.row) {
                lines.insert(at, line);
            }
        }
        let surplus = lines.len().saturating_sub(MOST_LINES);
        if surplus > 0 {
            lines.drain(..surplus);
            self.older = lines.first().and_then(|it| it.row.cursor.clone());
        }
        self.lines = Arc::new(lines);
    }

    fn line(&mut self, row: LogRow, before: Option<f64>) -> Arc<LogLine> {
        self.last_id += 1;
        Arc::new(LogLine {
            id: self.last_id,
            at: written_at(&row).or(before).unwrap_or_default(),
            level: Level::of(row.log.as_bytes()),
            row,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(second: u32) -> LogRow {
        LogRow {
            time: format!("2024-01-01T00:{:02}:{:02}Z", second / 60, second % 60),
            log: format!("line {second}"),
            cursor: Some(second.to_string()),
            ..LogRow::default()
        }
    }

    fn page(seconds: std::ops::Range<u32>, has_more: bool) -> Page {
        Page {
            next: has_more.then(|| seconds.start.to_string()),
            rows: seconds.map(row).collect(),
            warnings: Vec::new(),
        }
    }

    fn seconds(lines: &LogLines) -> Vec<u32> {
        let second = |it: &Arc<LogLine>| it.row.cursor.as_ref()?.parse().ok();
        lines.lines().iter().filter_map(second).collect()
    }

    fn ids(lines: &LogLines) -> Vec<u64> {
        lines.lines().iter().map(|it| it.id).collect()
    }

    #[test]
    fn a_refresh_keeps_older_pages_and_names() {
        let mut lines = LogLines::default();
        lines.refresh(page(10..20, true), 0.0);
        lines.prepend(page(5..10, true));
        let before = ids(&lines);
        lines.refresh(page(12..22, true), 0.0);
        assert_eq!(seconds(&lines), (5..22).collect::<Vec<_>>());
        assert_eq!(ids(&lines)[..15], before);
        assert_eq!(lines.older(), Some("5"));
    }

    #[test]
    fn a_gap_is_not_hidden() {
        let mut lines = LogLines::default();
        lines.refresh(page(0..10, true), 0.0);
        lines.refresh(page(30..40, true), 0.0);
        assert_eq!(seconds(&lines), (30..40).collect::<Vec<_>>());
        assert_eq!(lines.older(), Some("30"));
    }

    #[test]
    fn nothing_older_is_offered_once_the_range_begins_within() {
        let mut lines = LogLines::default();
        lines.refresh(page(10..20, true), 0.0);
        lines.prepend(page(5..10, true));
        let start = lines.lines()[2].at;
        lines.refresh(page(12..22, true), start);
        assert_eq!(seconds(&lines), (7..22).collect::<Vec<_>>());
        assert_eq!(lines.older(), None);
    }

    #[test]
    fn a_slow_answer_does_not_take_back_what_the_tail_brought() {
        let mut lines = LogLines::default();
        lines.append(page(8..14, false));
        lines.refresh(page(5..12, true), 0.0);
        assert_eq!(seconds(&lines), (5..14).collect::<Vec<_>>());
        lines.refresh(Page::default(), 2e9);
        assert!(lines.lines().is_empty());
    }

    #[test]
    fn lines_before_the_range_go() {
        let mut lines = LogLines::default();
        lines.refresh(page(0..10, false), 0.0);
        lines.refresh(page(4..12, false), 0.0);
        assert_eq!(seconds(&lines), (4..12).collect::<Vec<_>>());
        assert_eq!(lines.older(), None);
    }

    #[test]
    fn a_tail_puts_late_lines_in_their_place_and_none_twice() {
        let mut lines = LogLines::default();
        lines.refresh(page(0..10, false), 0.0);
        lines.append(page(8..12, false));
        let mut late = page(3..4, false);
        late.rows[0].cursor = Some("33".to_owned());
        lines.append(late);
        assert_eq!(seconds(&lines), [0, 1, 2, 3, 33, 4, 5, 6, 7, 8, 9, 10, 11]);
    }

    #[test]
    fn the_oldest_make_room() {
        let mut lines = LogLines::default();
        let many = |times: u32| Page {
            rows: (0..times)
                .map(|it| LogRow {
                    cursor: Some(it.to_string()),
                    ..row(0)
                })
                .collect(),
            ..Page::default()
        };
        lines.prepend(many(MOST_LINES as u32));
        lines.append(page(1..3, false));
        assert_eq!(lines.lines().len(), MOST_LINES);
        assert_eq!(lines.older(), Some("2"));
    }

    #[test]
    fn a_time_that_cannot_be_read_stays_where_it_was_answered() {
        let mut lines = LogLines::default();
        let mut answer = page(1..4, false);
        answer.rows[1].time = "yesterday".to_owned();
        lines.refresh(answer, 0.0);
        assert_eq!(seconds(&lines), [1, 2, 3]);
        assert_eq!(lines.lines()[1].at, lines.lines()[0].at);
    }

    proptest! {
        /// Whatever comes in which order, each line is there once and in the order of time.
        #[test]
        fn a_tail_is_in_order(batches in proptest::collection::vec(0u32..50, 0..30)) {
            let mut lines = LogLines::default();
            for start in &batches {
                lines.append(page(*start..*start + 3, false));
            }
            let mut expected: Vec<_> = batches.iter().flat_map(|it| *it..*it + 3).collect();
            expected.sort();
            expected.dedup();
            prop_assert_eq!(seconds(&lines), expected);
        }
    }
}
