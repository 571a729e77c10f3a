//! A time series plot: one line a series over a shared time axis.
//!
//! [`TimeSeriesPlot::new`] fixes the geometry; this file answers questions
//! about it. `layout` decides it, `runs` turns samples into lines, `draw`
//! draws the plot, `cursor` what moves over it on a second sheet, so that hovering never redraws the lines.

mod cursor;
mod draw;
mod layout;
mod runs;

use crate::clip::Bounds;
use crate::color::Color;
use crate::frame::Frame;
use crate::nearest::{distance_to_line, nearest_time};
use crate::scale::{Scale, ValueLimits};
use crate::surface::{Point, Surface};
use crate::theme::Theme;
use crate::ticks::{TickBase, TimeTick, plain_labels};

/// What a panel says about its plot.
#[derive(Clone, Copy)]
pub struct TimeSeriesOptions<'a> {
    /// The requested range in unix seconds. It is the range of the axis, whatever the data covers.
    pub x: (f64, f64),
    /// Expected seconds between samples. Samples further apart than one and a
    /// half steps are not joined; without it only missing samples break a line.
    pub step: Option<f64>,
    /// Ends of the value axis.
    pub limits: ValueLimits,
    /// What counts as a round value.
    pub base: TickBase,
    /// Horizontal lines at given values. They do not stretch the axis.
    pub thresholds: &'a [Threshold],
    /// Vertical lines at given times.
    pub moments: &'a [Moment],
    /// Writes the labels of the value axis from its marks and their distance:
    /// one a mark, all in the same prefix.
    pub labels: &'a dyn Fn(&[f64], f64) -> Vec<String>,
    /// Seconds east of UTC at a unix time.
    pub utc_offset: &'a dyn Fn(i64) -> i32,
    /// Least width of the value axis in CSS pixels, so that charts above each
    /// other line up; longer labels widen it.
    pub axis_width: f64,
}

impl TimeSeriesOptions<'_> {
    /// Plain decimal labels in UTC over a range of unix seconds.
    pub fn new(x: (f64, f64)) -> Self {
        Self {
            x,
            step: None,
            limits: ValueLimits::default(),
            base: TickBase::Decimal,
            thresholds: &[],
            moments: &[],
            labels: &plain_labels,
            utc_offset: &|_| 0,
            axis_width: 56.0,
        }
    }
}

/// A horizontal line at a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// Where it lies.
    pub value: f64,
    /// What color it has.
    pub color: Color,
}

/// A vertical line at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// When, unix seconds.
    pub time: f64,
    /// What color it has.
    pub color: Color,
}

/// The rectangle of the lines, without axes, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlotArea {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl PlotArea {
    /// Whether a position in CSS pixels is inside.
    pub fn contains(&self, x: f64, y: f64) -> bool {
        (self.left..=self.left + self.width).contains(&x)
            && (self.top..=self.top + self.height).contains(&y)
    }
}

/// The series under the mouse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearestSeries {
    /// Position of the series in the frame.
    pub series: usize,
    /// Position of the nearest time in the frame.
    pub index: usize,
    /// CSS pixels to its line.
    pub distance: f64,
}

/// The geometry of one picture of one frame.
///
/// It does not hold the frame: pass the one it was made for.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeSeriesPlot {
    surface: Surface,
    theme: Theme,
    /// The plot area in units.
    bounds: Bounds,
    x: Scale,
    y: Scale,
    value_marks: Vec<(f64, String)>,
    time_ticks: Vec<(TimeTick, Point)>,
    thresholds: Vec<Threshold>,
    moments: Vec<Moment>,
    /// Samples further apart than this many seconds are not joined.
    longest_join: f64,
}

impl TimeSeriesPlot {
    /// Lays out a plot of the visible series of a frame.
    ///
    /// `measure` gives the width in CSS pixels of a text in the axis font
    /// ([`crate::theme::AXIS_FONT_PX`] pixels of [`crate::theme::FONT_FAMILY`]).
    pub fn new(
        frame: &Frame,
        options: &TimeSeriesOptions<'_>,
        surface: Surface,
        theme: Theme,
        measure: &dyn Fn(&str) -> f64,
    ) -> Self {
        layout::plot(frame, options, surface, theme, measure)
    }

    /// Where the lines are, in CSS pixels.
    pub fn plot_area(&self) -> PlotArea {
        let Bounds {
            left,
            top,
            right,
            bottom,
        } = self.bounds;
        let css = |units: i32| self.surface.css(f64::from(units));
        PlotArea {
            left: css(left),
            top: css(top),
            width: css(right - left),
            height: css(bottom - top),
        }
    }

    /// The range of the time axis in unix seconds.
    pub fn time_range(&self) -> (f64, f64) {
        self.x.domain()
    }

    /// The range of the value axis.
    pub fn value_range(&self) -> (f64, f64) {
        self.y.domain()
    }

    /// The time at a position in CSS pixels, limited to the range of the axis.
    pub fn time_at(&self, x: f64) -> f64 {
        let (start, end) = self.x.domain();
        let time = self.x.value_at(x * self.surface.scale());
        // `max` before `min` also takes care of a position that is no number.
        time.max(start).min(end)
    }

    /// The position of a time in CSS pixels; outside of the plot area for times outside of the range.
    pub fn x_of(&self, time: f64) -> f64 {
        self.surface.css(self.x.position(time))
    }

    /// The position of a value in CSS pixels; outside of the plot area for values outside of the axis.
    pub fn y_of(&self, value: f64) -> f64 {
        self.surface.css(self.y.position(value))
    }

    /// Position in the frame of the time nearest to a position in CSS pixels,
    /// among the times the plot shows.
    pub fn nearest_index(&self, frame: &Frame, x: f64) -> Option<usize> {
        let (start, end) = self.x.domain();
        let first = frame.times().partition_point(|&time| time < start);
        let last = frame
            .times()
            .partition_point(|&time| time <= end)
            .max(first);
        let shown = frame.times().get(first..last)?;
        nearest_time(shown, self.time_at(x)).map(|index| first + index)
    }

    /// The visible series whose line passes nearest to a position, unless it is
    /// further than `max_distance`; all in CSS pixels.
    pub fn nearest_series(
        &self,
        frame: &Frame,
        x: f64,
        y: f64,
        max_distance: f64,
    ) -> Option<NearestSeries> {
        let index = self.nearest_index(frame, x)?;
        let from = index.saturating_sub(1);
        let xs: Vec<f64> = frame
            .times()
            .get(from..)?
            .iter()
            .take(3)
            .map(|&time| self.x_of(time))
            .collect();
        let mut nearest: Option<NearestSeries> = None;
        for (series, column) in frame.visible() {
            let values = column.values.get(from..).unwrap_or_default();
            let mut before: Option<(f64, f64)> = None;
            for (&sample_x, &value) in xs.iter().zip(values) {
                if !value.is_finite() {
                    before = None;
                    continue;
                }
                let sample = (sample_x, self.y_of(value));
                let distance = distance_to_line((x, y), before.unwrap_or(sample), sample);
                let limit = nearest.map_or(max_distance, |nearest| nearest.distance);
                if distance <= limit {
                    nearest = Some(NearestSeries {
                        series,
                        index,
                        distance,
                    });
                }
                before = Some(sample);
            }
        }
        nearest
    }

    /// A sample in units. Far outside of the picture positions are limited,
    /// which keeps sums of them within `i32`.
    #[inline]
    fn y_units(&self, value: f64) -> i32 {
        to_units(self.y.position(value))
    }

    #[inline]
    fn x_units(&self, time: f64) -> i32 {
        to_units(self.x.position(time))
    }
}

#[inline]
fn to_units(position: f64) -> i32 {
    const FAR: f64 = 1e7;
    // Floor is one instruction in WebAssembly, round is not.
    (position.clamp(-FAR, FAR) + 0.5).floor() as i32
}
