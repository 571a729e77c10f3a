//! Colors of pixels: red, green, blue and alpha in the bytes of a `u32` from the
//! lowest up, each color multiplied by alpha.

use crate::color::Color;

/// A color at every coverage from none to full.
#[derive(Debug)]
pub(super) struct Ink {
    color: Color,
    shades: [u32; 256],
}

impl Default for Ink {
    fn default() -> Self {
        Self::new(Color::hex(0).with_alpha(0.0))
    }
}

impl Ink {
    fn new(color: Color) -> Self {
        let (red, green, blue) = color.rgb;
        let mut shades = [0; 256];
        for (coverage, shade) in shades.iter_mut().enumerate() {
            let alpha = color.alpha.clamp(0.0, 1.0) * coverage as f64;
            let channel = |value: u8| (f64::from(value) * alpha / 255.0).round() as u8;
            let bytes = [
                channel(red),
                channel(green),
                channel(blue),
                alpha.round() as u8,
            ];
            *shade = u32::from_le_bytes(bytes);
        }
        Self { color, shades }
    }

    /// Changes the color, at no cost when it is the same.
    pub(super) fn dip(&mut self, color: Color) {
        if color != self.color {
            *self = Self::new(color);
        }
    }

    /// Lays the color over a pixel; more than 255 is full coverage.
    #[inline]
    pub(super) fn over(&self, pixel: u32, coverage: usize) -> u32 {
        let shade = self.shades[coverage.min(255)];
        // Between 0 and 256, so that dividing is shifting: no color leaves the pixel as it is, an
        // opaque one nothing of it, and an opaque pixel stays opaque.
        let alpha = shade >> 24;
        let left = 256 - (alpha + (alpha >> 7));
        // Two channels at a time.
        let fade = |pair: u32| ((pair * left + 0x0080_0080) >> 8) & 0x00FF_00FF;
        shade + fade(pixel & 0x00FF_00FF) + (fade((pixel >> 8) & 0x00FF_00FF) << 8)
    }
}

/// Divides the colors by alpha.
pub(super) fn straight(pixel: u32) -> [u8; 4] {
    let [red, green, blue, alpha] = pixel.to_le_bytes();
    if alpha == 255 {
        return pixel.to_le_bytes();
    }
    let alpha_or_one = u32::from(alpha.max(1));
    let channel =
        |value: u8| ((u32::from(value) * 255 + alpha_or_one / 2) / alpha_or_one).min(255) as u8;
    [channel(red), channel(green), channel(blue), alpha]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn full_coverage_of_an_opaque_color_replaces() {
        let ink = Ink::new(Color::hex(0x204060));
        let covered = ink.over(0xFFFF_FFFF, 255);
        assert_eq!(straight(covered), [0x20, 0x40, 0x60, 0xFF]);
        assert_eq!(ink.over(covered, 0), covered);
    }

    proptest! {
        #[test]
        fn channels_never_run_over(rgb in any::<u32>(), alpha in 0.0..=1.0, coverage in 0usize..300) {
            let ink = Ink::new(Color::hex(rgb).with_alpha(alpha));
            let [red, green, blue, alpha] = ink.over(0xFFFF_FFFF, coverage).to_le_bytes();
            prop_assert_eq!(alpha, 255);
            let shade = ink.shades[coverage.min(255)].to_le_bytes();
            for (channel, shade) in [red, green, blue].into_iter().zip(shade) {
                prop_assert!(channel >= shade);
            }
        }
    }
}
