//! A plotters backend that keeps what is drawn as values.

use std::convert::Infallible;

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use venti_chart::{Color, Surface};

/// One call to the backend, in units.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Rect(BackendCoord, BackendCoord, Color),
    Path(Vec<BackendCoord>, u32, Color),
    Polygon(Vec<BackendCoord>, Color),
    Disc(BackendCoord, u32, Color),
    Ring(BackendCoord, u32, u32, Color),
    Text(String, BackendCoord),
}

impl Shape {
    /// The points of a line.
    pub(crate) fn path(&self) -> Option<&[BackendCoord]> {
        if let Self::Path(points, ..) = self {
            Some(points)
        } else {
            None
        }
    }

    /// The points of an area.
    pub(crate) fn polygon(&self) -> Option<&[BackendCoord]> {
        if let Self::Polygon(points, _) = self {
            Some(points)
        } else {
            None
        }
    }

    /// What a text says.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text, _) = self {
            Some(text)
        } else {
            None
        }
    }
}

#[derive(Default)]
pub(crate) struct Recorder {
    size: (u32, u32),
    shapes: Vec<Shape>,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// Everything that `draw` draws on a surface.
pub(crate) fn record(
    surface: Surface,
    draw: impl FnOnce(&DrawingArea<&mut Recorder, Shift>),
) -> Vec<Shape> {
    let mut recorder = Recorder {
        size: surface.size(),
        shapes: Vec::new(),
    };
    draw(&(&mut recorder).into_drawing_area());
    recorder.shapes
}

fn color(color: BackendColor) -> Color {
    Color {
        rgb: color.rgb,
        alpha: color.alpha,
    }
}

impl DrawingBackend for &mut Recorder {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Drawn {
        panic!("charts draw no single pixels")
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        lower_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        assert!(fill, "charts outline no rectangles");
        self.shapes
            .push(Shape::Rect(upper_left, lower_right, color(style.color())));
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let points = path.into_iter().collect();
        self.shapes.push(Shape::Path(
            points,
            style.stroke_width(),
            color(style.color()),
        ));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.shapes.push(Shape::Polygon(
            path.into_iter().collect(),
            color(style.color()),
        ));
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let color = color(style.color());
        self.shapes.push(if fill {
            Shape::Disc(center, radius, color)
        } else {
            Shape::Ring(center, radius, style.stroke_width(), color)
        });
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, _: &S, at: BackendCoord) -> Drawn {
        self.shapes.push(Shape::Text(text.to_owned(), at));
        Ok(())
    }
}
