//! The only file that touches canvas calls: a sheet of a chart, sized to the device's pixels.
//!
//! Grid, texts and areas are drawn by plotters' own canvas backend. Lines are not: the browser
//! strokes them slowly, so they are turned into pixels here, [`Raster`], and laid on the canvas
//! in one piece before whatever is drawn after them.

use std::cell::RefCell;

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use plotters_canvas::CanvasBackend;
use venti_chart::theme::{AXIS_FONT_PX, FONT_FAMILY};
use venti_chart::{Color, Patch, Raster, Surface};
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Units per device pixel.
const SUBPIXELS: u32 = Raster::SUBPIXELS as u32;

/// The surface of a canvas of this many CSS pixels on this screen.
pub(crate) fn surface(width: f64, height: f64) -> Surface {
    let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
    Surface::new(width, height).with_resolution(ratio, SUBPIXELS)
}

/// An empty sheet on a canvas. What is drawn is complete when the sheet is dropped.
pub(crate) fn sheet(
    canvas: &HtmlCanvasElement,
    surface: Surface,
) -> Option<DrawingArea<PlotCanvas, Shift>> {
    let (width, height) = surface.device_size();
    // Sizing a canvas throws its memory away, so it is not done in vain.
    if canvas.width() != width || canvas.height() != height {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let context = context(canvas)?;
    count_pixels(&context);
    context.clear_rect(0.0, 0.0, f64::from(width), f64::from(height));
    count_units(&context);
    let backend = CanvasBackend::with_canvas_object(canvas.clone())?;
    let lines = Lines::borrow(width, height);
    Some(
        PlotCanvas {
            backend,
            context,
            size: surface.size(),
            lines,
        }
        .into_drawing_area(),
    )
}

/// The width of an axis label in CSS pixels.
pub(crate) fn measure(canvas: &HtmlCanvasElement) -> impl Fn(&str) -> f64 + use<> {
    let context = context(canvas);
    if let Some(context) = &context {
        context.set_font(&format!("{AXIS_FONT_PX}px {FONT_FAMILY}"));
    }
    move |text| {
        let measured = context.as_ref().and_then(|it| it.measure_text(text).ok());
        measured.map_or(7.0 * text.len() as f64, |it| it.width())
    }
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

// Both only fail on numbers that are not finite.

fn count_pixels(context: &CanvasRenderingContext2d) {
    let _ = context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
}

fn count_units(context: &CanvasRenderingContext2d) {
    let unit = 1.0 / f64::from(SUBPIXELS);
    let _ = context.set_transform(unit, 0.0, 0.0, unit, 0.0, 0.0);
}

/// plotters' canvas, counting in units of a [`Surface`] rather than in pixels.
pub(crate) struct PlotCanvas {
    backend: CanvasBackend,
    context: CanvasRenderingContext2d,
    size: (u32, u32),
    lines: Lines,
}

impl PlotCanvas {
    /// Lays the lines drawn so far on the canvas.
    fn flush(&mut self) {
        if let Some(patch) = self.lines.raster.take() {
            count_pixels(&self.context);
            // Without memory for a picture the browser refuses; the next draw tries again.
            let _ = self.lines.lay(&self.context, &patch);
            count_units(&self.context);
        }
    }
}

impl Drop for PlotCanvas {
    fn drop(&mut self) {
        self.flush();
        self.lines.give_back();
    }
}

/// Memory to turn lines into pixels: megabytes that all charts of a page share.
#[derive(Default)]
struct Lines {
    raster: Raster,
    points: Vec<BackendCoord>,
    /// Pixels can replace those of a canvas, but only a canvas can be laid over another.
    tray: Option<(HtmlCanvasElement, CanvasRenderingContext2d)>,
}

thread_local! {
    static SHARED: RefCell<Option<Lines>> = const { RefCell::new(None) };
}

impl Lines {
    /// The shared memory, or new one while another sheet has it.
    fn borrow(width: u32, height: u32) -> Self {
        let mut lines = SHARED.take().unwrap_or_default();
        lines.raster.resize(width, height);
        lines
    }

    fn give_back(&mut self) {
        SHARED.set(Some(std::mem::take(self)));
    }

    fn lay(&mut self, target: &CanvasRenderingContext2d, patch: &Patch) -> Result<(), JsValue> {
        let (width, height) = (patch.width as u32, patch.height() as u32);
        let (canvas, tray) = match self.tray.take() {
            Some(tray) => tray,
            None => tray().ok_or("no canvas")?,
        };
        if canvas.width() < width || canvas.height() < height {
            canvas.set_width(canvas.width().max(width));
            canvas.set_height(canvas.height().max(height));
        }
        let pixels = ImageData::new_with_u8_clamped_array(Clamped(&patch.rgba), width)?;
        tray.put_image_data(&pixels, 0.0, 0.0)?;
        let (width, height) = (f64::from(width), f64::from(height));
        target.draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            &canvas,
            0.0,
            0.0,
            width,
            height,
            patch.left as f64,
            patch.top as f64,
            width,
            height,
        )?;
        self.tray = Some((canvas, tray));
        Ok(())
    }
}

fn tray() -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let document = web_sys::window()?.document()?;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    let context = context(&canvas)?;
    Some((canvas, context))
}

type DrawResult = Result<(), DrawingErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>>;

impl DrawingBackend for PlotCanvas {
    type ErrorType = <CanvasBackend as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> DrawResult {
        self.backend.ensure_prepared()
    }

    fn present(&mut self) -> DrawResult {
        self.flush();
        self.backend.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> DrawResult {
        self.flush();
        self.backend.draw_pixel(point, color)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> DrawResult {
        self.flush();
        self.backend
            .draw_rect(upper_left, bottom_right, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> DrawResult {
        let Lines { raster, points, .. } = &mut self.lines;
        points.clear();
        points.extend(path);
        let width = style.stroke_width() as f32 / SUBPIXELS as f32;
        let BackendColor { rgb, alpha } = style.color();
        if raster.stroke(points, width, Color { rgb, alpha }) {
            return Ok(());
        }
        let points = std::mem::take(points);
        self.flush();
        self.backend.draw_path(points, style)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> DrawResult {
        self.flush();
        self.backend.fill_polygon(path, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> DrawResult {
        self.flush();
        self.backend.draw_circle(center, radius, style, fill)
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        position: BackendCoord,
    ) -> DrawResult {
        self.flush();
        self.backend.draw_text(text, style, position)
    }
}
