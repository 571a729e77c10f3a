//! What a donut draws.

use venti_chart::{Color, PiePlot, Slice, Surface, Theme};

use crate::recorder::{Shape, record};

fn surface() -> Surface {
    Surface::new(180.0, 180.0).with_resolution(1.0, 8)
}

fn drawn(values: &[f64], highlighted: Option<usize>) -> Vec<Shape> {
    let slice = |(index, value): (usize, &f64)| Slice {
        label: index.to_string(),
        value: *value,
        color: Color::hex(index as u32 + 1),
    };
    let slices: Vec<Slice> = values.iter().enumerate().map(slice).collect();
    let pie = PiePlot::new(&slices, surface(), Theme::light()).with_center("58", "pods");
    record(surface(), |area| {
        pie.draw(area, highlighted).expect("recording cannot fail")
    })
}

fn polygons(shapes: &[Shape]) -> Vec<&[(i32, i32)]> {
    shapes.iter().filter_map(Shape::polygon).collect()
}

#[test]
fn every_slice_with_a_value_is_one_polygon() {
    let shapes = drawn(&[42.0, 0.0, 12.0, f64::NAN, -3.0, 4.0], None);
    assert_eq!(polygons(&shapes).len(), 3);
}

#[test]
fn a_single_slice_is_a_whole_ring_without_a_seam() {
    let shapes = drawn(&[0.0, 3.0], Some(1));
    assert!(polygons(&shapes).is_empty());
    let rings = shapes
        .iter()
        .filter(|shape| matches!(shape, Shape::Ring(..)))
        .count();
    assert_eq!(rings, 1);
}

#[test]
fn nothing_at_all_is_a_faint_ring() {
    for values in [&[][..], &[0.0, 0.0], &[f64::NAN]] {
        let shapes = drawn(values, Some(0));
        assert!(matches!(shapes[0], Shape::Ring(_, _, _, color) if color == Theme::light().grid));
    }
}

#[test]
fn slices_stay_apart_and_within_the_surface() {
    let shapes = drawn(&[1.0, 1.0, 1e-9, 7.0], None);
    let (width, height) = surface().size();
    for polygon in polygons(&shapes) {
        assert!(polygon.iter().all(|&(x, y)| {
            (0..=width as i32).contains(&x) && (0..=height as i32).contains(&y)
        }));
    }
    let firsts: Vec<_> = polygons(&shapes).iter().map(|polygon| polygon[0]).collect();
    let lasts: Vec<_> = polygons(&shapes)
        .iter()
        .map(|polygon| *polygon.last().unwrap())
        .collect();
    assert!(firsts.iter().all(|first| !lasts.contains(first)));
}

#[test]
fn the_highlighted_slice_reaches_further_and_the_others_are_dimmed() {
    let alphas = |highlighted| {
        let alpha = |shape: &Shape| match shape {
            Shape::Polygon(_, color) => Some(color.alpha),
            _ => None,
        };
        drawn(&[1.0, 1.0], highlighted)
            .iter()
            .filter_map(alpha)
            .collect::<Vec<_>>()
    };
    assert_eq!(alphas(None), [1.0, 1.0]);
    assert_eq!(alphas(Some(1)), [0.45, 1.0]);
    assert_eq!(alphas(Some(9)), [1.0, 1.0], "no such slice");
}

#[test]
fn the_middle_says_what_it_was_told() {
    let shapes = drawn(&[1.0], None);
    assert_eq!(
        shapes.iter().filter_map(Shape::text).collect::<Vec<_>>(),
        ["58", "pods"]
    );
}
