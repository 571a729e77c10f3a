//! What a time series plot draws, and what it answers to the mouse.

use proptest::prelude::*;
use venti_chart::{
    Frame, Moment, Series, Surface, Theme, Threshold, TimeSeriesOptions, TimeSeriesPlot,
    ValueLimits,
};

use crate::recorder::{Shape, record};

const NAN: f64 = f64::NAN;

fn frame(times: &[f64], columns: &[&[f64]]) -> Frame {
    let series = columns.iter().enumerate().map(|(slot, values)| Series {
        name: format!("series {slot}"),
        values: values.to_vec(),
        slot,
        hidden: false,
    });
    Frame::new(times.to_vec(), series.collect()).expect("columns fit")
}

fn surface() -> Surface {
    Surface::new(400.0, 200.0).with_resolution(2.0, 4)
}

fn measure(text: &str) -> f64 {
    text.chars().count() as f64 * 6.0
}

fn plot(frame: &Frame, options: &TimeSeriesOptions<'_>) -> TimeSeriesPlot {
    TimeSeriesPlot::new(frame, options, surface(), Theme::light(), &measure)
}

fn drawn(frame: &Frame, options: &TimeSeriesOptions<'_>) -> Vec<Shape> {
    let plot = plot(frame, options);
    record(surface(), |area| {
        plot.draw(area, frame).expect("recording cannot fail")
    })
}

fn paths(shapes: &[Shape]) -> Vec<&[(i32, i32)]> {
    shapes.iter().filter_map(Shape::path).collect()
}

#[test]
fn each_visible_series_is_one_path() {
    let mut frame = frame(
        &[0.0, 50.0, 100.0],
        &[&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0], &[9.0; 3]],
    );
    frame.set_hidden(2, true);
    let shapes = drawn(&frame, &TimeSeriesOptions::new((0.0, 100.0)));
    let paths = paths(&shapes);
    assert_eq!(paths.len(), 2);
    assert!(paths.iter().all(|path| path.len() == 3));
    let fills = shapes
        .iter()
        .filter(|shape| matches!(shape, Shape::Polygon(..)))
        .count();
    assert_eq!(fills, 0, "only a series on its own is filled");
}

#[test]
fn the_only_series_is_filled_faintly() {
    let frame = frame(&[0.0, 50.0, 100.0], &[&[1.0, 2.0, 3.0]]);
    let shapes = drawn(&frame, &TimeSeriesOptions::new((0.0, 100.0)));
    let fills: Vec<f64> = shapes
        .iter()
        .filter_map(|shape| match shape {
            Shape::Polygon(_, color) => Some(color.alpha),
            _ => None,
        })
        .collect();
    assert_eq!(fills, [0.08]);
}

#[test]
fn a_missing_sample_breaks_the_line_and_a_lone_one_is_a_dot() {
    let times = [0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0];
    let frame = frame(&times, &[&[1.0, 2.0, NAN, 4.0, f64::INFINITY, 3.0, 2.0]]);
    let shapes = drawn(&frame, &TimeSeriesOptions::new((0.0, 60.0)));
    assert_eq!(paths(&shapes).len(), 2);
    let dots = shapes
        .iter()
        .filter(|shape| matches!(shape, Shape::Disc(..)))
        .count();
    assert_eq!(dots, 1);
}

#[test]
fn a_hole_wider_than_the_step_breaks_the_line() {
    let frame = frame(&[0.0, 10.0, 40.0, 50.0], &[&[1.0, 2.0, 2.0, 1.0]]);
    let range = TimeSeriesOptions::new((0.0, 60.0));
    assert_eq!(paths(&drawn(&frame, &range)).len(), 1);
    let stepped = TimeSeriesOptions {
        step: Some(10.0),
        ..range
    };
    assert_eq!(paths(&drawn(&frame, &stepped)).len(), 2);
}

#[test]
fn the_axis_shows_the_requested_range_not_that_of_the_data() {
    let frame = frame(&[900.0, 1_000.0], &[&[1.0, 2.0]]);
    let plot = plot(&frame, &TimeSeriesOptions::new((0.0, 1_000.0)));
    assert_eq!(plot.time_range(), (0.0, 1_000.0));
    let area = plot.plot_area();
    assert_eq!(plot.x_of(0.0), area.left);
    assert_eq!(plot.x_of(1_000.0), area.left + area.width);
}

#[test]
fn lines_from_beyond_the_edges_stop_at_them() {
    let frame = frame(&[-100.0, 50.0, 200.0], &[&[0.0, 80.0, 0.0]]);
    let limits = ValueLimits {
        max: Some(60.0),
        ..ValueLimits::default()
    };
    let options = TimeSeriesOptions {
        limits,
        ..TimeSeriesOptions::new((0.0, 100.0))
    };
    let shapes = drawn(&frame, &options);
    let paths = paths(&shapes);
    assert_eq!(paths.len(), 2, "left and right of the peak");
    let area = plot(&frame, &options).plot_area();
    let (left, right) = (area.left * 8.0, (area.left + area.width) * 8.0);
    assert_eq!(f64::from(paths[0][0].0), left);
    assert_eq!(f64::from(paths[1].last().unwrap().0), right);
}

#[test]
fn grid_lines_lie_on_whole_device_pixels() {
    let frame = frame(&[0.0, 100.0], &[&[1.0, 77.0]]);
    let surface = Surface::new(397.3, 181.7).with_resolution(1.25, 8);
    let options = TimeSeriesOptions::new((0.0, 3_601.0));
    let plot = TimeSeriesPlot::new(&frame, &options, surface, Theme::dark(), &measure);
    let shapes = record(surface, |area| {
        plot.draw(area, &frame).unwrap();
        plot.draw_cursor(area, &frame, 33.3, None).unwrap();
    });
    let mut count = 0;
    for shape in shapes {
        if let Shape::Rect((left, top), (right, bottom), _) = shape {
            assert!([left, top, right, bottom].iter().all(|edge| edge % 8 == 0));
            assert!(
                right - left == 8 || bottom - top == 8,
                "one device pixel thick"
            );
            count += 1;
        }
    }
    assert!(count > 5);
}

#[test]
fn charts_of_small_and_large_values_have_the_same_left_edge() {
    let small = frame(&[0.0, 1.0], &[&[0.0, 1.0]]);
    let large = frame(&[0.0, 1.0], &[&[0.0, 90_000.0]]);
    let options = TimeSeriesOptions::new((0.0, 1.0));
    let left = |frame| plot(frame, &options).plot_area().left;
    assert_eq!(left(&small), left(&large));
    let wide = TimeSeriesOptions {
        labels: &|marks, _| vec!["w".repeat(14); marks.len()],
        ..options
    };
    assert!(plot(&small, &wide).plot_area().left > left(&small));
}

#[test]
fn labels_come_from_the_caller_and_the_viewers_zone() {
    let frame = frame(&[0.0, 1.0], &[&[0.0, 100.0]]);
    let options = TimeSeriesOptions {
        labels: &|marks, step| {
            assert_eq!(step, 20.0);
            marks.iter().map(|mark| format!("{mark} %")).collect()
        },
        utc_offset: &|_| 5 * 3600 + 1800,
        ..TimeSeriesOptions::new((0.0, 7_200.0))
    };
    let shapes = drawn(&frame, &options);
    assert_eq!(
        shapes.iter().filter_map(Shape::text).collect::<Vec<_>>(),
        [
            "0 %", "20 %", "40 %", "60 %", "80 %", "100 %", "05:30", "06:00", "06:30", "07:00",
            "07:30"
        ]
    );
}

#[test]
fn dense_lines_are_thinned_to_what_the_pixels_can_show() {
    let times: Vec<f64> = (0..50_000).map(f64::from).collect();
    let values: Vec<f64> = (0..50_000).map(|i| f64::from(i * 7_919 % 1_000)).collect();
    let frame = frame(&times, &[&values]);
    let shapes = drawn(&frame, &TimeSeriesOptions::new((0.0, 50_000.0)));
    let pixels = plot(&frame, &TimeSeriesOptions::new((0.0, 50_000.0)))
        .plot_area()
        .width
        * 2.0;
    let points = paths(&shapes)[0].len();
    assert!(
        points as f64 <= 4.0 * pixels + 8.0,
        "{points} points on {pixels} pixels"
    );
}

#[test]
fn the_mouse_finds_the_nearest_time_and_series() {
    let frame = frame(&[0.0, 50.0, 100.0], &[&[10.0; 3], &[90.0; 3], &[NAN; 3]]);
    let plot = plot(&frame, &TimeSeriesOptions::new((0.0, 100.0)));
    let x = plot.x_of(60.0);
    assert_eq!(plot.nearest_index(&frame, x), Some(1));
    assert!((plot.time_at(x) - 60.0).abs() < 1e-9);
    let near = plot
        .nearest_series(&frame, x, plot.y_of(88.0), 20.0)
        .unwrap();
    assert_eq!((near.series, near.index), (1, 1));
    assert_eq!(plot.nearest_series(&frame, x, plot.y_of(50.0), 20.0), None);
}

#[test]
fn times_left_and_right_of_the_plot_are_its_ends() {
    let frame = Frame::default();
    let plot = plot(&frame, &TimeSeriesOptions::new((100.0, 200.0)));
    assert_eq!(plot.time_at(-50.0), 100.0);
    assert_eq!(plot.time_at(9_999.0), 200.0);
    assert_eq!(plot.time_at(NAN), 100.0);
    assert_eq!(plot.nearest_index(&frame, 150.0), None);
}

#[test]
fn the_cursor_marks_every_visible_series_that_has_a_sample() {
    let frame = frame(
        &[0.0, 50.0, 100.0],
        &[&[1.0; 3], &[2.0; 3], &[3.0, NAN, 3.0]],
    );
    let plot = plot(&frame, &TimeSeriesOptions::new((0.0, 100.0)));
    let cursor = |time, highlighted| {
        record(surface(), |area| {
            plot.draw_cursor(area, &frame, time, highlighted).unwrap()
        })
    };
    let discs = |shapes: &[Shape]| {
        shapes
            .iter()
            .filter(|s| matches!(s, Shape::Disc(..)))
            .count()
    };
    assert_eq!(
        discs(&cursor(50.0, None)),
        4,
        "two points, each with its ring"
    );
    assert_eq!(
        paths(&cursor(50.0, Some(1))).len(),
        1,
        "the highlighted line once more"
    );
    assert_eq!(cursor(100.1, None), [], "a cursor of another range");
}

#[test]
fn a_selection_covers_its_range_in_either_direction() {
    let frame = Frame::default();
    let plot = plot(&frame, &TimeSeriesOptions::new((0.0, 100.0)));
    let select = |from, to| {
        record(surface(), |area| {
            plot.draw_selection(area, from, to).unwrap()
        })
    };
    assert_eq!(select(20.0, 60.0), select(60.0, 20.0));
}

#[test]
fn thresholds_are_drawn_where_the_axis_has_them() {
    let frame = frame(&[0.0, 1.0], &[&[0.0, 100.0]]);
    let color = Theme::light().palette.slot(7).color;
    let thresholds = [80.0, 800.0].map(|value| Threshold { value, color });
    let options = TimeSeriesOptions {
        thresholds: &thresholds,
        ..TimeSeriesOptions::new((0.0, 1.0))
    };
    let lines = drawn(&frame, &options)
        .iter()
        .filter(|shape| matches!(shape, Shape::Rect(_, _, found) if *found == color))
        .count();
    assert_eq!(lines, 1);
}

#[test]
fn moments_are_drawn_where_the_axis_has_them() {
    let frame = frame(&[0.0, 1.0], &[&[0.0, 100.0]]);
    let color = Theme::light().palette.slot(7).color;
    let moments = [0.5, 7.0, NAN].map(|time| Moment { time, color });
    let options = TimeSeriesOptions {
        moments: &moments,
        ..TimeSeriesOptions::new((0.0, 1.0))
    };
    let shapes = drawn(&frame, &options);
    let lines = shapes.iter().filter_map(|shape| match shape {
        Shape::Rect(from, to, found) if *found == color => Some((from.0, to.0)),
        _ => None,
    });
    let lines: Vec<_> = lines.collect();
    let at = surface().units(plot(&frame, &options).x_of(0.5));
    assert!(matches!(lines[..], [(from, to)] if (from..=to).contains(&at)));
}

#[test]
fn a_surface_without_room_is_no_trouble() {
    let frame = frame(&[0.0, 1.0, 2.0], &[&[0.0, 100.0, 3.0]]);
    for (width, height) in [(0.0, 0.0), (1.0, 1.0), (30.0, 400.0), (400.0, 20.0)] {
        let surface = Surface::new(width, height);
        let options = TimeSeriesOptions::new((0.0, 2.0));
        let plot = TimeSeriesPlot::new(&frame, &options, surface, Theme::light(), &measure);
        record(surface, |area| {
            plot.draw(area, &frame).unwrap();
            plot.draw_cursor(area, &frame, 1.0, Some(0)).unwrap();
        });
    }
}

proptest! {
    #[test]
    fn no_line_leaves_the_plot_whatever_the_values(
        values in prop::collection::vec(any::<f64>(), 0..60),
        start in -100.0..100.0, span in -10.0..200.0,
        min in any::<Option<f64>>(), max in any::<Option<f64>>(), soft_max in any::<Option<f64>>(),
    ) {
        let times: Vec<f64> = (0..values.len()).map(|index| index as f64).collect();
        let frame = frame(&times, &[&values]);
        let options = TimeSeriesOptions {
            limits: ValueLimits { min, max, soft_max },
            ..TimeSeriesOptions::new((start, start + span))
        };
        let area = plot(&frame, &options).plot_area();
        let shapes = drawn(&frame, &options);
        let inside = |&(x, y): &(i32, i32)| area.contains(f64::from(x) / 8.0, f64::from(y) / 8.0);
        prop_assert!(paths(&shapes).into_iter().flatten().all(inside));
    }
}
