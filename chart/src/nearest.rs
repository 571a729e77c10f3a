//! Finds the sample nearest to a place.

/// Position of the time nearest to `time`, or `None` when there are none. `times` ascends.
pub fn nearest_time(times: &[f64], time: f64) -> Option<usize> {
    let after = times.partition_point(|&t| t < time);
    let Some(&next) = times.get(after) else {
        return times.len().checked_sub(1);
    };
    let Some(before) = after.checked_sub(1) else {
        return Some(after);
    };
    let nearer_before = times
        .get(before)
        .is_some_and(|&previous| time - previous <= next - time);
    Some(if nearer_before { before } else { after })
}

/// Distance from `p` to the straight line between `a` and `b`.
pub fn distance_to_line(p: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 {
        ((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length
    } else {
        0.0
    };
    let share = along.clamp(0.0, 1.0);
    (p.0 - a.0 - share * dx).hypot(p.1 - a.1 - share * dy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn distances_are_to_the_segment_not_to_its_extension() {
        assert_eq!(distance_to_line((5.0, 3.0), (0.0, 0.0), (10.0, 0.0)), 3.0);
        assert_eq!(distance_to_line((13.0, 4.0), (0.0, 0.0), (10.0, 0.0)), 5.0);
        assert_eq!(distance_to_line((3.0, 4.0), (0.0, 0.0), (0.0, 0.0)), 5.0);
    }

    proptest! {
        #[test]
        fn no_other_time_is_nearer(
            mut times in prop::collection::vec(-1e6..1e6, 0..50), time in -2e6..2e6,
        ) {
            times.sort_by(f64::total_cmp);
            match nearest_time(&times, time) {
                None => prop_assert!(times.is_empty()),
                Some(index) => {
                    let best = (times[index] - time).abs();
                    prop_assert!(times.iter().all(|other| (other - time).abs() >= best));
                }
            }
        }
    }
}
