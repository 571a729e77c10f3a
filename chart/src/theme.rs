//! Colors and fonts of everything in a chart that is not a series.

use crate::color::Color;
use crate::palette::Palette;

/// Font of all chart text; the system's own, so nothing is downloaded.
pub const FONT_FAMILY: &str =
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans KR', sans-serif";

/// Size of axis labels in CSS pixels. Widths handed to a chart are measured at this size.
pub const AXIS_FONT_PX: f64 = 11.0;

/// Colors of a chart. The same values are the tokens of the style sheets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Theme {
    /// What the chart stands on; rings around points and gaps between slices have this color.
    pub panel: Color,
    /// Numbers that matter.
    pub text: Color,
    /// Axis labels and captions.
    pub axis_text: Color,
    /// Grid lines.
    pub grid: Color,
    /// The line at the bottom of the plot.
    pub axis: Color,
    /// The line under the mouse.
    pub crosshair: Color,
    /// The range being selected.
    pub select: Color,
    /// Series colors.
    pub palette: Palette,
}

impl Theme {
    /// Dark on white.
    pub const fn light() -> Self {
        let ink = Color::hex(0x1F2430);
        Self {
            panel: Color::hex(0xFFFFFF),
            text: ink,
            axis_text: Color::hex(0x555E6B),
            grid: ink.with_alpha(0.09),
            axis: ink.with_alpha(0.22),
            crosshair: ink.with_alpha(0.45),
            select: Color::hex(0x1D5BD6).with_alpha(0.14),
            palette: Palette::LIGHT,
        }
    }

    /// Light on near-black.
    pub const fn dark() -> Self {
        let ink = Color::hex(0xD8DCE3);
        Self {
            panel: Color::hex(0x181B1F),
            text: ink,
            axis_text: Color::hex(0x9AA2AE),
            grid: ink.with_alpha(0.09),
            axis: ink.with_alpha(0.22),
            crosshair: ink.with_alpha(0.5),
            select: Color::hex(0x6E9FFF).with_alpha(0.18),
            palette: Palette::DARK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_readable_on_its_panel() {
        for theme in [Theme::light(), Theme::dark()] {
            assert!(theme.text.contrast(theme.panel) >= 7.0);
            assert!(theme.axis_text.contrast(theme.panel) >= 4.5);
        }
    }
}
