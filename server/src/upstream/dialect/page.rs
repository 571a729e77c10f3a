//! Which lines of an answer are given, and the names they get for the next page: databases of
//! other APIs name no lines.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use super::Range;
use super::rows::Line;

/// A line: its time in nanoseconds, and which of the lines of this very time it is, counted from
/// 1 for the last one of them in the order of [`Line`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    time: i64,
    nth: u32,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.time, self.nth)
    }
}

impl FromStr for Cursor {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (time, nth) = text.split_once('.').unwrap_or((text, ""));
        Ok(Self {
            time: time.parse()?,
            nth: nth.parse()?,
        })
    }
}

impl Cursor {
    /// When the line was written, in nanoseconds of unix time.
    pub(super) fn time(self) -> i64 {
        self.time
    }

    /// Those of lines in their order.
    fn of(lines: &[Line]) -> Vec<Self> {
        let mut cursors: Vec<Self> = Vec::with_capacity(lines.len());
        for Line { time, .. } in lines.iter().rev() {
            let before = cursors.last().filter(|it| it.time == *time);
            let nth = before.map_or(1, |it| it.nth.saturating_add(1));
            cursors.push(Self { time: *time, nth });
        }
        cursors.reverse();
        cursors
    }

    fn is_before(self, other: Self) -> bool {
        (self.time, other.nth) < (other.time, self.nth)
    }
}

/// How many lines of a range, from which end, and of the newest only those before a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) limit: usize,
    /// Whether the newest are wanted, and not the oldest.
    pub(super) newest: bool,
    /// Where the page before ended. Only the newest are paged: what else has a line's time is
    /// known only once all that is newer is.
    pub(super) before: Option<Cursor>,
}

/// The lines of an answer, ascending in time.
pub(super) struct Lines {
    pub(super) lines: Vec<(Cursor, Line)>,
    /// Whether there are others in the range.
    pub(super) has_more: bool,
}

impl Lines {
    /// The name of the line before which the next page ends.
    pub(super) fn next(&self) -> Option<Cursor> {
        let (cursor, _) = self.lines.first()?;
        self.has_more.then_some(*cursor)
    }
}

impl Page {
    /// How many lines are to be asked for: those the page before gave already, and one to know
    /// whether there are more.
    pub(super) fn asked(self) -> usize {
        let given = self.before.map_or(0, |it| it.nth as usize);
        self.limit.saturating_add(given).saturating_add(1)
    }

    /// The part of a range that the page can be in.
    pub(super) fn within(self, range: Range) -> Range {
        let Range { start, end } = range;
        // Ends do not count to a range in all APIs.
        let last = self.before.map(|it| it.time.saturating_add(1));
        Range {
            start,
            end: last.map_or(end, |it| it.min(end)),
        }
    }

    /// The page, of what was answered.
    pub(super) fn of(self, lines: Vec<Line>) -> Lines {
        let mut lines = named(lines);
        if let Some(before) = self.before {
            lines.retain(|(it, _)| it.is_before(before));
        }
        let surplus = lines.len().saturating_sub(self.limit);
        if self.newest {
            lines.drain(..surplus);
        } else {
            lines.truncate(self.limit);
        }
        Lines {
            lines,
            has_more: surplus > 0,
        }
    }
}

/// The lines round one: so many before it and as many behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Surroundings {
    pub(super) cursor: Cursor,
    pub(super) limit: usize,
}

impl Surroundings {
    /// The pages to be asked for: up to the time of the line, and from behind it on.
    pub(super) fn pages(self, range: Range) -> [(Page, Range); 2] {
        let Self { cursor, limit } = self;
        let before = Page {
            limit,
            newest: true,
            before: Some(cursor),
        };
        let after = Page {
            limit,
            newest: false,
            before: None,
        };
        let start = cursor.time.saturating_add(1);
        [
            (before, before.within(range)),
            (after, Range { start, ..range }),
        ]
    }

    /// The line with those round it, of what was answered to both; nothing when it is not among
    /// them.
    pub(super) fn of(self, mut up_to: Vec<Line>, behind: Vec<Line>) -> Vec<(Cursor, Line)> {
        let Self { cursor, limit } = self;
        // Where ends count to a range, the first of one is the last of the other.
        up_to.retain(|it| it.time <= cursor.time);
        let behind = behind.into_iter().filter(|it| it.time > cursor.time);
        let lines = named(up_to.into_iter().chain(behind).collect());
        let Some(at) = lines.iter().position(|(it, _)| *it == cursor) else {
            return Vec::new();
        };
        let first = at.saturating_sub(limit);
        let n_lines = at - first + 1 + limit;
        lines.into_iter().skip(first).take(n_lines).collect()
    }
}

/// Lines in their order, with their names.
fn named(mut lines: Vec<Line>) -> Vec<(Cursor, Line)> {
    lines.sort();
    Cursor::of(&lines).into_iter().zip(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(time: i64, message: usize) -> Line {
        Line {
            time,
            message: format!("{message:03}"),
            ..Line::default()
        }
    }

    /// What a database answers.
    fn asked(all: &[Line], page: Page, range: Range) -> Vec<Line> {
        let mut found: Vec<Line> = all
            .iter()
            .filter(|it| (range.start..range.end).contains(&it.time))
            .cloned()
            .collect();
        found.sort();
        if page.newest {
            found.reverse();
        }
        found.truncate(page.asked());
        found
    }

    const ALL: Range = Range { start: 0, end: 10 };

    proptest! {
        #[test]
        fn pages_give_each_line_once(
            times in proptest::collection::vec(0_i64..10, 0..40),
            limit in 1_usize..7,
        ) {
            let mut all: Vec<Line> = times.iter().enumerate().map(|(n, it)| line(*it, n)).collect();
            let mut given = Vec::new();
            let mut before = None;
            loop {
                let page = Page { limit, newest: true, before };
                let found = page.of(asked(&all, page, page.within(ALL)));
                before = found.next();
                prop_assert!(found.lines.len() <= limit);
                given.extend(found.lines.into_iter().rev().map(|(_, it)| it));
                if before.is_none() {
                    break;
                }
            }
            all.sort();
            all.reverse();
            prop_assert_eq!(given, all);
        }

        #[test]
        fn a_line_stands_between_its_neighbours(
            times in proptest::collection::vec(0_i64..10, 1..40),
            chosen: proptest::sample::Index,
            limit in 0_usize..5,
        ) {
            let all = named(times.iter().enumerate().map(|(n, it)| line(*it, n)).collect());
            let at = chosen.index(all.len());
            let round = Surroundings { cursor: all[at].0, limit };
            let lines: Vec<Line> = all.iter().map(|(_, it)| it.clone()).collect();
            let [up_to, behind] = round.pages(ALL).map(|(page, range)| asked(&lines, page, range));
            let first = at.saturating_sub(limit);
            let last = (at + limit + 1).min(all.len());
            let found: Vec<Line> = round.of(up_to, behind).into_iter().map(|(_, it)| it).collect();
            prop_assert_eq!(found, lines[first..last].to_vec());
        }

        #[test]
        fn cursors_are_read_as_they_are_written(time: i64, nth: u32) {
            let cursor = Cursor { time, nth };
            prop_assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = text.parse::<Cursor>();
        }
    }
}
