//! Marks of the value axis, round in the base the unit is read in.

use crate::scale::{ValueDomain, ValueLimits};

/// Least distance of two marks in CSS pixels.
const MIN_GAP: f64 = 32.0;

/// What counts as a round number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TickBase {
    /// 1, 2, 2.5 and 5 times a power of ten.
    #[default]
    Decimal,
    /// Powers of two, for units with prefixes of 1024.
    Binary,
    /// Parts and multiples of minute, hour and day, for values in seconds.
    Time,
}

impl TickBase {
    /// The smallest round step that is not below `least`.
    fn step(self, least: f64) -> f64 {
        // Powers of ten below this are not exact enough to step by.
        let least = least.max(1e-290);
        match self {
            Self::Binary if least > 1.0 => 2f64.powi(least.log2().ceil() as i32),
            Self::Time if least > 1.0 => seconds_step(least),
            _ => decimal_step(least),
        }
    }
}

fn decimal_step(least: f64) -> f64 {
    let power = 10f64.powi(least.log10().floor() as i32);
    // The tolerance keeps 0.2 from missing itself by the last bit.
    let fits = |step: &f64| *step >= least * (1.0 - 1e-9);
    [power, 2.0 * power, 2.5 * power, 5.0 * power]
        .into_iter()
        .find(fits)
        .unwrap_or(10.0 * power)
}

fn seconds_step(least: f64) -> f64 {
    const MINUTE: f64 = 60.0;
    const HOUR: f64 = 60.0 * MINUTE;
    const DAY: f64 = 24.0 * HOUR;
    let within_a_day = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0]
        .into_iter()
        .chain([1.0, 2.0, 5.0, 10.0, 15.0, 30.0].map(|minutes| minutes * MINUTE))
        .chain([1.0, 2.0, 3.0, 6.0, 12.0, 24.0].map(|hours| hours * HOUR));
    let fits = |step: &f64| *step >= least * (1.0 - 1e-9);
    within_a_day
        .into_iter()
        .find(fits)
        .unwrap_or_else(|| DAY * decimal_step(least / DAY))
}

/// A value axis: its range, rounded outward where its ends may move, and its marks.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueAxis {
    /// Lower end.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
    /// Distance of two marks.
    pub step: f64,
    /// Values of the marks, ascending, all within the range.
    pub marks: Vec<f64>,
}

impl ValueAxis {
    /// Lays out an axis of `height` CSS pixels for data between the ends of `extent`.
    pub fn new(
        extent: Option<(f64, f64)>,
        limits: &ValueLimits,
        base: TickBase,
        height: f64,
    ) -> Self {
        let domain = ValueDomain::new(extent, limits);
        let most = (height / MIN_GAP).floor().max(1.0);
        let mut step = base.step((domain.hi - domain.lo) / most);
        let (mut lo, mut hi) = rounded(&domain, step);
        // Rounding outward may add a step too many. An axis that crosses 0 has
        // two steps at least, so this cannot always be cured.
        for _ in 0..3 {
            if (hi - lo) / step <= most + 1e-9 {
                break;
            }
            step = base.step(step * 1.5);
            (lo, hi) = rounded(&domain, step);
        }
        Self {
            lo,
            hi,
            step,
            marks: marks(lo, hi, step),
        }
    }
}

fn rounded(domain: &ValueDomain, step: f64) -> (f64, f64) {
    let ValueDomain {
        lo,
        hi,
        lo_is_soft,
        hi_is_soft,
    } = *domain;
    let down = if lo_is_soft {
        ((lo / step + 1e-9).floor() * step).min(lo)
    } else {
        lo
    };
    let up = if hi_is_soft {
        ((hi / step - 1e-9).ceil() * step).max(hi)
    } else {
        hi
    };
    (down, up)
}

fn marks(lo: f64, hi: f64, step: f64) -> Vec<f64> {
    let first = (lo / step - 1e-9).ceil();
    let last = (hi / step + 1e-9).floor();
    let count = (last - first + 1.0).clamp(0.0, 1000.0) as u32;
    // Multiples of the step rather than sums, so that errors do not add up; `+ 0.0` turns -0 into 0.
    (0..count)
        .map(|i| ((first + f64::from(i)) * step + 0.0).clamp(lo, hi))
        .collect()
}

/// Labels for a value axis without a unit: plain decimals, all to the same digit.
pub fn plain_labels(marks: &[f64], step: f64) -> Vec<String> {
    let digits = |step: f64| (-step.log10().floor()).clamp(0.0, 12.0) as usize;
    // A step of 2.5 has one digit more than its power of ten.
    let is_whole = (step * 10f64.powi(digits(step) as i32)).fract() < 1e-6;
    let digits = digits(step) + usize::from(!is_whole);
    marks
        .iter()
        .map(|value| format!("{value:.digits$}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn axis(extent: (f64, f64), base: TickBase) -> Vec<f64> {
        ValueAxis::new(Some(extent), &ValueLimits::default(), base, 180.0).marks
    }

    #[test]
    fn decimal_marks_are_round() {
        assert_eq!(
            axis((3.0, 72.0), TickBase::Decimal),
            [0.0, 20.0, 40.0, 60.0, 80.0]
        );
        assert_eq!(axis((0.0, 1.0), TickBase::Decimal).len(), 6);
        assert_eq!(axis((0.0, 104.0), TickBase::Decimal)[1], 25.0);
    }

    #[test]
    fn binary_marks_are_powers_of_two() {
        const MIB: f64 = 1024.0 * 1024.0;
        assert_eq!(
            axis((0.0, 900.0 * MIB), TickBase::Binary),
            [0.0, 256.0 * MIB, 512.0 * MIB, 768.0 * MIB, 1024.0 * MIB]
        );
        assert_eq!(axis((0.0, 0.004), TickBase::Binary).len(), 5);
    }

    #[test]
    fn marks_of_durations_are_those_of_a_clock() {
        assert_eq!(
            axis((0.0, 100.0), TickBase::Time),
            [0.0, 30.0, 60.0, 90.0, 120.0]
        );
        assert_eq!(axis((0.0, 80_000.0), TickBase::Time)[1], 21_600.0);
        assert_eq!(axis((0.0, 8e6), TickBase::Time)[1], 20.0 * 86_400.0);
    }

    #[test]
    fn negative_values_are_visible() {
        assert_eq!(
            axis((-7.0, 12.0), TickBase::Decimal),
            [-10.0, -5.0, 0.0, 5.0, 10.0, 15.0]
        );
    }

    #[test]
    fn hard_ends_stay_where_they_are() {
        let limits = ValueLimits {
            min: Some(13.0),
            max: Some(57.0),
            soft_max: None,
        };
        let axis = ValueAxis::new(Some((0.0, 99.0)), &limits, TickBase::Decimal, 180.0);
        assert_eq!((axis.lo, axis.hi), (13.0, 57.0));
        assert_eq!(axis.marks, [20.0, 30.0, 40.0, 50.0]);
    }

    #[test]
    fn plain_labels_share_their_digits() {
        assert_eq!(plain_labels(&[0.0, 0.5, 1.0], 0.5), ["0.0", "0.5", "1.0"]);
        assert_eq!(plain_labels(&[0.0, 0.25], 0.25), ["0.00", "0.25"]);
        assert_eq!(plain_labels(&[0.0, 200.0], 200.0), ["0", "200"]);
    }

    proptest! {
        #[test]
        fn an_axis_is_never_broken(
            a in any::<f64>(), b in any::<f64>(), height in -10.0..3000.0,
            min in any::<Option<f64>>(), max in any::<Option<f64>>(),
            base in prop_oneof![Just(TickBase::Decimal), Just(TickBase::Binary), Just(TickBase::Time)],
        ) {
            let extent = (a.is_finite() && b.is_finite()).then(|| (a.min(b), a.max(b)));
            let limits = ValueLimits { min, max, soft_max: None };
            let axis = ValueAxis::new(extent, &limits, base, height);
            prop_assert!(axis.lo < axis.hi && axis.step > 0.0, "{axis:?}");
            prop_assert!((axis.hi - axis.lo).is_finite(), "{axis:?}");
            prop_assert!(axis.marks.len() <= 100, "{} marks", axis.marks.len());
            prop_assert!(axis.marks.iter().all(|mark| (axis.lo..=axis.hi).contains(mark)));
            prop_assert!(axis.marks.is_sorted());
        }

        #[test]
        fn marks_keep_their_distance(
            a in -1e6..1e6, b in -1e6..1e6, height in 100.0..2000.0,
        ) {
            let axis = ValueAxis::new(
                Some((f64::min(a, b), f64::max(a, b))), &ValueLimits::default(),
                TickBase::Decimal, height,
            );
            prop_assert!(axis.step / (axis.hi - axis.lo) * height >= MIN_GAP - 1e-6);
            prop_assert!(axis.marks.len() >= 2);
        }
    }
}
