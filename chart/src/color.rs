//! Colors, once for the canvas and once for CSS.

use std::fmt;

use plotters::style::RGBAColor;

/// An sRGB color with opacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Color {
    /// Red, green and blue, each 0 to 255.
    pub rgb: (u8, u8, u8),
    /// Opacity from 0 (invisible) to 1 (opaque).
    pub alpha: f64,
}

impl Color {
    /// An opaque color written as `0xRRGGBB`.
    pub const fn hex(rgb: u32) -> Self {
        let [_, red, green, blue] = rgb.to_be_bytes();
        Self {
            rgb: (red, green, blue),
            alpha: 1.0,
        }
    }

    /// The same color at another opacity.
    pub const fn with_alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// Relative luminance as WCAG 2 defines it, 0 (black) to 1 (white).
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        let (red, green, blue) = self.rgb;
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// Contrast ratio to another opaque color as WCAG 2 defines it, 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance() + 0.05, other.luminance() + 0.05);
        a.max(b) / a.min(b)
    }
}

/// Writes the color as CSS: `#1a3696`, or `rgb(26 54 150 / 60%)` when translucent.
impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (red, green, blue) = self.rgb;
        if self.alpha >= 1.0 {
            write!(f, "#{red:02x}{green:02x}{blue:02x}")
        } else {
            write!(f, "rgb({red} {green} {blue} / {:.0}%)", self.alpha * 100.0)
        }
    }
}

impl From<Color> for RGBAColor {
    fn from(color: Color) -> Self {
        let (red, green, blue) = color.rgb;
        Self(red, green, blue, color.alpha)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_read_as_css() {
        assert_eq!(Color::hex(0x1A3696).to_string(), "#1a3696");
        assert_eq!(
            Color::hex(0x1A3696).with_alpha(0.6).to_string(),
            "rgb(26 54 150 / 60%)"
        );
    }

    #[test]
    fn contrast_of_black_on_white_is_21() {
        let ratio = Color::hex(0).contrast(Color::hex(0xFFFFFF));
        assert!((ratio - 21.0).abs() < 1e-9);
    }
}
