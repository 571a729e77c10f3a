//! A sheet of pixels: the plotters backend that charts draw on, and what pictures write besides.

use std::convert::Infallible;

use ab_glyph_rasterizer::{Rasterizer, point};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle,
};
use venti_chart::{Color, Raster, Surface};

use crate::text::{Fonts, Look};

/// Units to a pixel.
pub(crate) const SUBPIXELS: u32 = Raster::SUBPIXELS as u32;

/// Half the height of capital letters, as a share of the font's size.
const HALF_CAPITAL: f64 = 0.357;

/// An opaque picture that counts in the units of a surface.
pub(crate) struct Sheet<'a> {
    surface: Surface,
    width: usize,
    height: usize,
    /// Rows of red, green and blue.
    pixels: Vec<u8>,
    raster: Raster,
    fonts: &'a Fonts,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(surface: Surface, color: Color, fonts: &'a Fonts) -> Self {
        let (width, height) = surface.device_size();
        let mut raster = Raster::default();
        raster.resize(width, height);
        let (width, height) = (width as usize, height as usize);
        let (r, g, b) = color.rgb;
        Self {
            surface,
            width,
            height,
            pixels: [r, g, b].repeat(width * height),
            raster,
            fonts,
        }
    }

    pub(crate) fn surface(&self) -> Surface {
        self.surface
    }

    /// What charts draw on.
    pub(crate) fn area(&mut self) -> DrawingArea<&mut Self, Shift> {
        self.into_drawing_area()
    }

    /// Writes a line of text that begins at a position in CSS pixels; vertically it is the middle
    /// of capital letters.
    pub(crate) fn text(&mut self, text: &str, (x, y): (f64, f64), look: Look) {
        let pixels = self.pixels_per_css();
        let look = Look {
            size: look.size * pixels,
            ..look
        };
        self.write(text, (x * pixels, y * pixels), look);
    }

    /// Draws a line through points in CSS pixels.
    pub(crate) fn line(&mut self, points: &[(f64, f64)], width: f64, color: Color) {
        let units = |&(x, y): &(f64, f64)| (self.surface.units(x), self.surface.units(y));
        let points: Vec<BackendCoord> = points.iter().map(units).collect();
        let width = width * self.pixels_per_css();
        self.raster.stroke(&points, width as f32, color);
        self.flush();
    }

    /// Draws a disc; center and radius are in CSS pixels.
    pub(crate) fn disc(&mut self, (x, y): (f64, f64), radius: f64, color: Color) {
        let pixels = self.pixels_per_css();
        let outline = circle((x * pixels, y * pixels), radius * pixels);
        self.fill(&[outline], color);
    }

    /// Lays another sheet on this one; what does not fit is cut off.
    pub(crate) fn paste(&mut self, other: &Sheet<'_>, (x, y): (f64, f64)) {
        let pixels = self.pixels_per_css();
        let (left, top) = ((x * pixels) as usize, (y * pixels) as usize);
        let rows = self
            .pixels
            .chunks_exact_mut(self.width.max(1) * 3)
            .skip(top);
        for (row, own) in rows.zip(other.pixels.chunks_exact(other.width.max(1) * 3)) {
            for (target, source) in row.iter_mut().skip(left * 3).zip(own) {
                *target = *source;
            }
        }
    }

    pub(crate) fn png(self) -> Result<Vec<u8>, png::EncodingError> {
        let mut bytes = Vec::new();
        let (width, height) = (self.width as u32, self.height as u32);
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(bytes)
    }

    fn pixels_per_css(&self) -> f64 {
        self.surface.scale() / f64::from(SUBPIXELS)
    }

    /// `at` and the look's size are in pixels.
    fn write(&mut self, text: &str, (x, y): (f64, f64), look: Look) {
        let baseline = (y + look.size * HALF_CAPITAL).round();
        let fonts = self.fonts;
        for glyph in fonts.outlines(text, look, (x, baseline)) {
            let bounds = glyph.px_bounds();
            let (left, top) = (bounds.min.x as i64, bounds.min.y as i64);
            glyph.draw(|x, y, coverage| {
                self.blend(
                    left + i64::from(x),
                    top + i64::from(y),
                    look.color,
                    coverage,
                );
            });
        }
    }

    /// Fills what lies within an odd number of closed outlines, in pixels.
    fn fill(&mut self, outlines: &[Vec<(f64, f64)>], color: Color) {
        let points = || outlines.iter().flatten();
        let bound = |value: f64, most: usize| value.clamp(0.0, most as f64);
        let start = |it: f64, most| bound(it.floor(), most) as usize;
        let end = |it: f64, most| bound(it.ceil(), most) as usize;
        let low = |it: fn(&(f64, f64)) -> f64| points().map(it).fold(f64::INFINITY, f64::min);
        let high = |it: fn(&(f64, f64)) -> f64| points().map(it).fold(0.0, f64::max);
        let (left, top) = (
            start(low(|it| it.0), self.width),
            start(low(|it| it.1), self.height),
        );
        let (right, bottom) = (
            end(high(|it| it.0), self.width),
            end(high(|it| it.1), self.height),
        );
        if left >= right || top >= bottom {
            return;
        }
        // One column more, where lines along the right edge leave their rest.
        let mut rasterizer = Rasterizer::new(right - left + 1, bottom - top);
        let inside = |&(x, y): &(f64, f64)| {
            let (x, y) = (bound(x, right) - left as f64, bound(y, bottom) - top as f64);
            point(x.max(0.0) as f32, y.max(0.0) as f32)
        };
        for outline in outlines {
            let next = outline.iter().cycle().skip(1);
            for (from, to) in outline.iter().zip(next) {
                rasterizer.draw_line(inside(from), inside(to));
            }
        }
        rasterizer.for_each_pixel_2d(|x, y, coverage| {
            let (x, y) = (left as i64 + i64::from(x), top as i64 + i64::from(y));
            self.blend(x, y, color, coverage);
        });
    }

    /// Lays the lines drawn so far on the picture.
    fn flush(&mut self) {
        let Some(patch) = self.raster.take() else {
            return;
        };
        for (at, pixel) in patch.rgba.chunks_exact(4).enumerate() {
            if let &[r, g, b, alpha] = pixel
                && alpha > 0
            {
                let (x, y) = (patch.left + at % patch.width, patch.top + at / patch.width);
                let color = Color {
                    rgb: (r, g, b),
                    alpha: 1.0,
                };
                self.blend(x as i64, y as i64, color, f32::from(alpha) / 255.0);
            }
        }
    }

    fn blend(&mut self, x: i64, y: i64, color: Color, coverage: f32) {
        let is_inside = |at: i64, length: usize| (0..length as i64).contains(&at);
        if !is_inside(x, self.width) || !is_inside(y, self.height) {
            return;
        }
        let share = color.alpha as f32 * coverage.clamp(0.0, 1.0);
        let at = (y as usize * self.width + x as usize) * 3;
        let (r, g, b) = color.rgb;
        let pixel = self.pixels.iter_mut().skip(at).take(3);
        for (value, ink) in pixel.zip([r, g, b]) {
            let before = f32::from(*value);
            *value = (before + (f32::from(ink) - before) * share).round() as u8;
        }
    }
}

/// A closed outline; both lengths are in pixels.
fn circle((x, y): (f64, f64), radius: f64) -> Vec<(f64, f64)> {
    let steps = (radius * 2.0).ceil().clamp(16.0, 720.0) as u32;
    let corners = (0..steps).map(|step| {
        let (sin, cos) = (f64::from(step) / f64::from(steps) * std::f64::consts::TAU).sin_cos();
        (x + radius * sin, y - radius * cos)
    });
    corners.collect()
}

fn color(color: BackendColor) -> Color {
    Color {
        rgb: color.rgb,
        alpha: color.alpha,
    }
}

fn pixels(units: i32) -> f64 {
    f64::from(units) / f64::from(SUBPIXELS)
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for &mut Sheet<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.surface.size()
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        self.flush();
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, ink: BackendColor) -> Drawn {
        self.flush();
        let (x, y) = (pixels(x) as i64, pixels(y) as i64);
        self.blend(x, y, color(ink), 1.0);
        Ok(())
    }

    /// Always filled: charts outline no rectangles.
    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        lower_right: BackendCoord,
        style: &S,
        _: bool,
    ) -> Drawn {
        self.flush();
        let [left, top] = [upper_left.0, upper_left.1].map(|it| pixels(it).round() as i64);
        let [right, bottom] = [lower_right.0, lower_right.1].map(|it| pixels(it).round() as i64);
        let ink = color(style.color());
        for y in top.max(0)..bottom.min(self.height as i64) {
            for x in left.max(0)..right.min(self.width as i64) {
                self.blend(x, y, ink, 1.0);
            }
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let points: Vec<BackendCoord> = path.into_iter().collect();
        let width = pixels(style.stroke_width() as i32) as f32;
        // A line that turns back is none of a time series; charts draw no other.
        self.raster.stroke(&points, width, color(style.color()));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.flush();
        let outline = path.into_iter().map(|(x, y)| (pixels(x), pixels(y)));
        self.fill(&[outline.collect()], color(style.color()));
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        self.flush();
        let (center, radius) = ((pixels(x), pixels(y)), pixels(radius as i32));
        let half = pixels(style.stroke_width() as i32) / 2.0;
        let outlines = if fill {
            vec![circle(center, radius)]
        } else {
            // The hole runs the other way round, so that it takes away.
            let mut hole = circle(center, (radius - half).max(0.0));
            hole.reverse();
            vec![circle(center, radius + half), hole]
        };
        self.fill(&outlines, color(style.color()));
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        self.flush();
        let look = Look {
            size: style.size() / f64::from(SUBPIXELS),
            color: color(style.color()),
            is_bold: matches!(style.style(), FontStyle::Bold),
        };
        let width = self.fonts.width(text, look);
        let x = match style.anchor().h_pos {
            HPos::Left => pixels(at.0),
            HPos::Center => pixels(at.0) - width / 2.0,
            HPos::Right => pixels(at.0) - width,
        };
        self.write(text, (x, pixels(at.1)), look);
        Ok(())
    }
}
