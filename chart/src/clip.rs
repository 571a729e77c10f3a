//! Cuts lines at the edges of the plot.
//!
//! Backends of plotters do not clip, and a hard maximum or a range that starts
//! between two samples leaves points outside.

use crate::surface::Point;

/// A rectangle in units, edges included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Left edge.
    pub left: i32,
    /// Top edge.
    pub top: i32,
    /// Right edge, not left of `left`.
    pub right: i32,
    /// Bottom edge, not above `top`.
    pub bottom: i32,
}

impl Bounds {
    /// Whether a whole line is inside or on an edge.
    #[inline(never)]
    pub fn contain(&self, points: &[Point]) -> bool {
        points.iter().all(|&point| self.contains(point))
    }

    /// Whether a point is inside or on an edge.
    pub fn contains(&self, (x, y): Point) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    fn nearest(&self, (x, y): Point) -> Point {
        let (x, y) = (
            x.max(self.left).min(self.right),
            y.max(self.top).min(self.bottom),
        );
        (x, y)
    }

    /// Calls `piece` with the parts of the line `a b` between the crossings of
    /// the four edge lines, and with whether the part lies inside.
    fn pieces(&self, a: Point, b: Point, mut piece: impl FnMut(Point, Point, bool)) {
        let (ax, ay) = (f64::from(a.0), f64::from(a.1));
        let (dx, dy) = (f64::from(b.0) - ax, f64::from(b.1) - ay);
        let crossing = |from: f64, delta: f64, edge: i32| {
            let share = (f64::from(edge) - from) / delta;
            if share > 0.0 && share < 1.0 {
                share
            } else {
                1.0
            }
        };
        let mut shares = [
            crossing(ax, dx, self.left),
            crossing(ax, dx, self.right),
            crossing(ay, dy, self.top),
            crossing(ay, dy, self.bottom),
        ];
        shares.sort_by(f64::total_cmp);
        let at = |share: f64| {
            (
                (ax + dx * share).round() as i32,
                (ay + dy * share).round() as i32,
            )
        };
        let mut from = 0.0;
        for share in shares.into_iter().chain([1.0]) {
            if share > from {
                let inside = self.contains(at((from + share) / 2.0));
                let end = if share < 1.0 { at(share) } else { b };
                let start = if from > 0.0 { at(from) } else { a };
                piece(start, end, inside);
                from = share;
            }
        }
    }
}

/// Calls `draw` with each part of a line that lies inside. A line has at least two points.
pub fn inside(points: &[Point], bounds: &Bounds, draw: &mut dyn FnMut(&[Point])) {
    if points.len() < 2 {
        return;
    }
    if bounds.contain(points) {
        draw(points);
        return;
    }
    let mut part: Vec<Point> = Vec::new();
    for (&a, &b) in points.iter().zip(points.iter().skip(1)) {
        bounds.pieces(a, b, |start, end, inside| {
            if inside {
                if part.is_empty() {
                    part.push(bounds.nearest(start));
                }
                part.push(bounds.nearest(end));
            } else if !part.is_empty() {
                draw(&part);
                part.clear();
            }
        });
    }
    if !part.is_empty() {
        draw(&part);
    }
}

/// The line pressed onto the bounds: what lies outside runs along the edge, so
/// the area below it is the visible part of the area below the line.
pub fn pressed(points: &[Point], bounds: &Bounds) -> Vec<Point> {
    let mut line: Vec<Point> = points
        .first()
        .map(|&point| bounds.nearest(point))
        .into_iter()
        .collect();
    for (&a, &b) in points.iter().zip(points.iter().skip(1)) {
        bounds.pieces(a, b, |_, end, _| line.push(bounds.nearest(end)));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BOUNDS: Bounds = Bounds {
        left: 0,
        top: 0,
        right: 100,
        bottom: 50,
    };

    fn parts(points: &[Point]) -> Vec<Vec<Point>> {
        let mut parts = Vec::new();
        inside(points, &BOUNDS, &mut |part| parts.push(part.to_vec()));
        parts
    }

    #[test]
    fn a_line_inside_stays_whole() {
        let line = [(0, 0), (50, 50), (100, 20)];
        assert_eq!(parts(&line), [line.to_vec()]);
    }

    #[test]
    fn a_peak_beyond_the_top_leaves_two_parts() {
        let line = [(0, 40), (40, -40), (80, 40)];
        assert_eq!(
            parts(&line),
            [vec![(0, 40), (20, 0)], vec![(60, 0), (80, 40)]]
        );
        assert_eq!(
            pressed(&line, &BOUNDS),
            [(0, 40), (20, 0), (40, 0), (60, 0), (80, 40)]
        );
    }

    #[test]
    fn a_line_between_two_outside_points_is_seen() {
        assert_eq!(parts(&[(-100, 25), (200, 25)]), [vec![(0, 25), (100, 25)]]);
        assert_eq!(parts(&[(-100, -25), (200, -25)]), Vec::<Vec<Point>>::new());
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_outside(
            line in prop::collection::vec((-1_000_000..1_000_000, -1_000_000..1_000_000), 0..20)
        ) {
            for part in parts(&line) {
                prop_assert!(part.len() >= 2);
                prop_assert!(part.iter().all(|&point| BOUNDS.contains(point)));
            }
            prop_assert!(pressed(&line, &BOUNDS).iter().all(|&point| BOUNDS.contains(point)));
        }
    }
}
