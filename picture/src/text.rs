//! Text: measured, cut to a width, and turned into pixels, with a font inside the program.
//!
//! The font has Latin, Greek and Cyrillic letters. What it lacks shows as its empty box.

use ab_glyph::{Font, FontRef, Glyph, GlyphId, InvalidFont, OutlinedGlyph, PxScale, point};
use venti_chart::Color;

/// Stands where a text was cut.
const ELLIPSIS: char = '…';

/// How text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Its size in CSS pixels.
    pub(crate) size: f64,
    pub(crate) color: Color,
    pub(crate) is_bold: bool,
}

impl Look {
    pub(crate) fn new(size: f64, color: Color) -> Self {
        Self {
            size,
            color,
            is_bold: false,
        }
    }

    pub(crate) fn bold(self) -> Self {
        Self {
            is_bold: true,
            ..self
        }
    }
}

/// The fonts of all pictures.
#[derive(Debug)]
pub(crate) struct Fonts {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Fonts {
    pub(crate) fn new() -> Result<Self, InvalidFont> {
        Ok(Self {
            regular: FontRef::try_from_slice(notosans::REGULAR_TTF)?,
            bold: FontRef::try_from_slice(notosans::BOLD_TTF)?,
        })
    }

    fn font(&self, is_bold: bool) -> &FontRef<'static> {
        if is_bold { &self.bold } else { &self.regular }
    }

    /// The width of a text, in the unit of the look's size.
    pub(crate) fn width(&self, text: &str, look: Look) -> f64 {
        self.steps(text, look).map(|(_, advance)| advance).sum()
    }

    /// The text, cut so that it is not wider. Looks at no more of it than fits.
    pub(crate) fn fit(&self, text: &str, look: Look, width: f64) -> String {
        let shown = || text.chars().filter(|it| is_shown(*it));
        let room = width - self.width("…", look);
        let (mut used, mut fitting, mut count) = (0.0, 0, 0);
        for (_, advance) in self.steps(text, look) {
            used += advance;
            count += 1;
            if used <= room {
                fitting = count;
            }
            if used > width {
                return shown().take(fitting).chain([ELLIPSIS]).collect();
            }
        }
        shown().collect()
    }

    /// The outlines of a text that begins at a position on its base line.
    pub(crate) fn outlines(
        &self,
        text: &str,
        look: Look,
        (x, baseline): (f64, f64),
    ) -> impl Iterator<Item = OutlinedGlyph> {
        let font = self.font(look.is_bold);
        let scale = PxScale::from((look.size * f64::from(self.height(look))) as f32);
        let mut left = x;
        self.steps(text, look).filter_map(move |(id, advance)| {
            let glyph = Glyph {
                id,
                scale,
                position: point(left as f32, baseline as f32),
            };
            left += advance;
            font.outline_glyph(glyph)
        })
    }

    /// Each letter with how far it moves the next one, kerning included.
    fn steps(&self, text: &str, look: Look) -> impl Iterator<Item = (GlyphId, f64)> {
        let font = self.font(look.is_bold);
        let unit = look.size / self.em(look);
        let ids = text.chars().filter(|it| is_shown(*it));
        let mut ids = ids.map(|it| font.glyph_id(it)).peekable();
        std::iter::from_fn(move || {
            let id = ids.next()?;
            let kern = ids.peek().map_or(0.0, |next| font.kern_unscaled(id, *next));
            let advance = font.h_advance_unscaled(id) + kern;
            Some((id, f64::from(advance) * unit))
        })
    }

    fn em(&self, look: Look) -> f64 {
        let em = self.font(look.is_bold).units_per_em();
        f64::from(em.unwrap_or(1000.0))
    }

    /// From the lowest to the highest place of the font, for a size of 1: what scales count in.
    fn height(&self, look: Look) -> f32 {
        self.font(look.is_bold).height_unscaled() / self.em(look) as f32
    }
}

/// What has no shape, or turns the direction of what follows, is left out.
fn is_shown(c: char) -> bool {
    let is_invisible = matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
    );
    !c.is_control() && !is_invisible
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn look() -> Look {
        Look::new(12.0, Color::hex(0))
    }

    #[test]
    fn letters_have_their_widths() {
        let fonts = Fonts::new().unwrap();
        let width = |text: &str| fonts.width(text, look());
        assert_eq!(width(""), 0.0);
        assert!(width("i") < width("m") && width("m") < look().size * 1.2);
        assert_eq!(width("a\u{200b}\u{202e}\n"), width("a"));
        assert!(fonts.width("a", look().bold()) > width("a"));
        assert_eq!(fonts.fit("web-1\u{7}", look(), 100.0), "web-1");
        assert!(fonts.outlines("w", look(), (0.0, 0.0)).next().is_some());
    }

    proptest! {
        #[test]
        fn what_is_cut_fits(text in "\\PC{0,60}", width in 12.0..300.0) {
            let fonts = Fonts::new().unwrap();
            let cut = fonts.fit(&text, look(), width);
            prop_assert!(fonts.width(&cut, look()) <= width + 1.0, "{cut}");
            let whole = fonts.width(&text, look()) <= width;
            prop_assert_eq!(!cut.ends_with(ELLIPSIS) || text.ends_with(ELLIPSIS), whole);
        }
    }
}
