//! Turns the samples of a series into lines, broken where samples are missing.

use crate::frame::{Frame, Series};
use crate::surface::Point;
use crate::thin::thin;

use super::TimeSeriesPlot;

/// The part of a frame that is in sight.
pub(super) struct Shown {
    first: usize,
    columns: Vec<Column>,
}

struct Column {
    x: i32,
    /// Whether a line may come from the column before.
    joined: bool,
}

impl TimeSeriesPlot {
    /// The times in sight and one beyond at each side, so that lines reach the edges.
    pub(super) fn shown(&self, frame: &Frame) -> Shown {
        let (start, end) = self.x.domain();
        let times = frame.times();
        let first = times
            .partition_point(|&time| time < start)
            .saturating_sub(1);
        let last = (times.partition_point(|&time| time <= end) + 1)
            .min(times.len())
            .max(first);
        let mut before = None;
        let columns = times
            .get(first..last)
            .unwrap_or_default()
            .iter()
            .map(|&time| {
                let joined = before.is_some_and(|before| time - before <= self.longest_join);
                before = Some(time);
                Column {
                    x: self.x_units(time),
                    joined,
                }
            });
        Shown {
            first,
            columns: columns.collect(),
        }
    }

    /// The runs of a series, in units.
    pub(super) fn collect(&self, shown: &Shown, series: &Series, runs: &mut Runs) {
        let values = series.values.get(shown.first..).unwrap_or_default();
        let Runs { points, starts } = runs;
        points.clear();
        starts.clear();
        points.reserve(shown.columns.len());
        let mut open = false;
        for (column, &value) in shown.columns.iter().zip(values) {
            if !value.is_finite() {
                open = false;
                continue;
            }
            if !(open && column.joined) {
                starts.push(points.len());
                open = true;
            }
            points.push((column.x, self.y_units(value)));
        }
    }
}

/// Unbroken runs of points; their memory serves one series after another.
#[derive(Default)]
pub(super) struct Runs {
    points: Vec<Point>,
    /// Where in the points each run starts.
    starts: Vec<usize>,
}

impl Runs {
    /// The runs, without points that cannot be seen; `column` is the width of a
    /// device pixel in units.
    pub(super) fn thinned(&mut self, column: i32) -> impl Iterator<Item = &[Point]> {
        let mut rest = self.points.as_mut_slice();
        // Without a start there are no points either.
        let ends = self.starts.iter().skip(1).copied().chain([rest.len()]);
        self.starts.iter().zip(ends).map(move |(start, end)| {
            let (run, after) = std::mem::take(&mut rest).split_at_mut(end - start);
            rest = after;
            thin(run, column)
        })
    }
}
