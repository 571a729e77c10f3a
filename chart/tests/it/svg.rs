//! The same charts as SVG, as the server draws them.

use plotters::prelude::{IntoDrawingArea, SVGBackend};
use venti_chart::{Frame, Series, Surface, Theme, TimeSeriesOptions, TimeSeriesPlot};

#[test]
fn hostile_labels_are_text() {
    let series = Series {
        values: vec![1.0, 2.0],
        ..Series::default()
    };
    let frame = Frame::new(vec![0.0, 60.0], vec![series]).unwrap();
    let options = TimeSeriesOptions {
        labels: &|marks, _| vec!["<script>".to_owned(); marks.len()],
        ..TimeSeriesOptions::new((0.0, 60.0))
    };
    let surface = Surface::new(300.0, 150.0)
        .with_resolution(1.0, 8)
        .with_text_scale(1.24);
    let measure = |text: &str| text.len() as f64 * 6.0;
    let plot = TimeSeriesPlot::new(&frame, &options, surface, Theme::light(), &measure);

    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, surface.size()).into_drawing_area();
        plot.draw(&area, &frame).unwrap();
        area.present().unwrap();
    }
    assert!(svg.contains("&lt;script&gt;") && !svg.contains("<script>"));
    assert_eq!(svg.matches("<polyline").count(), 1);
    assert_eq!(svg.matches("<polygon").count(), 1);
}
