//! Leaves out the points that a picture cannot show.
//!
//! Within one column of device pixels a line covers everything between its
//! lowest and highest point. Where more than four points share a column, only
//! the first, the lowest, the highest and the last are kept, in the order of
//! time: the line enters and leaves the column where it did and covers the
//! same pixels. Lines with up to two points a column are left alone.

use crate::surface::Point;

/// Thins the points of one unbroken line in place and returns what is left; `x`
/// must not descend.
///
/// `column` is the width of a device pixel in units.
pub fn thin(points: &mut [Point], column: i32) -> &[Point] {
    let column = column.max(1);
    let Some((first, last)) = points.first().zip(points.last()) else {
        return points;
    };
    // With two points a column there is hardly anything to leave out.
    if points.len() as i64 <= 2 * (i64::from(last.0) - i64::from(first.0)) / i64::from(column) {
        return points;
    }
    let mut kept = 0;
    let mut start = 0;
    while let Some(&(x, _)) = points.get(start) {
        let here = x.div_euclid(column);
        let rest = points.get(start..).unwrap_or_default();
        let length = rest
            .iter()
            .take_while(|(x, _)| x.div_euclid(column) == here)
            .count();
        kept = keep(points, start, length, kept);
        start += length;
    }
    points.get(..kept).unwrap_or_default()
}

/// Moves what is kept of `points[start..start + length]` to `to` and returns where it ends.
fn keep(points: &mut [Point], start: usize, length: usize, to: usize) -> usize {
    if length <= 4 {
        points.copy_within(start..start + length, to);
        return to + length;
    }
    let last = start + length - 1;
    let (mut lowest, mut highest) = (start, start);
    for index in start..=last {
        if points[index].1 < points[lowest].1 {
            lowest = index;
        }
        if points[index].1 > points[highest].1 {
            highest = index;
        }
    }
    let mut to = to;
    let mut previous = None;
    for index in [start, lowest.min(highest), lowest.max(highest), last] {
        if previous != Some(index) {
            points[to] = points[index];
            to += 1;
            previous = Some(index);
        }
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line() -> impl Strategy<Value = Vec<Point>> {
        prop::collection::vec((0..6, -500..500), 0..400).prop_map(|steps| {
            let mut x = -40;
            steps
                .into_iter()
                .map(|(dx, y)| {
                    x += dx;
                    (x, y)
                })
                .collect()
        })
    }

    /// First, lowest, highest and last `y` of each column.
    fn columns(points: &[Point], column: i32) -> Vec<(i32, [i32; 4])> {
        points
            .chunk_by(|a, b| a.0.div_euclid(column) == b.0.div_euclid(column))
            .map(|points| {
                let ys = || points.iter().map(|point| point.1);
                let (first, last) = (points[0], points[points.len() - 1]);
                let low = ys().min().unwrap();
                let high = ys().max().unwrap();
                (first.0.div_euclid(column), [first.1, low, high, last.1])
            })
            .collect()
    }

    #[test]
    fn a_column_keeps_its_extremes_in_order() {
        let mut points = vec![(0, 5), (1, 9), (2, 6), (3, 1), (4, 7), (5, 4), (8, 3)];
        let points = thin(&mut points, 8);
        assert_eq!(points, [(0, 5), (1, 9), (3, 1), (5, 4), (8, 3)]);
    }

    #[test]
    fn few_points_stay_as_they_are() {
        let line = vec![(0, 1), (1, 2), (1, 2), (9, 4)];
        let mut points = line.clone();
        assert_eq!(thin(&mut points, 8), line);
    }

    proptest! {
        #[test]
        fn the_shape_is_exact(line in line(), column in 1..20) {
            let mut thinned = line.clone();
            let thinned = thin(&mut thinned, column);
            prop_assert_eq!(columns(thinned, column), columns(&line, column));
        }

        #[test]
        fn at_most_four_points_a_column_remain_and_none_is_new(line in line(), column in 10..20) {
            let mut thinned = line.clone();
            let thinned = thin(&mut thinned, column);
            let column_of = |point: &Point| point.0.div_euclid(column);
            for points in thinned.chunk_by(|a, b| column_of(a) == column_of(b)) {
                prop_assert!(points.len() <= 4);
            }
            let mut rest = line.iter();
            prop_assert!(thinned.iter().all(|point| rest.any(|original| original == point)));
        }
    }
}
