//! Turns lines of time series into pixels.
//!
//! A browser strokes lines wider than one pixel ten times slower than thinner
//! ones, and a chart of two hundred series is nothing but such lines. But a
//! line of a time series runs from left to right, so at each `x` its stroke is
//! a single interval of `y`, and that is cheap to find:
//!
//! 1. The picture is cut into slices a quarter of a pixel wide. In each, the
//!    line is an interval.
//! 2. There the stroke reaches as far as a round pen on any slice nearby.
//! 3. The slices of a pixel column cover its pixels to exact fractions, summed
//!    up as differences from row to row.
//!
//! Corners and ends come out round, and a translucent line is not darker where
//! it overlaps itself. Pictures are kept by columns, because that is how they
//! are painted.

mod ink;
mod pen;

use std::ops::Range;

use crate::color::Color;
use crate::surface::Point;

use ink::Ink;
use pen::{FINE, Pen, Slices};

/// A transparent picture to draw lines into.
#[derive(Debug, Default)]
pub struct Raster {
    width: usize,
    height: usize,
    /// See [`ink`] for their format.
    pixels: Vec<u32>,
    /// The part of the picture that is not transparent.
    drawn: Option<Region>,
    /// Where the line being drawn is.
    slices: Slices,
    /// How much more each row of a column is covered than the row above, in 1/65536.
    steps: Vec<i32>,
    /// What was drawn with last; the dashes of a line share it.
    pen: Option<Pen>,
    ink: Ink,
}

/// A rectangle of pixels; `right` and `bottom` are excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Region {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

/// A part of a picture as canvases take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Pixels left of it.
    pub left: usize,
    /// Pixels above it.
    pub top: usize,
    /// Width in pixels, at least 1.
    pub width: usize,
    /// Rows of red, green, blue and alpha, not multiplied by alpha.
    pub rgba: Vec<u8>,
}

impl Raster {
    /// Units to a pixel of the points drawn.
    pub const SUBPIXELS: i32 = 4;

    /// Prepares an empty picture of this many pixels, in the memory it has.
    pub fn resize(&mut self, width: u32, height: u32) {
        let (width, height) = (width as usize, height as usize);
        if (width, height) != (self.width, self.height) {
            *self = Self {
                width,
                height,
                pixels: vec![0; width * height],
                slices: Slices::new(width),
                steps: vec![0; height + 2],
                ..Self::default()
            };
        } else if let Some(region) = self.drawn.take() {
            self.clear(region);
        }
    }

    /// Draws a line `width` pixels wide from left to right.
    ///
    /// Returns whether it did: a line that turns back is none of a time series,
    /// and is left to the caller.
    pub fn stroke(&mut self, points: &[Point], width: f32, color: Color) -> bool {
        if !points.is_sorted_by_key(|point| point.0) {
            return false;
        }
        let columns = match points {
            [(first, _), .., (last, _)] => last.saturating_sub(*first) / Self::SUBPIXELS,
            _ => return true,
        };
        // Where points are closer than pixels there are no smooth edges to draw.
        let is_dense = points.len() > columns.unsigned_abs() as usize + 2;
        let per_pixel = if is_dense {
            Self::SUBPIXELS / 2
        } else {
            Self::SUBPIXELS
        };
        // What is thinner than a pixel is a fainter line of one pixel.
        let full_width = width.max(1.0);
        let pen = self.pen.take().filter(|it| it.is(full_width, per_pixel));
        let pen = pen.unwrap_or_else(|| Pen::new(full_width, per_pixel));
        let faintness = f64::from(width.clamp(0.0, 1.0));
        self.ink.dip(color.with_alpha(color.alpha * faintness));
        let slices = self.slices.trace(points, per_pixel);
        self.paint(slices.clone(), &pen);
        self.slices.forget(slices);
        self.pen = Some(pen);
        true
    }

    /// Takes out what has been drawn, leaving the picture empty.
    pub fn take(&mut self) -> Option<Patch> {
        let region = self.drawn.take()?;
        let (width, height) = (region.right - region.left, region.bottom - region.top);
        let mut rgba = vec![0; width * height * 4];
        let columns = self
            .pixels
            .chunks_exact(self.height)
            .take(region.right)
            .skip(region.left);
        for (x, column) in columns.enumerate() {
            let shown = column.get(region.top..region.bottom).unwrap_or_default();
            let targets = rgba.chunks_exact_mut(4).skip(x).step_by(width);
            for (target, &pixel) in targets.zip(shown) {
                if pixel != 0 {
                    target.copy_from_slice(&ink::straight(pixel));
                }
            }
        }
        self.clear(region);
        Some(Patch {
            left: region.left,
            top: region.top,
            width,
            rgba,
        })
    }

    fn clear(&mut self, region: Region) {
        let columns = self.pixels.chunks_exact_mut(self.height);
        for column in columns.take(region.right).skip(region.left) {
            if let Some(drawn) = column.get_mut(region.top..region.bottom) {
                drawn.fill(0);
            }
        }
    }

    /// Draws the stroke of a pen along the slices that a line is in.
    fn paint(&mut self, slices: Range<usize>, pen: &Pen) {
        let bottom = self.height as i32 * FINE;
        let share = 65_536 / FINE / pen.per_pixel() as i32;
        for x in pen.columns(slices, self.width) {
            let (mut from, mut to) = (i32::MAX, i32::MIN);
            for near in self.slices.around(x, pen) {
                let (low, high) = pen.extent(near);
                let (low, high) = (low.max(0), high.min(bottom));
                if low >= high {
                    continue;
                }
                (from, to) = (from.min(low), to.max(high));
                for (edge, share) in [(low, share), (high, -share)] {
                    let (row, part) = ((edge / FINE) as usize, edge % FINE);
                    self.steps[row] += (FINE - part) * share;
                    self.steps[row + 1] += part * share;
                }
            }
            if from < to {
                self.blend(x, (from / FINE) as usize..(to / FINE) as usize + 1);
            }
        }
    }

    /// Lays the ink over a column as far as its pixels are covered.
    fn blend(&mut self, x: usize, rows: Range<usize>) {
        let steps = &mut self.steps[rows.start..=rows.end];
        let end = rows.end.min(self.height);
        let pixels = &mut self.pixels[x * self.height + rows.start..x * self.height + end];
        let mut covered = 0;
        // Cleared one by one: to fill so few, calling on the browser takes longer.
        for (pixel, step) in pixels.iter_mut().zip(&mut *steps) {
            covered += std::mem::take(step);
            *pixel = self.ink.over(*pixel, (covered >> 8) as usize);
        }
        for step in steps.iter_mut().skip(pixels.len()) {
            *step = 0;
        }
        let column = Region {
            left: x,
            top: rows.start,
            right: x + 1,
            bottom: end,
        };
        self.drawn = Some(self.drawn.map_or(column, |drawn| drawn.union(column)));
    }
}

impl Region {
    fn union(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

impl Patch {
    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.rgba.len() / 4 / self.width.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const INK: Color = Color::hex(0x204060);

    fn raster(width: u32, height: u32) -> Raster {
        let mut raster = Raster::default();
        raster.resize(width, height);
        raster
    }

    /// Alpha of every pixel of a picture, by rows.
    fn alphas(raster: &mut Raster) -> Vec<Vec<u8>> {
        let mut rows = vec![vec![0; raster.width]; raster.height];
        if let Some(patch) = raster.take() {
            for (index, pixel) in patch.rgba.chunks(4).enumerate() {
                let (x, y) = (index % patch.width, index / patch.width);
                rows[patch.top + y][patch.left + x] = pixel[3];
            }
        }
        rows
    }

    #[test]
    fn a_line_on_whole_pixels_has_sharp_edges() {
        let mut raster = raster(8, 5);
        raster.stroke(&[(0, 10), (32, 10)], 1.0, INK);
        let rows = alphas(&mut raster);
        assert_eq!(rows[2], [255; 8]);
        assert_eq!(rows[1], [0; 8]);
        assert_eq!(rows[3], [0; 8]);
    }

    #[test]
    fn a_line_between_pixels_is_shared_by_them() {
        let mut raster = raster(8, 4);
        raster.stroke(&[(0, 8), (32, 8)], 1.0, INK);
        let rows = alphas(&mut raster);
        assert!(
            rows[1]
                .iter()
                .chain(&rows[2])
                .all(|alpha| (126..=128).contains(alpha))
        );
    }

    #[test]
    fn segments_in_one_direction_are_joined_without_a_notch() {
        let mut raster = raster(40, 40);
        let points: Vec<Point> = (0..40).map(|step| (step * 4, step * 3)).collect();
        raster.stroke(&points, 1.5, INK);
        let whole = alphas(&mut raster);
        raster.stroke(&[(0, 0), (156, 117)], 1.5, INK);
        assert_eq!(alphas(&mut raster), whole);
    }

    #[test]
    fn a_translucent_line_is_even_where_it_lies_on_itself() {
        let mut raster = raster(20, 20);
        let half = INK.with_alpha(0.5);
        raster.stroke(&[(0, 40), (39, 44), (40, 0), (41, 60), (80, 20)], 2.0, half);
        let darkest = alphas(&mut raster).into_iter().flatten().max();
        assert_eq!(darkest, Some(128));
    }

    #[test]
    fn a_line_that_turns_back_is_left_to_the_caller() {
        let mut raster = raster(20, 20);
        assert!(!raster.stroke(&[(0, 40), (40, 44), (39, 0)], 2.0, INK));
        assert_eq!(raster.take(), None);
    }

    #[test]
    fn colors_come_out_as_they_went_in() {
        let mut raster = raster(8, 8);
        raster.stroke(&[(0, 18), (32, 18)], 3.0, INK.with_alpha(0.4));
        let patch = raster.take().unwrap();
        for pixel in patch.rgba.chunks(4).filter(|pixel| pixel[3] > 60) {
            let near = |a: u8, b: u8| a.abs_diff(b) <= 2;
            assert!(near(pixel[0], 0x20) && near(pixel[1], 0x40) && near(pixel[2], 0x60));
        }
        assert_eq!(raster.take(), None, "what was taken is gone");
    }

    #[test]
    fn an_opaque_line_hides_what_is_below() {
        let mut raster = raster(4, 4);
        raster.stroke(&[(0, 8), (16, 8)], 4.0, Color::hex(0xFFFFFF));
        raster.stroke(&[(0, 8), (16, 8)], 4.0, INK);
        let patch = raster.take().unwrap();
        assert!(
            patch
                .rgba
                .chunks(4)
                .any(|pixel| pixel == [0x20, 0x40, 0x60, 255])
        );
        assert!(!patch.rgba.contains(&0xFF) || patch.rgba.chunks(4).all(|pixel| pixel[0] < 0xF0));
    }

    proptest! {
        #[test]
        fn coverage_is_near_the_area_of_the_line(
            x0 in 40..80, y0 in 40..120, run in 0..40, y1 in 40..120, width in 1.0f32..4.0,
        ) {
            let mut raster = raster(40, 40);
            raster.stroke(&[(x0, y0), (x0 + run, y1)], width, INK);
            let sum: u32 = alphas(&mut raster).into_iter().flatten().map(u32::from).sum();
            let length = f64::from(run).hypot(f64::from(y1 - y0)) / 4.0;
            let width = f64::from(width);
            let ends = std::f64::consts::PI / 4.0 * width * width;
            let (covered, area) = (f64::from(sum) / 255.0, length * width + ends);
            // The width of a steep line is rounded to an odd number of slices.
            prop_assert!((covered - area).abs() <= 0.3 * (length + width), "{covered} for {area}");
        }

        #[test]
        fn any_points_can_be_drawn(
            mut points in prop::collection::vec((any::<i32>(), any::<i32>()), 0..12),
            width in -1.0f32..50.0, alpha in any::<f64>(),
        ) {
            let mut raster = raster(30, 20);
            raster.stroke(&points, width, INK.with_alpha(alpha));
            points.sort_unstable();
            prop_assert!(raster.stroke(&points, width, INK.with_alpha(alpha)));
            if let Some(patch) = raster.take() {
                prop_assert!(patch.left + patch.width <= 30 && patch.top + patch.height() <= 20);
            }
        }
    }
}
