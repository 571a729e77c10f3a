//! What the page measures of ours: decoding an answer, drawing it, and following the mouse.
//!
//! The canvas backend is the frontend's own file, not a copy.

#[path = "../../../src/plot/canvas.rs"]
mod canvas;

use venti_chart::{Frame, Series, Surface, Theme, TimeSeriesOptions, TimeSeriesPlot};
use venti_model::answer::{Answer, Data};
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

/// A chart on two canvases, as on a dashboard.
#[wasm_bindgen]
pub struct Chart {
    lines: HtmlCanvasElement,
    overlay: HtmlCanvasElement,
    surface: Surface,
    frame: Frame,
    plot: Option<TimeSeriesPlot>,
}

#[wasm_bindgen]
impl Chart {
    /// A chart of this many CSS pixels.
    #[wasm_bindgen(constructor)]
    pub fn new(
        lines: HtmlCanvasElement,
        overlay: HtmlCanvasElement,
        width: f64,
        height: f64,
    ) -> Self {
        let surface = canvas::surface(width, height);
        Self {
            lines,
            overlay,
            surface,
            frame: Frame::default(),
            plot: None,
        }
    }

    /// Decodes the body of an answer to a range query and returns the number of samples.
    pub fn decode(&mut self, body: &[u8]) -> Result<usize, JsError> {
        let Data::Matrix(matrix) = Answer::decode(body)?.data else {
            return Err(JsError::new("the answer is no matrix"));
        };
        let series = matrix
            .series
            .into_iter()
            .enumerate()
            .map(|(slot, series)| Series {
                name: series.labels.to_string(),
                values: series.values,
                slot,
                hidden: false,
            });
        self.frame = Frame::new(matrix.times, series.collect())?;
        Ok(self.frame.times().len() * self.frame.series().len())
    }

    /// Lays out and draws what was decoded last.
    pub fn draw(&mut self) -> Result<(), JsError> {
        let times = self.frame.times();
        let (Some(&start), Some(&end)) = (times.first(), times.last()) else {
            return Ok(());
        };
        let options = TimeSeriesOptions {
            step: Some(60.0),
            ..TimeSeriesOptions::new((start, end))
        };
        let measure = canvas::measure(&self.lines);
        let plot = TimeSeriesPlot::new(
            &self.frame,
            &options,
            self.surface,
            Theme::light(),
            &measure,
        );
        let sheet = canvas::sheet(&self.lines, self.surface).ok_or_else(no_canvas)?;
        plot.draw(&sheet, &self.frame)?;
        self.plot = Some(plot);
        Ok(())
    }

    /// Follows the mouse: finds the nearest time and series, and draws the cursor.
    pub fn hover(&self, x: f64, y: f64) -> Result<(), JsError> {
        let Some(plot) = &self.plot else {
            return Ok(());
        };
        let Some(index) = plot.nearest_index(&self.frame, x) else {
            return Ok(());
        };
        let near = plot
            .nearest_series(&self.frame, x, y, 24.0)
            .map(|near| near.series);
        let sheet = canvas::sheet(&self.overlay, self.surface).ok_or_else(no_canvas)?;
        let time = self.frame.times().get(index).copied().unwrap_or_default();
        plot.draw_cursor(&sheet, &self.frame, time, near)?;
        Ok(())
    }
}

fn no_canvas() -> JsError {
    JsError::new("the canvas has no 2d context")
}
