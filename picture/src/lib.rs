//! Panels as PNG, drawn without a browser: what a message shows is what the page shows.
//!
//! Geometry, colours and names are those of the page (`venti-chart`, `venti-panel`); here are the
//! sheet of pixels that charts draw on, text from a font inside the program, and the arrangement
//! of heading, chart and legend. Dark on white, two pixels to each unit of length, times in UTC.
//!
//! Nothing here asks, waits or fails on data: whatever the samples and names are, there is a
//! picture, and the work for it is bounded by its size and by [`MOST_LINES`].

mod legend;
mod lines;
mod ring;
mod sheet;
mod text;

use venti_chart::{Surface, Theme};
use venti_panel::{PieData, PlotData};

use sheet::Sheet;
use text::{Fonts, Look};

/// No more lines are drawn; how many there are besides is written beside the legend.
pub const MOST_LINES: usize = 100;

/// Width of a picture; all lengths are in CSS pixels.
const WIDTH: f64 = 720.0;
/// Empty at all sides.
const MARGIN: f64 = 16.0;
/// Width between the margins.
const INNER: f64 = WIDTH - 2.0 * MARGIN;
/// Pixels to a CSS pixel.
const RATIO: f64 = 2.0;

/// A panel to be drawn.
#[derive(Debug)]
pub struct Picture {
    /// Its heading.
    pub title: String,
    /// A line below the heading, which may be empty.
    pub subtitle: String,
    /// What it shows.
    pub body: Body,
}

/// What a picture shows.
#[derive(Debug)]
pub enum Body {
    /// Lines over time.
    Lines(PlotData),
    /// Parts of a whole.
    Pie(PieData),
}

/// Why there is no picture. Neither depends on what is drawn.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The font inside the program is damaged.
    #[error("the font cannot be read: {0}")]
    Font(#[from] ab_glyph::InvalidFont),
    /// Writing to memory failed.
    #[error("the picture cannot be written: {0}")]
    Png(#[from] png::EncodingError),
}

impl Picture {
    /// Draws it as a PNG of 1440 pixels width and at most about 1000 pixels height.
    ///
    /// # Errors
    ///
    /// None of them has to do with the data.
    pub fn png(self) -> Result<Vec<u8>, PictureError> {
        let fonts = Fonts::new()?;
        let body = match self.body {
            Body::Lines(data) => lines::draw(data, &fonts),
            Body::Pie(data) => ring::draw(&data, &fonts),
        };
        let theme = Theme::light();
        let title = Look::new(16.0, theme.text).bold();
        let subtitle = Look::new(12.0, theme.axis_text);
        let has_subtitle = !self.subtitle.is_empty();
        let top = MARGIN + if has_subtitle { 48.0 } else { 28.0 };
        let height = top + body.surface().height() + MARGIN;
        let mut sheet = Sheet::new(surface(WIDTH, height), theme.panel, &fonts);
        let name = fonts.fit(&self.title, title, INNER);
        sheet.text(&name, (MARGIN, MARGIN + 9.0), title);
        if has_subtitle {
            let line = fonts.fit(&self.subtitle, subtitle, INNER);
            sheet.text(&line, (MARGIN, MARGIN + 31.0), subtitle);
        }
        sheet.paste(&body, (MARGIN, top));
        Ok(sheet.png()?)
    }
}

/// A part of a picture of this many CSS pixels.
fn surface(width: f64, height: f64) -> Surface {
    Surface::new(width, height).with_resolution(RATIO, sheet::SUBPIXELS)
}
