//! Pictures of whatever a datasource may answer, read back as PNG.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;
use venti_chart::{Color, Frame, Series, Theme};
use venti_model::step::Grid;
use venti_model::threshold::Threshold;
use venti_model::unit::Unit;
use venti_panel::{Line, PanelSlots, PieData, PieSlice, PlotData, PlotOptions};
use venti_picture::{Body, MOST_LINES, Picture};

/// The hour that is shown.
const GRID: Grid = Grid {
    start: 1_700_000_000,
    end: 1_700_003_600,
    step: 10,
};

/// A PNG, read back.
struct Pixels {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Pixels {
    fn of(picture: Picture) -> Self {
        let png = picture.png().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(png))
            .read_info()
            .unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgb).unwrap();
        assert_eq!(info.color_type, png::ColorType::Rgb);
        Self {
            width: info.width as usize,
            height: info.height as usize,
            rgb,
        }
    }

    /// Where pixels of exactly this color are.
    fn places(&self, color: Color) -> Vec<(usize, usize)> {
        let (r, g, b) = color.rgb;
        let pixels = self.rgb.chunks_exact(3).enumerate();
        let same = pixels.filter(|(_, pixel)| *pixel == [r, g, b]);
        same.map(|(at, _)| (at % self.width, at / self.width))
            .collect()
    }
}

/// A chart of one row of values for each name, over the whole hour.
fn lines(names: &[&str], values: impl Fn(usize, f64) -> f64, options: PlotOptions) -> PlotData {
    let times: Vec<f64> = (0..GRID.len() as i64)
        .map(|it| (GRID.start + it * GRID.step as i64) as f64)
        .collect();
    let slots = PanelSlots::default().assign(names);
    let series = names
        .iter()
        .zip(&slots)
        .enumerate()
        .map(|(at, (name, slot))| Series {
            name: (*name).to_owned(),
            values: times
                .iter()
                .map(|it| values(at, (it - times[0]) / 3600.0))
                .collect(),
            slot: *slot,
            hidden: false,
        });
    let frame = Frame::new(times.clone(), series.collect()).unwrap();
    let unit: Unit = "percentunit".parse().unwrap();
    PlotData {
        lines: names.iter().map(|_| Line { unit: unit.clone() }).collect(),
        frame,
        grid: GRID,
        options,
    }
}

fn picture(title: &str, body: Body) -> Picture {
    Picture {
        title: title.to_owned(),
        subtitle: String::new(),
        body,
    }
}

#[test]
fn a_line_is_where_its_values_are_in_its_own_color() {
    let data = lines(&["cpu"], |_, _| 0.5, PlotOptions::default());
    let color = Theme::light()
        .palette
        .slot(data.frame.series()[0].slot)
        .color;
    let pixels = Pixels::of(picture("Load", Body::Lines(data)));
    assert_eq!(pixels.width, 1440);
    let places = pixels.places(color);
    // The legend's mark is far below; the line goes through the whole plot at one height.
    let first = places[0].1;
    let line: Vec<_> = places
        .iter()
        .filter(|it| it.1.abs_diff(first) <= 4)
        .collect();
    let columns: std::collections::BTreeSet<usize> = line.iter().map(|it| it.0).collect();
    assert!(columns.len() > 1200, "{} columns", columns.len());
    assert!(
        places.iter().any(|it| it.1 > first + 100),
        "no mark in the legend"
    );
}

#[test]
fn limits_and_moments_are_drawn_in_their_color() {
    let options = PlotOptions {
        thresholds: vec![Threshold {
            values: vec![0.5],
            invert: false,
        }],
        moments: vec![GRID.start as f64 + 1800.0],
        ..PlotOptions::default()
    };
    let pixels = Pixels::of(picture(
        "x",
        Body::Lines(lines(&["a"], |_, it| it, options)),
    ));
    let critical = Theme::light().palette.status(venti_chart::Status::Crit);
    let places = pixels.places(critical);
    let in_row = |y: usize| places.iter().filter(|it| it.1 == y).count();
    let in_column = |x: usize| places.iter().filter(|it| it.0 == x).count();
    assert!((0..pixels.height).any(|it| in_row(it) > 1000));
    assert!((0..pixels.width).any(|it| in_column(it) > 400));
}

#[test]
fn a_pie_has_its_slices() {
    let slices = ["Running", "a"].map(|label| PieSlice {
        label: label.to_owned(),
        value: 3.0,
        text: "3".to_owned(),
        share: "50%".to_owned(),
        slot: 0,
    });
    let theme = Theme::light();
    let colors = slices.each_ref().map(|it| it.color(theme));
    let data = PieData {
        slices: slices.to_vec(),
        total: "6".to_owned(),
    };
    let pixels = Pixels::of(picture("Pods", Body::Pie(data)));
    for color in colors {
        assert!(pixels.places(color).len() > 10_000, "{color}");
    }
    assert_ne!(colors[0], colors[1]);
}

#[test]
fn of_ten_thousand_series_some_are_drawn_and_all_are_counted() {
    let names: Vec<String> = (0..10_000).map(|it| format!("pod-{it}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let data = lines(&names, |at, it| at as f64 + it, PlotOptions::default());
    let pixels = Pixels::of(picture("All", Body::Lines(data)));
    assert!(pixels.height < 1000);
    assert!(MOST_LINES < names.len());
}

prop_compose! {
    fn hostile()(names in prop::collection::vec("[\\x00-\\x7f\u{202e}\u{1f600}漢ü]{0,30}", 0..12),
                 values in prop::collection::vec(prop_oneof![any::<f64>(), Just(f64::NAN), -10.0..10.0], 0..40),
                 step in 1_u64..2_000_000) -> PlotData {
        let times: Vec<f64> = (0..values.len()).map(|it| it as f64 * step as f64).collect();
        let series = names.iter().enumerate().map(|(slot, name)| Series {
            name: name.repeat(1 + slot * 10),
            values: values.iter().map(|it| it * (slot + 1) as f64).collect(),
            slot,
            hidden: false,
        });
        PlotData {
            lines: Vec::new(),
            frame: Frame::new(times, series.collect()).unwrap(),
            grid: Grid { start: 0, end: (step * 39) as i64, step },
            options: PlotOptions { moments: values, ..PlotOptions::default() },
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn whatever_is_answered_there_is_a_picture(data in hostile(), title in "\\PC{0,300}") {
        let pixels = Pixels::of(Picture { subtitle: title.clone(), ..picture(&title, Body::Lines(data)) });
        prop_assert!(pixels.width == 1440 && pixels.height <= 1000);
    }

    #[test]
    fn whatever_a_pie_is_made_of_there_is_a_picture(
        slices in prop::collection::vec(("\\PC{0,60}", any::<f64>(), "\\PC{0,30}"), 0..40), total in "\\PC{0,60}",
    ) {
        let slices = slices.into_iter().enumerate().map(|(slot, (label, value, text))| PieSlice {
            label, value, share: text.clone(), text, slot,
        });
        let data = PieData { slices: slices.collect(), total };
        prop_assert_eq!(Pixels::of(picture("", Body::Pie(data))).width, 1440);
    }
}
