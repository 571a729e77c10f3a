//! Series colors: eight hues that stay apart for color-blind eyes, repeated
//! with dashes, and the fixed colors of Kubernetes phases.

use crate::color::Color;

/// Colors of one theme. The same slot has the same hue in every theme, so the
/// orange line stays orange when the theme changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    hues: [Color; 8],
    ok: Color,
    done: Color,
    warn: Color,
    crit: Color,
}

/// How a series looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeriesStyle {
    /// Color of line, points and legend square.
    pub color: Color,
    /// Interruption of the line.
    pub dash: Dash,
}

/// Interruption of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dash {
    /// No interruption.
    Solid,
    /// Six pixels drawn, three left out.
    Dashed,
    /// Two pixels drawn, three left out.
    Dotted,
}

impl Dash {
    /// CSS pixels drawn and left out, or `None` for a solid line.
    pub fn pattern(self) -> Option<(f64, f64)> {
        match self {
            Self::Solid => None,
            Self::Dashed => Some((6.0, 3.0)),
            Self::Dotted => Some((2.0, 3.0)),
        }
    }
}

/// What a named phase means to an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Works.
    Ok,
    /// Came to its good end, or stands ready unused.
    Done,
    /// Wants attention if it stays.
    Warn,
    /// Broken.
    Crit,
}

impl Status {
    /// The meaning of a phase or condition of Kubernetes, in any letter case.
    pub fn of(label: &str) -> Option<Self> {
        Some(match label.to_ascii_lowercase().as_str() {
            "running" | "ready" | "active" | "bound" => Self::Ok,
            "succeeded" | "available" => Self::Done,
            "pending" | "unknown" | "terminating" => Self::Warn,
            "failed" | "lost" | "notready" | "evicted" => Self::Crit,
            _ => return None,
        })
    }
}

impl Palette {
    /// Colors with a contrast of at least 3 : 1 to a white panel.
    pub const LIGHT: Self = Self {
        hues: [
            Color::hex(0x325CD3),
            Color::hex(0xB98662),
            Color::hex(0x02553F),
            Color::hex(0x963F74),
            Color::hex(0x757215),
            Color::hex(0x9E78FC),
            Color::hex(0x509AAF),
            Color::hex(0x8B0002),
        ],
        ok: Color::hex(0x1E9E5A),
        done: Color::hex(0x117766),
        warn: Color::hex(0xBF7A00),
        crit: Color::hex(0xC21F2B),
    };

    /// Colors with a contrast of at least 3 : 1 to the dark panel `#181B1F`.
    pub const DARK: Self = Self {
        hues: [
            Color::hex(0x4876F0),
            Color::hex(0xE3A580),
            Color::hex(0x18F7C2),
            Color::hex(0xAC6E75),
            Color::hex(0xE1DC23),
            Color::hex(0x8D73A5),
            Color::hex(0x73B6D3),
            Color::hex(0xE24F25),
        ],
        ok: Color::hex(0x4FC37A),
        done: Color::hex(0x2B8F80),
        warn: Color::hex(0xF2B94B),
        crit: Color::hex(0xFF7B72),
    };

    /// The look of a slot, counted from 0: eight hues solid, then dashed, then
    /// dotted, then solid again but fainter, however many there are.
    pub fn slot(&self, slot: usize) -> SeriesStyle {
        let color = self.hues[slot % self.hues.len()];
        match slot / self.hues.len() {
            0 => SeriesStyle {
                color,
                dash: Dash::Solid,
            },
            1 => SeriesStyle {
                color,
                dash: Dash::Dashed,
            },
            2 => SeriesStyle {
                color,
                dash: Dash::Dotted,
            },
            _ => SeriesStyle {
                color: color.with_alpha(0.6),
                dash: Dash::Solid,
            },
        }
    }

    /// The color of a status.
    pub fn status(&self, status: Status) -> Color {
        match status {
            Status::Ok => self.ok,
            Status::Done => self.done,
            Status::Warn => self.warn,
            Status::Crit => self.crit,
        }
    }

    /// The fixed color of a label such as `Running`, if it has one.
    pub fn named(&self, label: &str) -> Option<Color> {
        Status::of(label).map(|status| self.status(status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Theme;

    #[test]
    fn every_color_stands_out_from_its_panel() {
        for theme in [Theme::light(), Theme::dark()] {
            let statuses = [Status::Ok, Status::Done, Status::Warn, Status::Crit];
            let colors = (0..8).map(|slot| theme.palette.slot(slot).color);
            for color in colors.chain(statuses.map(|status| theme.palette.status(status))) {
                let ratio = color.contrast(theme.panel);
                assert!(
                    ratio >= 3.0,
                    "{color} on {} has only {ratio:.2}",
                    theme.panel
                );
            }
        }
    }

    #[test]
    fn hues_repeat_dashed_then_dotted_then_faint() {
        let palette = Palette::LIGHT;
        let hue = palette.slot(1).color;
        assert_eq!(
            palette.slot(9),
            SeriesStyle {
                color: hue,
                dash: Dash::Dashed
            }
        );
        assert_eq!(
            palette.slot(17),
            SeriesStyle {
                color: hue,
                dash: Dash::Dotted
            }
        );
        let faint = SeriesStyle {
            color: hue.with_alpha(0.6),
            dash: Dash::Solid,
        };
        assert_eq!(palette.slot(25), faint);
        assert_eq!(palette.slot(8 * 1_000_000 + 1), faint);
    }

    #[test]
    fn phases_have_their_color_in_any_case() {
        assert_eq!(Status::of("Running"), Some(Status::Ok));
        assert_eq!(Status::of("SUCCEEDED"), Some(Status::Done));
        assert_eq!(Status::of("NotReady"), Some(Status::Crit));
        assert_eq!(Palette::DARK.named("node-3"), None);
    }
}
