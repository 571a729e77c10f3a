//! Draws grid, axes and lines.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use crate::clip;
use crate::dash::dashes;
use crate::frame::Frame;
use crate::palette::SeriesStyle;
use crate::pen::{Align, DrawResult, Pen, TextLook};
use crate::surface::Point;
use crate::theme::AXIS_FONT_PX;

use super::TimeSeriesPlot;
use super::layout::LABEL_GAP;
use super::runs::Runs;

/// With more visible series than this, lines are thinner.
const MANY: usize = 20;
/// Opacity of the area under the only series.
const FILL: f64 = 0.08;
/// Radius in CSS pixels of a sample without neighbors.
const LONE_RADIUS: f64 = 2.0;

impl TimeSeriesPlot {
    /// Draws the plot. The area is expected to be empty and to count in the
    /// units of the surface.
    ///
    /// # Errors
    ///
    /// Whatever the backend reports.
    pub fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        frame: &Frame,
    ) -> DrawResult<DB> {
        let pen = Pen::new(area, self.surface);
        self.draw_grid(&pen)?;
        self.draw_labels(&pen)?;
        let shown = self.shown(frame);
        let visible = frame.visible().count();
        let width = if visible > MANY { 1.25 } else { 1.5 };
        let mut runs = Runs::default();
        for (_, series) in frame.visible() {
            let style = self.theme.palette.slot(series.slot);
            self.collect(&shown, series, &mut runs);
            for run in runs.thinned(self.surface.pixel()) {
                if visible == 1 {
                    self.draw_fill(&pen, run, style)?;
                }
                self.draw_run(&pen, run, width, style)?;
            }
        }
        self.draw_thresholds(&pen)?;
        self.draw_moments(&pen)
    }

    fn draw_grid<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>) -> DrawResult<DB> {
        let (bounds, theme) = (&self.bounds, &self.theme);
        for (tick, _) in &self.time_ticks {
            pen.vline(
                self.x.position(tick.time),
                bounds.top,
                bounds.bottom,
                theme.grid,
            )?;
        }
        let zero = self.y.position(0.0);
        for (value, _) in &self.value_marks {
            let color = if *value == 0.0 {
                theme.axis
            } else {
                theme.grid
            };
            pen.hline(bounds.left, bounds.right, self.y.position(*value), color)?;
        }
        // Where 0 is not in sight the bottom still needs its line.
        if zero > f64::from(bounds.bottom) || zero < f64::from(bounds.top) {
            pen.hline(
                bounds.left,
                bounds.right,
                f64::from(bounds.bottom),
                theme.grid,
            )?;
        }
        Ok(())
    }

    fn draw_labels<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>) -> DrawResult<DB> {
        let look = TextLook {
            color: self.theme.axis_text,
            size: AXIS_FONT_PX,
            align: Align::Right,
            bold: false,
        };
        let right = self.bounds.left - self.surface.units(LABEL_GAP);
        for (value, label) in &self.value_marks {
            pen.text(label, (right, self.y_units(*value)), look)?;
        }
        for (tick, at) in &self.time_ticks {
            let color = if tick.is_date {
                self.theme.text
            } else {
                self.theme.axis_text
            };
            pen.text(
                &tick.label,
                *at,
                TextLook {
                    color,
                    align: Align::Center,
                    ..look
                },
            )?;
        }
        Ok(())
    }

    fn draw_thresholds<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>) -> DrawResult<DB> {
        let (lo, hi) = self.y.domain();
        for threshold in &self.thresholds {
            if (lo..=hi).contains(&threshold.value) {
                let y = self.y.position(threshold.value);
                pen.hline(self.bounds.left, self.bounds.right, y, threshold.color)?;
            }
        }
        Ok(())
    }

    fn draw_moments<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>) -> DrawResult<DB> {
        let (start, end) = self.x.domain();
        for moment in &self.moments {
            if (start..=end).contains(&moment.time) {
                let x = self.x.position(moment.time);
                pen.vline(x, self.bounds.top, self.bounds.bottom, moment.color)?;
            }
        }
        Ok(())
    }

    /// Draws an unbroken run of samples as the highlighted or an ordinary line.
    pub(super) fn draw_run<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        run: &[Point],
        width: f64,
        style: SeriesStyle,
    ) -> DrawResult<DB> {
        if let [lone] = run {
            let seen = self.bounds.contains(*lone);
            return if seen {
                pen.disc(*lone, LONE_RADIUS, style.color)
            } else {
                Ok(())
            };
        }
        let mut result = Ok(());
        let stroke = self.surface.stroke(width);
        let mut draw = |part: &[Point]| {
            if result.is_ok() {
                result = pen.line(part, stroke, style.color);
            }
        };
        clip::inside(run, &self.bounds, &mut |part| match style.dash.pattern() {
            None => draw(part),
            Some((on, off)) => {
                let scale = self.surface.scale();
                dashes(part, on * scale, off * scale, &mut draw);
            }
        });
        result
    }

    fn draw_fill<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        run: &[Point],
        style: SeriesStyle,
    ) -> DrawResult<DB> {
        if run.len() < 2 {
            return Ok(());
        }
        let mut outline = clip::pressed(run, &self.bounds);
        let ground = self.y_units(0.0).clamp(self.bounds.top, self.bounds.bottom);
        if let Some((first, last)) = outline.first().copied().zip(outline.last().copied()) {
            outline.extend([(last.0, ground), (first.0, ground)]);
        }
        pen.polygon(&outline, style.color.with_alpha(style.color.alpha * FILL))
    }
}
