//! Decides where everything in a time series plot stands.

use crate::clip::Bounds;
use crate::frame::Frame;
use crate::scale::Scale;
use crate::surface::Surface;
use crate::theme::{AXIS_FONT_PX, Theme};
use crate::ticks::{TimeTick, ValueAxis, time_ticks};

use super::{TimeSeriesOptions, TimeSeriesPlot};

/// Room above the plot: half of the topmost label.
const TOP: f64 = 8.0;
/// Room right of the plot.
const RIGHT: f64 = 8.0;
/// Height of the time axis.
pub(super) const BOTTOM: f64 = 22.0;
/// Between value labels and plot.
pub(super) const LABEL_GAP: f64 = 8.0;
/// Least distance of two times on the axis.
const TIME_GAP: f64 = 80.0;

pub(super) fn plot(
    frame: &Frame,
    options: &TimeSeriesOptions<'_>,
    surface: Surface,
    theme: Theme,
    measure: &dyn Fn(&str) -> f64,
) -> TimeSeriesPlot {
    let (start, end) = options.x;
    let height = surface.height() - TOP - BOTTOM;
    let axis = ValueAxis::new(
        frame.extent(start, end),
        &options.limits,
        options.base,
        height,
    );
    let labels = (options.labels)(&axis.marks, axis.step);
    let value_marks: Vec<(f64, String)> = axis.marks.into_iter().zip(labels).collect();

    let bounds = bounds(&surface, options.axis_width, &value_marks, measure);
    let (left, right) = (f64::from(bounds.left), f64::from(bounds.right));
    let x = Scale::new((start, end), (left, right));
    let y = Scale::new(
        (axis.lo, axis.hi),
        (f64::from(bounds.bottom), f64::from(bounds.top)),
    );

    let most = (surface.css(right - left) / TIME_GAP).floor().max(1.0) as usize;
    let time_ticks = time_ticks(start, end, most, options.utc_offset)
        .into_iter()
        .map(|tick| {
            let at = label_position(&tick, &x, &surface, measure);
            (tick, at)
        })
        .collect();

    TimeSeriesPlot {
        surface,
        theme,
        bounds,
        x,
        y,
        value_marks,
        time_ticks,
        thresholds: options.thresholds.to_vec(),
        moments: options.moments.to_vec(),
        longest_join: options
            .step
            .filter(|step| *step > 0.0)
            .map_or(f64::INFINITY, |s| s * 1.5),
    }
}

fn bounds(
    surface: &Surface,
    least_axis_width: f64,
    value_marks: &[(f64, String)],
    measure: &dyn Fn(&str) -> f64,
) -> Bounds {
    let longest = value_marks
        .iter()
        .map(|(_, label)| measure(label))
        .fold(0.0, f64::max);
    // However long the labels, the lines keep half of the width.
    let axis_width = least_axis_width
        .max(longest + LABEL_GAP + 2.0)
        .min(surface.width() / 2.0);
    let snap = |css: f64| surface.snap(css * surface.scale());
    let (left, top) = (snap(axis_width), snap(TOP));
    Bounds {
        left,
        top,
        right: snap(surface.width() - RIGHT).max(left),
        bottom: snap(surface.height() - BOTTOM).max(top),
    }
}

/// Centers a label under its mark, but within the surface.
fn label_position(
    tick: &TimeTick,
    x: &Scale,
    surface: &Surface,
    measure: &dyn Fn(&str) -> f64,
) -> (i32, i32) {
    let half = measure(&tick.label) / 2.0;
    let center = surface
        .css(x.position(tick.time))
        .min(surface.width() - half - 1.0);
    let baseline = surface.height() - BOTTOM + 6.0 + AXIS_FONT_PX / 2.0;
    (surface.units(center), surface.units(baseline))
}
