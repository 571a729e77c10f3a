//! The sheet a chart is drawn on: its size, and how its units relate to pixels.

/// A position in units.
pub type Point = (i32, i32);

/// Size and resolution of the drawing.
///
/// Backends take whole coordinates, so a surface counts in units finer than a
/// pixel: with a pixel ratio of 2 and 4 subpixels there are 8 units to a CSS
/// pixel, and the backend is expected to scale what it is given by 1/4.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surface {
    width: f64,
    height: f64,
    scale: f64,
    pixel: i32,
    text_scale: f64,
}

impl Surface {
    /// Larger than any screen, small enough that units never overflow.
    const MAX_SIDE: f64 = 16_384.0;

    /// A surface of this many CSS pixels where unit, device pixel and CSS pixel are one.
    pub fn new(width: f64, height: f64) -> Self {
        let side = |length: f64| {
            if length > 0.0 {
                length.min(Self::MAX_SIDE)
            } else {
                0.0
            }
        };
        Self {
            width: side(width),
            height: side(height),
            scale: 1.0,
            pixel: 1,
            text_scale: 1.0,
        }
    }

    /// Sets the device pixels per CSS pixel and the units per device pixel.
    pub fn with_resolution(self, pixel_ratio: f64, subpixels: u32) -> Self {
        let ratio = if pixel_ratio.is_finite() {
            pixel_ratio.clamp(0.25, 8.0)
        } else {
            1.0
        };
        let subpixels = subpixels.clamp(1, 64);
        Self {
            scale: ratio * f64::from(subpixels),
            pixel: subpixels as i32,
            ..self
        }
    }

    /// Multiplies font sizes, for a backend that does not draw them as asked:
    /// plotters' SVG backend divides them by 1.24.
    pub fn with_text_scale(self, text_scale: f64) -> Self {
        Self { text_scale, ..self }
    }

    /// Width in CSS pixels.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Height in CSS pixels.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// Units per CSS pixel.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// Units per device pixel.
    pub fn pixel(&self) -> i32 {
        self.pixel
    }

    /// Width and height of the backing store in device pixels.
    pub fn device_size(&self) -> (u32, u32) {
        let (width, height) = self.size();
        let pixels = |units: u32| units.div_ceil(self.pixel.unsigned_abs().max(1));
        (pixels(width), pixels(height))
    }

    /// Width and height in units.
    pub fn size(&self) -> (u32, u32) {
        let units = |length: f64| (length * self.scale).round() as u32;
        (units(self.width), units(self.height))
    }

    /// A length or position in CSS pixels as units.
    pub fn units(&self, css: f64) -> i32 {
        (css * self.scale).round() as i32
    }

    /// A position in units as CSS pixels.
    pub fn css(&self, units: f64) -> f64 {
        units / self.scale
    }

    /// The edge of the device pixel nearest to a position in units.
    pub fn snap(&self, units: f64) -> i32 {
        let pixel = f64::from(self.pixel);
        ((units / pixel).round() * pixel) as i32
    }

    /// Thickness of a hairline in units: as near to one CSS pixel as whole
    /// device pixels allow, and never nothing.
    pub fn hairline(&self) -> i32 {
        let device_pixels = (self.scale / f64::from(self.pixel)).floor().max(1.0);
        device_pixels as i32 * self.pixel
    }

    /// Stroke width in units for a line of this many CSS pixels.
    pub fn stroke(&self, css: f64) -> u32 {
        (css * self.scale).round().max(1.0) as u32
    }

    /// Font size in units for a text of this many CSS pixels.
    pub fn font_size(&self, css: f64) -> f64 {
        css * self.scale * self.text_scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hairlines_are_whole_device_pixels_at_any_ratio() {
        for (ratio, pixels) in [(0.5, 1), (1.0, 1), (1.25, 1), (1.5, 1), (2.0, 2), (3.0, 3)] {
            let surface = Surface::new(100.0, 50.0).with_resolution(ratio, 4);
            assert_eq!(surface.hairline(), pixels * 4, "ratio {ratio}");
        }
    }

    #[test]
    fn the_backing_store_covers_the_surface() {
        let surface = Surface::new(333.0, 101.0).with_resolution(1.25, 8);
        assert_eq!(surface.device_size(), (417, 127));
    }

    #[test]
    fn absurd_sizes_become_possible_ones() {
        assert_eq!(Surface::new(f64::NAN, -3.0).size(), (0, 0));
        let huge = Surface::new(1e300, f64::INFINITY).with_resolution(f64::NAN, 0);
        assert_eq!(huge.size(), (16_384, 16_384));
    }
}
