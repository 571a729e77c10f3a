//! Cuts lines into dashes; backends of plotters only draw solid ones.

use crate::surface::Point;

/// Calls `draw` with each dash of a line. `on` and `off` are lengths in units;
/// the pattern runs on around corners.
pub fn dashes(points: &[Point], on: f64, off: f64, draw: &mut dyn FnMut(&[Point])) {
    let (on, off) = (on.max(1.0), off.max(1.0));
    let mut dash: Vec<Point> = points.first().copied().into_iter().collect();
    let mut is_on = true;
    let mut left = on;
    for (&a, &b) in points.iter().zip(points.iter().skip(1)) {
        let (ax, ay) = (f64::from(a.0), f64::from(a.1));
        let (dx, dy) = (f64::from(b.0) - ax, f64::from(b.1) - ay);
        let length = (dx * dx + dy * dy).sqrt();
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let share = done / length;
            let corner = (
                (ax + dx * share).round() as i32,
                (ay + dy * share).round() as i32,
            );
            if is_on {
                dash.push(corner);
                draw(&dash);
                dash.clear();
            } else {
                dash.push(corner);
            }
            is_on = !is_on;
            left = if is_on { on } else { off };
        }
        left -= length - done;
        if is_on {
            dash.push(b);
        }
    }
    if dash.len() > 1 {
        draw(&dash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(points: &[Point], on: f64, off: f64) -> Vec<Vec<Point>> {
        let mut all = Vec::new();
        dashes(points, on, off, &mut |dash| all.push(dash.to_vec()));
        all
    }

    #[test]
    fn dashes_bend_around_corners() {
        assert_eq!(
            cut(&[(0, 0), (10, 0), (10, 10)], 6.0, 3.0),
            [
                vec![(0, 0), (6, 0)],
                vec![(9, 0), (10, 0), (10, 5)],
                vec![(10, 8), (10, 10)]
            ]
        );
    }

    #[test]
    fn nothing_has_no_dashes() {
        assert!(cut(&[], 6.0, 3.0).is_empty());
        assert!(cut(&[(1, 1)], 6.0, 3.0).is_empty());
    }

    proptest! {
        #[test]
        fn dashes_have_their_length(
            line in prop::collection::vec((0..500, 0..500), 2..20), on in 4.0..30.0, off in 4.0..30.0,
        ) {
            let dashes = cut(&line, on, off);
            for dash in &dashes {
                let length: f64 = dash
                    .windows(2)
                    .map(|pair| f64::from(pair[1].0 - pair[0].0).hypot(f64::from(pair[1].1 - pair[0].1)))
                    .sum();
                // Corners are rounded to whole units.
                prop_assert!(length <= on + 2.0, "{length} > {on}");
            }
        }
    }
}
