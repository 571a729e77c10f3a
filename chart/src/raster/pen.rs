//! Where a line is at each `x`, and how far a pen on it reaches.

use std::ops::Range;

use super::Raster;
use crate::surface::Point;

/// Parts of a pixel that heights are counted in.
pub(super) const FINE: i32 = 256;
/// Slices beside the picture: more than a pen reaches.
const MARGIN: usize = 32;

/// Where a line is in a narrow strip of the picture: from `low` to `high` in
/// [`FINE`] parts of a pixel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slice {
    low: i32,
    high: i32,
}

impl Slice {
    /// Without line. Half of the limits, so that a pen can be added.
    const EMPTY: Self = Self {
        low: i32::MAX / 2,
        high: i32::MIN / 2,
    };

    #[inline]
    fn add(&mut self, y: i32) {
        *self = Self {
            low: self.low.min(y),
            high: self.high.max(y),
        };
    }
}

/// A line in slices; slice [`MARGIN`] is the first one within the picture.
#[derive(Debug, Default)]
pub(super) struct Slices(Vec<Slice>);

impl Slices {
    /// Room for a line across this many pixels, with no line.
    pub(super) fn new(width: usize) -> Self {
        Self(vec![
            Slice::EMPTY;
            width * Raster::SUBPIXELS as usize + 2 * MARGIN
        ])
    }

    /// Follows a line that does not turn back, and returns the slices it is in.
    pub(super) fn trace(&mut self, points: &[Point], per_pixel: i32) -> Range<usize> {
        let units_to_slices = (Raster::SUBPIXELS / per_pixel).trailing_zeros();
        let end = self.0.len() as i32 - 1;
        let slice = |x: i32| {
            (x >> units_to_slices)
                .saturating_add(MARGIN as i32)
                .clamp(0, end)
        };
        // Heights far outside are limited, which keeps sums within `i32`.
        let fine = |y: i32| y.clamp(-(1 << 17), 1 << 17) * (FINE / Raster::SUBPIXELS);
        let Some(&(x, y)) = points.first() else {
            return 0..0;
        };
        let (first, mut x0, mut y0) = (slice(x), slice(x), fine(y));
        for &(x, y) in &points[1..] {
            let (x1, y1) = (slice(x), fine(y));
            if x1 > x0 {
                let slope = (y1 - y0) / (x1 - x0);
                let mut y = y0;
                for slice in &mut self.0[x0 as usize..x1 as usize - 1] {
                    slice.add(y);
                    y += slope;
                    slice.add(y);
                }
                let last = &mut self.0[x1 as usize - 1];
                last.add(y);
                last.add(y1);
            } else {
                self.0[x0 as usize].add(y0);
                self.0[x0 as usize].add(y1);
            }
            (x0, y0) = (x1, y1);
        }
        first as usize..x0 as usize + 1
    }

    /// Removes a line.
    pub(super) fn forget(&mut self, slices: Range<usize>) {
        self.0[slices].fill(Slice::EMPTY);
    }

    /// For each slice of a pixel column, those that a pen reaches it from.
    #[inline]
    pub(super) fn around(&self, x: usize, pen: &Pen) -> impl Iterator<Item = &[Slice]> {
        let first = MARGIN + x * pen.per_pixel;
        let near = &self.0[first - pen.reach()..first + pen.per_pixel + pen.reach()];
        near.windows(2 * pen.reach() + 1)
    }
}

/// A round pen.
#[derive(Debug)]
pub(super) struct Pen {
    width: f32,
    per_pixel: usize,
    /// How far it reaches up and down at its middle and at each slice beside it;
    /// never empty.
    heights: Vec<i32>,
}

impl Pen {
    /// A pen of `width` pixels for this many slices to a pixel.
    pub(super) fn new(width: f32, per_pixel: i32) -> Self {
        let radius = width / 2.0 * per_pixel as f32;
        // The odd number of slices that is nearest to the width of the pen.
        let beside = ((radius - 0.51).round() as usize).clamp(1, MARGIN - 1);
        let height = |slices: usize| {
            let height = (radius * radius - (slices * slices) as f32).max(0.0).sqrt();
            (height * FINE as f32 / per_pixel as f32) as i32
        };
        let heights = (0..=beside).map(height).collect();
        Self {
            width,
            per_pixel: per_pixel as usize,
            heights,
        }
    }

    /// Whether it was made for this.
    pub(super) fn is(&self, width: f32, per_pixel: i32) -> bool {
        self.width == width && self.per_pixel == per_pixel as usize
    }

    /// Slices to a pixel.
    pub(super) fn per_pixel(&self) -> usize {
        self.per_pixel
    }

    fn reach(&self) -> usize {
        self.heights.len() - 1
    }

    /// The pixel columns, among so many, that the pen touches along some slices.
    pub(super) fn columns(&self, slices: Range<usize>, width: usize) -> Range<usize> {
        let first = slices.start.saturating_sub(self.reach() + MARGIN) / self.per_pixel;
        let last = (slices.end + self.reach())
            .saturating_sub(MARGIN)
            .div_ceil(self.per_pixel);
        first.min(width)..last.min(width)
    }

    /// From where to where the pen reaches in the middle one of some slices.
    #[inline]
    pub(super) fn extent(&self, near: &[Slice]) -> (i32, i32) {
        // The usual widths first, without a loop.
        match (near, self.heights.as_slice()) {
            ([a, b, c], [h0, h1]) => (
                (a.low.min(c.low) - h1).min(b.low - h0),
                (a.high.max(c.high) + h1).max(b.high + h0),
            ),
            ([a, b, c, d, e], [h0, h1, h2]) => (
                (a.low.min(e.low) - h2)
                    .min(b.low.min(d.low) - h1)
                    .min(c.low - h0),
                (a.high.max(e.high) + h2)
                    .max(b.high.max(d.high) + h1)
                    .max(c.high + h0),
            ),
            _ => {
                let reach = self.reach();
                let (mut low, mut high) = (i32::MAX, i32::MIN);
                for (beside, height) in self.heights.iter().enumerate() {
                    let (left, right) = (near[reach - beside], near[reach + beside]);
                    low = low.min(left.low.min(right.low) - height);
                    high = high.max(left.high.max(right.high) + height);
                }
                (low, high)
            }
        }
    }
}
