//! A live tail of a database that is asked again and again: which lines are new.
//!
//! Each round asks for the last seconds once more, since lines come late and many may have the
//! same time; what was given before is left out. So no line is given twice, and none is lost
//! unless it comes later than [`LATE`] or there are more of them than fit into a round.

use std::collections::BTreeMap;

use super::page::{Cursor, Page};
use super::rows::Line;
use super::{Range, SECOND};

/// Lines that come later than this after their time are not noticed, in nanoseconds.
const LATE: i64 = 10 * SECOND;

/// More lines are not asked for in a round: Loki gives 5000 at most.
const MOST: usize = 4_000;

/// Where a tail is.
#[derive(Debug)]
pub(in crate::upstream) struct Following {
    range: Range,
    /// New lines in one round.
    limit: usize,
    /// The lines of the range that were given, and how often each was there.
    given: BTreeMap<Line, usize>,
}

/// The new lines of a round.
#[derive(Debug, PartialEq)]
pub(super) struct News {
    /// Ascending in time.
    pub(super) lines: Vec<(Cursor, Line)>,
    /// Whether others were left out.
    pub(super) has_more: bool,
}

impl Following {
    /// Begins with the newest lines of a range.
    pub(in crate::upstream) fn new(range: Range, limit: usize) -> Self {
        Self {
            range,
            limit: limit.min(MOST),
            given: BTreeMap::new(),
        }
    }

    /// What the next round asks for.
    pub(super) fn next(&self) -> (Page, Range) {
        let n_given: usize = self.given.values().sum();
        let page = Page {
            limit: self.limit.saturating_add(n_given).min(MOST),
            newest: true,
            before: None,
        };
        (page, self.range)
    }

    /// What is new among the lines that were answered to [`Following::next`].
    pub(super) fn news(&mut self, mut answered: Vec<Line>) -> News {
        let (page, range) = self.next();
        // What is older is known no more, should anybody tell of it unasked.
        answered.retain(|it| it.time >= range.start);
        let found = page.of(answered);
        let has_more = found.has_more;
        let mut before = self.given.clone();
        let mut lines = Vec::new();
        for (cursor, line) in found.lines {
            match before.get_mut(&line).filter(|it| **it > 0) {
                Some(count) => *count -= 1,
                None => {
                    *self.given.entry(line.clone()).or_default() += 1;
                    lines.push((cursor, line));
                }
            }
        }
        News { lines, has_more }
    }

    /// Moves on to a round at `now`, nanoseconds of unix time.
    pub(in crate::upstream) fn move_on(&mut self, now: i64) {
        // What was just asked for may still get lines.
        let start = self.range.end.saturating_sub(LATE).max(self.range.start);
        self.range = Range {
            start,
            end: now.max(self.range.end),
        };
        self.given.retain(|line, _| line.time >= start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(time: i64, message: &str) -> Line {
        Line {
            time,
            message: message.to_owned(),
            ..Line::default()
        }
    }

    /// What a database with these lines answers.
    fn answer(all: &[Line], (page, range): (Page, Range)) -> Vec<Line> {
        let mut found: Vec<Line> = all
            .iter()
            .filter(|it| (range.start..range.end).contains(&it.time))
            .cloned()
            .collect();
        found.sort();
        found.reverse();
        found.truncate(page.asked());
        found
    }

    fn texts(news: News) -> Vec<String> {
        news.lines.into_iter().map(|(_, it)| it.message).collect()
    }

    #[test]
    fn more_than_fit_are_told() {
        let all: Vec<Line> = (0..9).map(|it| line(it, &it.to_string())).collect();
        let mut following = Following::new(Range { start: 0, end: 9 }, 2);
        let first = following.news(answer(&all, following.next()));
        assert!(first.has_more);
        assert_eq!(texts(first), ["7", "8"]);
    }

    #[test]
    fn equal_lines_of_one_time_are_as_many_as_there_are() {
        let mut all = vec![line(5, "a")];
        let mut following = Following::new(Range { start: 0, end: 9 }, 5);
        assert_eq!(texts(following.news(answer(&all, following.next()))), ["a"]);
        following.move_on(10);
        all.extend([line(5, "a"), line(5, "0")]);
        let news = following.news(answer(&all, following.next()));
        assert_eq!(texts(news), ["0", "a"]);
        following.move_on(11);
        assert_eq!(
            texts(following.news(answer(&all, following.next()))),
            [""; 0]
        );
    }

    proptest! {
        /// Lines come in any round between their time and [`LATE`] after it.
        #[test]
        fn each_line_is_given_once(
            lines in proptest::collection::vec((0_i64..30, 0_i64..9, 0_u8..3), 0..60),
        ) {
            let come: Vec<(i64, Line)> = lines
                .iter()
                .map(|(at, late, text)| (at + late, line(at * SECOND, &text.to_string())))
                .collect();
            let mut following = Following::new(Range { start: 0, end: SECOND }, 100);
            let mut given = Vec::new();
            for now in 1..42 {
                let all: Vec<Line> = come.iter().filter(|it| it.0 < now).map(|it| it.1.clone()).collect();
                let news = following.news(answer(&all, following.next()));
                prop_assert!(!news.has_more);
                given.extend(news.lines.into_iter().map(|(_, it)| it));
                following.move_on((now + 1) * SECOND);
            }
            given.sort();
            let mut all: Vec<Line> = come.into_iter().map(|it| it.1).collect();
            all.sort();
            prop_assert_eq!(given, all);
        }
    }
}
