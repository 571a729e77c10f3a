//! The samples of a chart as columns: one of times, one of values a series.

use thiserror::Error;

/// Samples of several series at shared times.
///
/// The columns always have the same length and the times ascend; there is no
/// way to build a frame of which this is not true.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frame {
    times: Vec<f64>,
    series: Vec<Series>,
}

/// One line of a chart.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// What the legend says.
    pub name: String,
    /// One value for each time of the frame. NaN and infinities are not drawn:
    /// they count as no sample.
    pub values: Vec<f64>,
    /// Palette slot, counted from 0.
    pub slot: usize,
    /// Hidden series are neither drawn nor found under the mouse, and do not
    /// stretch the value axis.
    pub hidden: bool,
}

/// Why columns are not a frame.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FrameError {
    /// A column is shorter or longer than the column of times.
    #[error("series {series} has {found} values for {expected} times")]
    Length {
        /// Position of the series.
        series: usize,
        /// Number of times.
        expected: usize,
        /// Number of values.
        found: usize,
    },
    /// A time does not follow the one before it, or is not finite.
    #[error("time {index} does not come after the one before it")]
    Order {
        /// Position of the offending time.
        index: usize,
    },
}

impl Frame {
    /// Joins columns to a frame. Times are unix seconds in strictly ascending order.
    ///
    /// # Errors
    ///
    /// [`FrameError`] names the first column or time that does not fit.
    pub fn new(times: Vec<f64>, series: Vec<Series>) -> Result<Self, FrameError> {
        let mut previous = f64::NEG_INFINITY;
        for (index, &time) in times.iter().enumerate() {
            if !time.is_finite() || time <= previous {
                return Err(FrameError::Order { index });
            }
            previous = time;
        }
        for (index, column) in series.iter().enumerate() {
            if column.values.len() != times.len() {
                let (expected, found) = (times.len(), column.values.len());
                return Err(FrameError::Length {
                    series: index,
                    expected,
                    found,
                });
            }
        }
        Ok(Self { times, series })
    }

    /// Unix seconds, strictly ascending and finite.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// The series, each with as many values as there are times.
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    /// The series that are not hidden, with their positions.
    pub fn visible(&self) -> impl Iterator<Item = (usize, &Series)> {
        self.series
            .iter()
            .enumerate()
            .filter(|(_, series)| !series.hidden)
    }

    /// Shows or hides a series; a position that does not exist is ignored.
    pub fn set_hidden(&mut self, series: usize, hidden: bool) {
        if let Some(series) = self.series.get_mut(series) {
            series.hidden = hidden;
        }
    }

    /// Gives a series another name; a position that does not exist is ignored.
    pub fn rename(&mut self, series: usize, name: String) {
        if let Some(series) = self.series.get_mut(series) {
            series.name = name;
        }
    }

    /// Gives a series another palette slot; a position that does not exist is ignored.
    pub fn set_slot(&mut self, series: usize, slot: usize) {
        if let Some(series) = self.series.get_mut(series) {
            series.slot = slot;
        }
    }

    /// Whether there is nothing to draw: no visible series has a finite value.
    pub fn is_blank(&self) -> bool {
        self.extent(f64::NEG_INFINITY, f64::INFINITY).is_none()
    }

    /// Smallest and largest finite value of the visible series at times within
    /// `[from, to]`, or `None` when there is none.
    pub fn extent(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        let first = self.times.partition_point(|&time| time < from);
        let last = self.times.partition_point(|&time| time <= to).max(first);
        let (mut lo, mut hi) = (f64::INFINITY, f64::NEG_INFINITY);
        for (_, series) in self.visible() {
            for &value in series.values.get(first..last).unwrap_or_default() {
                // Comparisons, because `f64::min` is a call in WebAssembly.
                if value.is_finite() {
                    lo = if value < lo { value } else { lo };
                    hi = if value > hi { value } else { hi };
                }
            }
        }
        (lo <= hi).then_some((lo, hi))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[f64]) -> Series {
        Series {
            values: values.to_vec(),
            ..Series::default()
        }
    }

    #[test]
    fn columns_of_different_length_are_refused() {
        let error = Frame::new(vec![1.0, 2.0], vec![series(&[1.0, 2.0]), series(&[1.0])]);
        assert_eq!(
            error,
            Err(FrameError::Length {
                series: 1,
                expected: 2,
                found: 1
            })
        );
    }

    #[test]
    fn times_must_ascend_and_be_finite() {
        for times in [vec![2.0, 1.0], vec![1.0, 1.0], vec![1.0, f64::NAN]] {
            assert_eq!(
                Frame::new(times, vec![]),
                Err(FrameError::Order { index: 1 })
            );
        }
    }

    #[test]
    fn the_extent_knows_neither_hidden_series_nor_missing_samples() {
        let mut hidden = series(&[900.0, 900.0, 900.0]);
        hidden.hidden = true;
        let rows = vec![
            series(&[f64::NAN, 2.0, f64::INFINITY]),
            hidden,
            series(&[-1.0, 1.0, 7.0]),
        ];
        let mut frame = Frame::new(vec![1.0, 2.0, 3.0], rows).unwrap();
        assert_eq!(frame.extent(0.0, 9.0), Some((-1.0, 7.0)));
        assert_eq!(frame.extent(2.0, 2.5), Some((1.0, 2.0)));
        assert_eq!(frame.extent(5.0, 2.0), None);
        frame.set_hidden(0, true);
        frame.set_hidden(2, true);
        assert!(frame.is_blank());
    }
}
