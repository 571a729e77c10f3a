//! A sink that keeps the rows at one side of a time range.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::store::HourFile;

use super::cursor::{Cursor, Mark};
use super::row::{Held, Place, Row};
use super::sink::{Hit, Side, Sink};
use super::time::TimeRange;

/// Where rows begin that are kept: at a cursor, towards older rows when the
/// newest are kept, towards newer ones when the oldest are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The place.
    pub cursor: Cursor,
    /// Whether the row at the cursor is one of them.
    pub is_included: bool,
}

/// Keeps the newest or the oldest rows, bounded in number and in bytes.
///
/// Of two rows the one nearer to the wanted side always stays, so the rows
/// that are kept do not depend on the order in which they came.
pub struct Rows {
    side: Side,
    limit: usize,
    max_bytes: usize,
    from: Option<Anchor>,
    /// Where the cursor stands among the files of the scan.
    mark: Option<Mark>,
    rows: BTreeSet<Held>,
    bytes: usize,
    /// The best row that was dropped; all that are worse are of no use either.
    dropped: Option<Place>,
}

/// The rows that were kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// In ascending order.
    pub rows: Vec<Row>,
    /// Whether more rows matched.
    pub has_more: bool,
}

impl Rows {
    /// Keeps at most `limit` rows, and of these no more than take `max_bytes`,
    /// yet at least one.
    pub fn new(side: Side, limit: usize, max_bytes: usize) -> Rows {
        Rows {
            side,
            limit,
            max_bytes,
            from: None,
            mark: None,
            rows: BTreeSet::new(),
            bytes: 0,
            dropped: None,
        }
    }

    /// Keeps only rows from a cursor on.
    pub fn from(mut self, from: Option<Anchor>) -> Rows {
        self.from = from;
        self
    }

    /// Ends the collection. The files are those of the scan.
    pub fn finish(mut self, files: &[HourFile]) -> Kept {
        // One row more than the limit is kept all along: it tells that there
        // are more without guessing what unread files hold.
        while self.rows.len() > self.limit {
            self.drop_worst();
        }
        let has_more = self.dropped.is_some();
        let mut names: BTreeMap<usize, Arc<str>> = BTreeMap::new();
        let row = |held: Held| {
            let number = held.place.file;
            let name = || files.get(number).map_or("", |it| &it.name).into();
            let file = Arc::clone(names.entry(number).or_insert_with(name));
            Row::new(held, file)
        };
        Kept {
            rows: self.rows.into_iter().map(row).collect(),
            has_more,
        }
    }

    fn worst(&self) -> Option<&Held> {
        match self.side {
            Side::Newest => self.rows.first(),
            Side::Oldest => self.rows.last(),
        }
    }

    fn is_worse(&self, place: Place, than: Place) -> bool {
        match self.side {
            Side::Newest => place < than,
            Side::Oldest => place > than,
        }
    }

    /// Whether a place lies from the cursor on.
    fn follows(&self, place: Place) -> bool {
        let (Some(mark), Some(from)) = (&self.mark, &self.from) else {
            return true;
        };
        match (mark.order_of(place), self.side) {
            (Ordering::Equal, _) => from.is_included,
            (order, Side::Newest) => order == Ordering::Less,
            (order, Side::Oldest) => order == Ordering::Greater,
        }
    }

    fn is_useless(&self, place: Place) -> bool {
        !self.follows(place)
            || self.dropped.is_some_and(|it| self.is_worse(place, it))
            || (self.rows.len() > self.limit
                && self
                    .worst()
                    .is_some_and(|it| self.is_worse(place, it.place)))
    }

    fn drop_worst(&mut self) {
        let worst = match self.side {
            Side::Newest => self.rows.pop_first(),
            Side::Oldest => self.rows.pop_last(),
        };
        if let Some(row) = worst {
            self.bytes -= row.size();
            self.drop_all_worse_than(row.place);
        }
    }

    fn drop_all_worse_than(&mut self, place: Place) {
        if self.dropped.is_none_or(|it| self.is_worse(it, place)) {
            self.dropped = Some(place);
        }
        while self
            .worst()
            .is_some_and(|it| self.is_worse(it.place, place))
        {
            self.drop_worst();
        }
    }

    fn keep(&mut self, row: Held) {
        self.bytes += row.size();
        self.rows.insert(row);
        while self.rows.len() > self.limit.saturating_add(1)
            || (self.bytes > self.max_bytes && self.rows.len() > 1)
        {
            self.drop_worst();
        }
    }
}

impl Sink for Rows {
    fn prefers(&self) -> Option<Side> {
        Some(self.side)
    }

    fn begin(&mut self, files: &[HourFile]) {
        self.mark = self.from.as_ref().map(|it| it.cursor.mark(files));
    }

    fn narrow(&self, range: &mut TimeRange) {
        if let Some(from) = &self.from {
            match self.side {
                Side::Newest => range.end = range.end.min(from.cursor.time),
                Side::Oldest => range.start = range.start.max(from.cursor.time),
            }
        }
        let full = self.worst().filter(|_| self.rows.len() > self.limit);
        let Some(bound) = full.map(|it| it.place).or(self.dropped) else {
            return;
        };
        match self.side {
            Side::Newest => range.start = range.start.max(bound.time),
            Side::Oldest => range.end = range.end.min(bound.time),
        }
    }

    fn hit(&mut self, hit: &Hit<'_>) {
        let place = Place {
            time: hit.time,
            file: hit.file,
            offset: hit.offset,
        };
        if !self.is_useless(place) {
            self.keep(Held {
                place,
                header: hit.line.header(),
                line: hit.line.bytes().into(),
            });
        }
    }

    fn split(&self) -> Rows {
        Rows {
            from: self.from.clone(),
            mark: self.mark,
            ..Rows::new(self.side, self.limit, self.max_bytes)
        }
    }

    fn merge(&mut self, other: Rows) {
        if let Some(place) = other.dropped {
            self.drop_all_worse_than(place);
        }
        for row in other.rows {
            if !self.is_useless(row.place) {
                self.keep(row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::Line;
    use super::super::lines::{parse_labels, parse_time};
    use super::*;
    use crate::letheql::LogType;
    use proptest::prelude::*;

    fn put(rows: &mut Rows, offset: u64, second: u8, length: usize) {
        let line = format!("2009-11-10T22:00:{second:02}Z[n|p] {}", "x".repeat(length));
        let (time, open) = parse_time(line.as_bytes()).unwrap();
        let header = parse_labels(line.as_bytes(), open, LogType::Node).unwrap();
        rows.hit(&Hit {
            time,
            file: 0,
            offset,
            line: &Line::new(line.as_bytes(), header),
        });
    }

    proptest! {
        #[test]
        fn what_is_kept_depends_on_neither_order_nor_threads(
            lines in prop::collection::vec((0u8..60, 0usize..200, any::<bool>()), 0..40),
            limit in 0usize..20,
            max_bytes in 0usize..4_000,
            is_newest in any::<bool>(),
        ) {
            let side = if is_newest { Side::Newest } else { Side::Oldest };
            let new = || Rows::new(side, limit, max_bytes);
            let mut places: Vec<(u8, u64, usize)> = lines
                .iter()
                .enumerate()
                .map(|(number, (second, length, _))| (*second, number as u64, size_of::<Row>() + 26 + length))
                .collect();
            places.sort_unstable();
            if is_newest {
                places.reverse();
            }
            let mut bytes = 0;
            let mut expected: Vec<u64> = places
                .iter()
                .take_while(|it| {
                    let is_first = bytes == 0;
                    bytes += it.2;
                    is_first || bytes <= max_bytes
                })
                .take(limit)
                .map(|it| it.1)
                .collect();
            if is_newest {
                expected.reverse();
            }

            let (mut one, mut other) = (new(), new());
            for (number, (second, length, is_other)) in lines.iter().enumerate() {
                let sink = if *is_other { &mut other } else { &mut one };
                put(sink, number as u64, *second, *length);
            }
            one.merge(other);
            let kept = one.finish(&[]);
            let found: Vec<u64> = kept.rows.iter().map(|it| it.cursor().offset).collect();
            prop_assert_eq!(kept.has_more, expected.len() < lines.len());
            prop_assert_eq!(found, expected);
        }
    }
}
