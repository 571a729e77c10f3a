//! The few strokes charts are made of, on a plotters drawing area.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{Circle, Drawable, PointCollection, Rectangle, Text};
use plotters::prelude::{DrawingBackend, IntoFont};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, RGBAColor, ShapeStyle, TextStyle};
use plotters_backend::DrawingErrorKind;

use crate::color::Color;
use crate::surface::{Point, Surface};
use crate::theme::FONT_FAMILY;

/// What drawing on a backend returns.
pub type DrawResult<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Draws on an area that counts in the units of a surface.
pub(crate) struct Pen<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    surface: Surface,
}

/// Where a text stands relative to its position; vertically it is centered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Align {
    Center,
    Right,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextLook {
    pub(crate) color: Color,
    /// Font size in CSS pixels.
    pub(crate) size: f64,
    pub(crate) align: Align,
    pub(crate) bold: bool,
}

impl<'a, DB: DrawingBackend> Pen<'a, DB> {
    pub(crate) fn new(area: &'a DrawingArea<DB, Shift>, surface: Surface) -> Self {
        debug_assert_eq!(area.get_base_pixel(), (0, 0), "a chart fills its sheet");
        Self { area, surface }
    }

    /// Fills the rectangle from `upper_left` up to, not including, `lower_right`.
    pub(crate) fn rect(
        &self,
        upper_left: Point,
        lower_right: Point,
        color: Color,
    ) -> DrawResult<DB> {
        self.area
            .draw(&Rectangle::new([upper_left, lower_right], filled(color)))
    }

    /// A horizontal hairline around the unit position `y`, on whole device pixels.
    pub(crate) fn hline(&self, left: i32, right: i32, y: f64, color: Color) -> DrawResult<DB> {
        let thickness = self.surface.hairline();
        let top = self.surface.snap(y - f64::from(thickness) / 2.0);
        self.rect((left, top), (right, top + thickness), color)
    }

    /// A vertical hairline around the unit position `x`, on whole device pixels.
    pub(crate) fn vline(&self, x: f64, top: i32, bottom: i32, color: Color) -> DrawResult<DB> {
        let thickness = self.surface.hairline();
        let left = self.surface.snap(x - f64::from(thickness) / 2.0);
        self.rect((left, top), (left + thickness, bottom), color)
    }

    /// A line of `width` units through the points.
    pub(crate) fn line(&self, points: &[Point], width: u32, color: Color) -> DrawResult<DB> {
        let style = ShapeStyle {
            color: color.into(),
            filled: false,
            stroke_width: width,
        };
        self.area.draw(&Shape { points, style })
    }

    /// The area within the points.
    pub(crate) fn polygon(&self, points: &[Point], color: Color) -> DrawResult<DB> {
        self.area.draw(&Shape {
            points,
            style: filled(color),
        })
    }

    /// A disc of `radius` CSS pixels.
    pub(crate) fn disc(&self, center: Point, radius: f64, color: Color) -> DrawResult<DB> {
        let radius = self.surface.units(radius).max(1);
        self.area.draw(&Circle::new(center, radius, filled(color)))
    }

    /// A ring of `width` units whose middle is a circle of `radius` units.
    pub(crate) fn ring(
        &self,
        center: Point,
        radius: i32,
        width: u32,
        color: Color,
    ) -> DrawResult<DB> {
        let style = ShapeStyle {
            color: color.into(),
            filled: false,
            stroke_width: width,
        };
        self.area.draw(&Circle::new(center, radius.max(1), style))
    }

    /// A line of text.
    pub(crate) fn text(&self, text: &str, at: Point, look: TextLook) -> DrawResult<DB> {
        let h_pos = match look.align {
            Align::Center => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = if look.bold {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        };
        let font = (FONT_FAMILY, self.surface.font_size(look.size), style).into_font();
        let color = RGBAColor::from(look.color);
        let style = TextStyle::from(font)
            .color(&color)
            .pos(Pos::new(h_pos, VPos::Center));
        self.area.draw(&Text::new(text, at, style))
    }
}

fn filled(color: Color) -> ShapeStyle {
    ShapeStyle {
        color: color.into(),
        filled: true,
        stroke_width: 0,
    }
}

/// A line or polygon over borrowed points.
///
/// Its points are those of the whole area already, so they go to the backend as
/// they are: to translate hundreds of thousands of points takes longer than to
/// find them.
struct Shape<'a> {
    points: &'a [Point],
    style: ShapeStyle,
}

impl<'a> PointCollection<'a, Point> for &'a Shape<'_> {
    type Point = &'a Point;
    type IntoIter = [&'a Point; 0];

    fn point_iter(self) -> Self::IntoIter {
        []
    }
}

impl<DB: DrawingBackend> Drawable<DB> for Shape<'_> {
    fn draw<I: Iterator<Item = Point>>(
        &self,
        _: I,
        backend: &mut DB,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        let points = self.points.iter().copied();
        if self.style.filled {
            backend.fill_polygon(points, &self.style)
        } else {
            backend.draw_path(points, &self.style)
        }
    }
}
