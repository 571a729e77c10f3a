//! Draws what moves: crosshair, points under it, and the range being selected.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use crate::frame::{Frame, Series};
use crate::nearest::nearest_time;
use crate::pen::{DrawResult, Pen};
use crate::surface::Point;

use super::TimeSeriesPlot;
use super::runs::Runs;

/// With more visible series than this, points are small and have no ring.
const MANY: usize = 20;
/// Width in CSS pixels of the highlighted line.
const HIGHLIGHT: f64 = 2.5;

impl TimeSeriesPlot {
    /// Draws the crosshair at a time with a point on each visible series, and
    /// the highlighted series once more, bolder. Meant for an empty sheet above
    /// the plot; `time` may come from another chart. Outside of the range
    /// nothing is drawn.
    ///
    /// # Errors
    ///
    /// Whatever the backend reports.
    pub fn draw_cursor<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        frame: &Frame,
        time: f64,
        highlighted: Option<usize>,
    ) -> DrawResult<DB> {
        let (start, end) = self.x.domain();
        if !(start..=end).contains(&time) {
            return Ok(());
        }
        let pen = Pen::new(area, self.surface);
        let highlighted = frame
            .visible()
            .find(|(index, _)| Some(*index) == highlighted);
        if let Some((_, series)) = highlighted {
            self.draw_highlight(&pen, frame, series)?;
        }
        let (top, bottom) = (self.bounds.top, self.bounds.bottom);
        pen.vline(self.x.position(time), top, bottom, self.theme.crosshair)?;

        let Some(index) = nearest_time(frame.times(), time) else {
            return Ok(());
        };
        let many = frame.visible().count() > MANY;
        for (_, series) in frame.visible() {
            self.draw_point(
                &pen,
                frame,
                series,
                index,
                if many { Size::Small } else { Size::Normal },
            )?;
        }
        match highlighted {
            Some((_, series)) => self.draw_point(&pen, frame, series, index, Size::Large),
            None => Ok(()),
        }
    }

    /// Draws the range between two times as selected, in either order.
    ///
    /// # Errors
    ///
    /// Whatever the backend reports.
    pub fn draw_selection<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        from: f64,
        to: f64,
    ) -> DrawResult<DB> {
        let pen = Pen::new(area, self.surface);
        let edge = |time: f64| {
            self.x_units(time)
                .clamp(self.bounds.left, self.bounds.right)
        };
        let (left, right) = (edge(from.min(to)), edge(from.max(to)));
        let (top, bottom) = (self.bounds.top, self.bounds.bottom);
        pen.rect((left, top), (right, bottom), self.theme.select)?;
        pen.vline(f64::from(left), top, bottom, self.theme.crosshair)?;
        pen.vline(f64::from(right), top, bottom, self.theme.crosshair)
    }

    fn draw_highlight<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        frame: &Frame,
        series: &Series,
    ) -> DrawResult<DB> {
        let mut runs = Runs::default();
        self.collect(&self.shown(frame), series, &mut runs);
        let mut style = self.theme.palette.slot(series.slot);
        style.color = style.color.with_alpha(1.0);
        for run in runs.thinned(self.surface.pixel()) {
            self.draw_run(pen, run, HIGHLIGHT, style)?;
        }
        Ok(())
    }

    fn draw_point<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        frame: &Frame,
        series: &Series,
        index: usize,
        size: Size,
    ) -> DrawResult<DB> {
        let Some(point) = self.sample(frame, series, index) else {
            return Ok(());
        };
        let (radius, ring) = match size {
            Size::Small => (2.0, 0.0),
            Size::Normal => (3.0, 1.5),
            Size::Large => (4.5, 2.0),
        };
        if ring > 0.0 {
            pen.disc(point, radius + ring, self.theme.panel)?;
        }
        let color = self.theme.palette.slot(series.slot).color.with_alpha(1.0);
        pen.disc(point, radius, color)
    }

    /// A sample in units, if there is one and it is in sight.
    fn sample(&self, frame: &Frame, series: &Series, index: usize) -> Option<Point> {
        let time = *frame.times().get(index)?;
        let value = *series.values.get(index).filter(|value| value.is_finite())?;
        let point = (self.x_units(time), self.y_units(value));
        self.bounds.contains(point).then_some(point)
    }
}

#[derive(Clone, Copy)]
enum Size {
    Small,
    Normal,
    Large,
}
