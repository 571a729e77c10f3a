//! The grid of a graph: how far apart its points lie, and where the grid starts.
//!
//! Start and end are multiples of the step, so that a graph does not change its shape when it
//! is refreshed, and so that equal views of many people are equal requests.

use crate::time::Span;

/// Steps that divide the clock evenly, seconds.
const STEPS: [u64; 18] = [
    1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400,
];

/// No graph is finer than this many seconds: hardly anything is scraped more often.
pub const FINEST_STEP: u64 = 5;

/// The moment of the finest grid at or just before one, in unix seconds: what an instant query
/// asks for, so that people who look at the same view within that time ask the same.
pub fn instant(at: f64) -> i64 {
    Grid::aligned(Span { start: at, end: at }, FINEST_STEP).end
}

/// A resolved range on its grid: unix seconds, both ends inclusive and multiples of `step`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Grid {
    /// The first point.
    pub start: i64,
    /// The last point, not before `start`.
    pub end: i64,
    /// Seconds between points, at least one.
    pub step: u64,
}

impl Grid {
    /// The grid for a range drawn `width` CSS pixels wide: the smallest even step that leaves
    /// a pixel and a half to each point, and never below `min_step` seconds.
    pub fn for_width(span: Span, width: f64, min_step: u64) -> Self {
        let wanted = (span.seconds() * 1.5 / width.max(1.0))
            .max(min_step as f64)
            .max(1.0);
        let step = STEPS
            .iter()
            .copied()
            .find(|it| *it as f64 >= wanted)
            .unwrap_or_else(|| {
                let days = (wanted / 86_400.0).ceil() as u64;
                days.max(1).saturating_mul(86_400)
            });
        Self::aligned(span, step)
    }

    /// The grid of `step` seconds that lies within and just before the span.
    pub fn aligned(span: Span, step: u64) -> Self {
        let step = step.max(1);
        let floor = |at: f64| {
            let steps = (at / step as f64).floor();
            (steps as i64).saturating_mul(step as i64)
        };
        let start = floor(span.start);
        Self {
            start,
            end: floor(span.end).max(start),
            step,
        }
    }

    /// How many points the grid has.
    pub fn len(self) -> usize {
        (self.end.saturating_sub(self.start).max(0) as u64 / self.step.max(1)) as usize + 1
    }

    /// A grid always has its first point.
    pub fn is_empty(self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_even_steps() {
        let cases = [(300.0, 1), (3600.0, 10), (86_400.0, 300), (604_800.0, 1800)];
        for (seconds, step) in cases {
            let span = Span {
                start: 1e9,
                end: 1e9 + seconds,
            };
            assert_eq!(Grid::for_width(span, 600.0, 1).step, step, "{seconds}");
        }
        let span = Span {
            start: 0.0,
            end: 300.0,
        };
        assert_eq!(Grid::for_width(span, 600.0, 5).step, 5);
    }

    #[test]
    fn an_instant_is_asked_for_on_the_finest_grid() {
        let cases = [(100.0, 100), (104.999, 100), (105.0, 105), (-0.5, -5)];
        for (at, asked) in cases {
            assert_eq!(instant(at), asked, "{at}");
        }
    }

    proptest! {
        #[test]
        fn ends_are_on_the_grid(start in 0f64..4e9, seconds in 1f64..4e8, width in 1f64..5000.0) {
            let span = Span { start, end: start + seconds };
            let grid = Grid::for_width(span, width, 1);
            prop_assert_eq!(grid.start.rem_euclid(grid.step as i64), 0);
            prop_assert_eq!(grid.end.rem_euclid(grid.step as i64), 0);
            prop_assert!(grid.start as f64 <= span.start && grid.end as f64 <= span.end);
            prop_assert!(grid.len() as f64 <= width / 1.5 + 2.0);
        }

        #[test]
        fn never_panics(start in any::<f64>(), end in any::<f64>(), width in any::<f64>(), min in any::<u64>()) {
            Grid::for_width(Span { start, end }, width, min).len();
            instant(start);
        }
    }
}
