//! A donut with a text in the middle.

use std::f64::consts::TAU;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use crate::color::Color;
use crate::pen::{Align, DrawResult, Pen, TextLook};
use crate::surface::{Point, Surface};
use crate::theme::Theme;

/// One part of a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// What the legend says.
    pub label: String,
    /// Its amount. What is not a positive, finite number takes no room.
    pub value: f64,
    /// Its color.
    pub color: Color,
}

/// Inner radius as a share of the outer one.
const HOLE: f64 = 0.66;
/// How much the highlighted slice grows outward, in CSS pixels.
const GROWTH: f64 = 3.0;
/// Gap between slices in CSS pixels. Slices that touched would let the panel
/// shine through as hairlines where their smoothed edges meet.
const GAP: f64 = 1.5;
/// Opacity of slices beside a highlighted one.
const DIMMED: f64 = 0.45;
/// Greatest distance in CSS pixels of an arc from the polygon that draws it.
const FLATNESS: f64 = 0.05;

/// The geometry of one donut. It starts at the top and runs clockwise in the order of the slices.
#[derive(Debug, Clone, PartialEq)]
pub struct PiePlot {
    surface: Surface,
    theme: Theme,
    arcs: Vec<Arc>,
    total: f64,
    center: (f64, f64),
    radius: f64,
    title: String,
    caption: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Arc {
    slice: usize,
    color: Color,
    /// Radians clockwise from the top.
    from: f64,
    to: f64,
}

impl PiePlot {
    /// Lays out a donut as large as the surface allows, with the total in the middle.
    pub fn new(slices: &[Slice], surface: Surface, theme: Theme) -> Self {
        let amount = |slice: &Slice| {
            let value = slice.value;
            // Limited so that the sum of many stays finite.
            if value.is_finite() {
                value.clamp(0.0, 1e300)
            } else {
                0.0
            }
        };
        // The sum of nothing is -0.0, which would be written as "-0".
        let total = slices.iter().map(amount).sum::<f64>() + 0.0;
        let mut sum = 0.0;
        let mut arcs = Vec::new();
        for (slice, part) in slices.iter().enumerate() {
            let from = sum;
            sum += amount(part);
            if sum > from {
                let angle = |sum: f64| sum / total * TAU;
                arcs.push(Arc {
                    slice,
                    color: part.color,
                    from: angle(from),
                    to: angle(sum),
                });
            }
        }
        let (width, height) = (surface.width(), surface.height());
        let radius = (width.min(height) / 2.0 - GROWTH - 1.0).max(0.0);
        let center = (width / 2.0, height / 2.0);
        let (title, caption) = (total.to_string(), String::new());
        Self {
            surface,
            theme,
            arcs,
            total,
            center,
            radius,
            title,
            caption,
        }
    }

    /// Writes another text into the middle, such as the total in its unit, and a small one below.
    pub fn with_center(self, title: impl Into<String>, caption: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            caption: caption.into(),
            ..self
        }
    }

    /// The sum of the slices.
    pub fn total(&self) -> f64 {
        self.total
    }

    /// Position of the slice at a place in CSS pixels.
    pub fn slice_at(&self, x: f64, y: f64) -> Option<usize> {
        let (dx, dy) = (x - self.center.0, y - self.center.1);
        let distance = dx.hypot(dy);
        if !(self.radius * HOLE..=self.radius + GROWTH).contains(&distance) {
            return None;
        }
        let angle = dx.atan2(-dy).rem_euclid(TAU);
        let arc = self
            .arcs
            .iter()
            .find(|arc| (arc.from..arc.to).contains(&angle));
        // Just short of a full turn rounding can leave the last slice.
        arc.or(self.arcs.last()).map(|arc| arc.slice)
    }

    /// Draws the donut, with one slice raised when it is highlighted.
    ///
    /// # Errors
    ///
    /// Whatever the backend reports.
    pub fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        highlighted: Option<usize>,
    ) -> DrawResult<DB> {
        let pen = Pen::new(area, self.surface);
        // A surface with no room for a ring has no room for a text either.
        if self.radius < 4.0 {
            return Ok(());
        }
        let highlighted =
            highlighted.filter(|slice| self.arcs.iter().any(|arc| arc.slice == *slice));
        match self.arcs.as_slice() {
            [] => self.draw_ring(&pen, self.theme.grid)?,
            [only] => self.draw_ring(&pen, only.color)?,
            arcs => {
                for arc in arcs {
                    let is_raised = highlighted == Some(arc.slice);
                    let color = match highlighted {
                        Some(_) if !is_raised => arc.color.with_alpha(arc.color.alpha * DIMMED),
                        _ => arc.color,
                    };
                    let outer = self.radius + if is_raised { GROWTH } else { 0.0 };
                    pen.polygon(&self.outline(arc, outer), color)?;
                }
            }
        }
        self.draw_center(&pen)
    }

    fn draw_ring<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, color: Color) -> DrawResult<DB> {
        let middle = self.radius * (1.0 + HOLE) / 2.0;
        let width = self.surface.stroke(self.radius * (1.0 - HOLE));
        pen.ring(
            self.units(self.center),
            self.surface.units(middle),
            width,
            color,
        )
    }

    fn draw_center<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>) -> DrawResult<DB> {
        let hole = self.radius * HOLE;
        let (x, y) = self.center;
        let letters = self.title.chars().count().max(3) as f64;
        // Digits are a little over half as wide as they are high.
        let size = (2.0 * hole * 0.8 / (letters * 0.58))
            .min(hole * 0.55)
            .max(8.0);
        let look = TextLook {
            color: self.theme.text,
            size,
            align: Align::Center,
            bold: true,
        };
        let raise = if self.caption.is_empty() {
            0.0
        } else {
            size * 0.28
        };
        pen.text(&self.title, self.units((x, y - raise)), look)?;
        if self.caption.is_empty() {
            return Ok(());
        }
        let small = (size * 0.45).clamp(9.0, 12.0);
        let look = TextLook {
            color: self.theme.axis_text,
            size: small,
            bold: false,
            ..look
        };
        pen.text(&self.caption, self.units((x, y + size * 0.5)), look)
    }

    /// The slice as a polygon: along the outer arc and back along the inner one.
    fn outline(&self, arc: &Arc, outer: f64) -> Vec<Point> {
        let inner = self.radius * HOLE;
        let mut points = Vec::new();
        points.extend(self.along(arc, outer));
        let outward = points.len();
        points.extend(self.along(arc, inner));
        if let Some(back) = points.get_mut(outward..) {
            back.reverse();
        }
        points
    }

    /// Points along an arc, shortened by half a gap at each end; the gap has
    /// the same width at every radius.
    fn along(&self, arc: &Arc, radius: f64) -> impl Iterator<Item = Point> {
        // A slice thinner than the gap keeps half of itself rather than vanish.
        let trim = (GAP / 2.0 / radius).min((arc.to - arc.from) / 4.0);
        let (from, to) = (arc.from + trim, arc.to - trim);
        let chord = 2.0 * (2.0 * FLATNESS / radius).sqrt();
        let steps = ((to - from) / chord).ceil().clamp(1.0, 2_000.0) as u32;
        (0..=steps).map(move |step| {
            let angle = from + (to - from) * f64::from(step) / f64::from(steps);
            let (sin, cos) = angle.sin_cos();
            self.units((self.center.0 + radius * sin, self.center.1 - radius * cos))
        })
    }

    fn units(&self, (x, y): (f64, f64)) -> Point {
        (self.surface.units(x), self.surface.units(y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pie(values: &[f64]) -> PiePlot {
        let slice = |value: &f64| Slice {
            label: String::new(),
            value: *value,
            color: Color::hex(0),
        };
        let slices: Vec<Slice> = values.iter().map(slice).collect();
        PiePlot::new(&slices, Surface::new(200.0, 200.0), Theme::light())
    }

    #[test]
    fn the_mouse_finds_slices_clockwise_from_the_top() {
        let pie = pie(&[1.0, 1.0, 2.0]);
        assert_eq!(pie.total(), 4.0);
        assert_eq!(pie.slice_at(160.0, 40.0), Some(0));
        assert_eq!(pie.slice_at(160.0, 160.0), Some(1));
        assert_eq!(pie.slice_at(20.0, 100.0), Some(2));
        assert_eq!(pie.slice_at(100.0, 100.0), None, "the hole");
        assert_eq!(pie.slice_at(1.0, 1.0), None, "outside");
    }

    #[test]
    fn worthless_slices_take_no_room() {
        let pie = pie(&[f64::NAN, -4.0, 0.0, 5.0, f64::INFINITY]);
        assert_eq!(pie.total(), 5.0);
        assert_eq!(pie.slice_at(20.0, 100.0), Some(3));
    }

    proptest! {
        #[test]
        fn every_place_on_the_ring_belongs_to_a_slice(
            values in prop::collection::vec(1e-9..1e9, 1..30), angle in 0.0..TAU,
        ) {
            let pie = pie(&values);
            let (sin, cos) = angle.sin_cos();
            prop_assert!(pie.slice_at(100.0 + 85.0 * sin, 100.0 - 85.0 * cos).is_some());
        }

        #[test]
        fn any_values_can_be_laid_out(values in prop::collection::vec(any::<f64>(), 0..30)) {
            let pie = pie(&values);
            prop_assert!(pie.total().is_finite());
            prop_assert!(pie.arcs.iter().all(|arc| arc.from < arc.to || arc.to.is_finite()));
        }
    }
}
