//! Linear scales, and the range of values an axis has to show.

/// A linear map from a domain (values or times) to positions in units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    lo: f64,
    hi: f64,
    from: f64,
    slope: f64,
}

impl Scale {
    /// Maps `lo` to `from` and `hi` to `to`. A domain without extent maps everything to `from`.
    pub fn new((lo, hi): (f64, f64), (from, to): (f64, f64)) -> Self {
        let slope = if hi > lo {
            (to - from) / (hi - lo)
        } else {
            0.0
        };
        Self {
            lo,
            hi,
            from,
            slope,
        }
    }

    /// The domain, lower end first.
    pub fn domain(&self) -> (f64, f64) {
        (self.lo, self.hi)
    }

    /// The position of a value, not limited to the range.
    #[inline]
    pub fn position(&self, value: f64) -> f64 {
        self.from + (value - self.lo) * self.slope
    }

    /// The value at a position, not limited to the domain.
    pub fn value_at(&self, position: f64) -> f64 {
        if self.slope == 0.0 {
            self.lo
        } else {
            self.lo + (position - self.from) / self.slope
        }
    }
}

/// What a panel says about its value axis. What is not finite counts as not said.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ValueLimits {
    /// The bottom, whatever the data; without it the axis includes 0.
    pub min: Option<f64>,
    /// The top, whatever the data.
    pub max: Option<f64>,
    /// The top reaches at least here (`chartOptions.yMax` of dashboard files).
    pub soft_max: Option<f64>,
}

/// The values an axis has to show, and which of its ends may move to a round number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueDomain {
    /// Lower end.
    pub lo: f64,
    /// Upper end, always above `lo`.
    pub hi: f64,
    /// Whether the lower end may be lowered.
    pub lo_is_soft: bool,
    /// Whether the upper end may be raised.
    pub hi_is_soft: bool,
}

impl ValueDomain {
    /// Half of what `f64` holds, so that differences of two values stay finite.
    const LARGEST: f64 = f64::MAX / 4.0;

    /// Finds the domain for data between the two ends of `extent`.
    ///
    /// Without data it is 0 to 1, or 0 to the soft maximum. Ends that
    /// contradict each other (`min` above `max`) keep `min`.
    pub fn new(extent: Option<(f64, f64)>, limits: &ValueLimits) -> Self {
        let limit = |value: Option<f64>| {
            value
                .filter(|v| v.is_finite())
                .map(|v| v.clamp(-Self::LARGEST, Self::LARGEST))
        };
        let (min, max, soft_max) = (limit(limits.min), limit(limits.max), limit(limits.soft_max));
        let (data_lo, data_hi) = extent.unwrap_or((0.0, 0.0));

        let lo = min.unwrap_or_else(|| data_lo.min(0.0)).max(-Self::LARGEST);
        let soft_hi = match min {
            Some(_) => data_hi,
            None => data_hi.max(0.0),
        };
        let hi = max.unwrap_or_else(|| soft_max.map_or(soft_hi, |top| soft_hi.max(top)));
        let hi = hi.min(Self::LARGEST);

        // A domain thinner than this cannot hold ticks that differ as numbers.
        let thinnest = (lo.abs().max(hi.abs()) * 1e-9).max(1e-290);
        if hi - lo > thinnest {
            Self {
                lo,
                hi,
                lo_is_soft: min.is_none(),
                hi_is_soft: max.is_none(),
            }
        } else if min.is_none() && max.is_some() {
            // Everything lies above the given top: keep the top, show what is below it.
            let hi = hi.min(lo);
            let room = if hi == 0.0 { 1.0 } else { hi.abs() * 0.1 };
            Self {
                lo: hi - room,
                hi,
                lo_is_soft: true,
                hi_is_soft: false,
            }
        } else {
            let room = if lo == 0.0 { 1.0 } else { lo.abs() * 0.1 };
            Self {
                lo,
                hi: lo + room,
                lo_is_soft: min.is_none(),
                hi_is_soft: true,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn domain(extent: (f64, f64), limits: ValueLimits) -> (f64, f64) {
        let domain = ValueDomain::new(Some(extent), &limits);
        (domain.lo, domain.hi)
    }

    #[test]
    fn zero_is_included_unless_the_bottom_is_given() {
        assert_eq!(domain((40.0, 60.0), ValueLimits::default()), (0.0, 60.0));
        assert_eq!(domain((-5.0, -2.0), ValueLimits::default()), (-5.0, 0.0));
        let limits = ValueLimits {
            min: Some(35.0),
            ..ValueLimits::default()
        };
        assert_eq!(domain((40.0, 60.0), limits), (35.0, 60.0));
    }

    #[test]
    fn a_soft_maximum_only_raises_the_top() {
        let limits = ValueLimits {
            soft_max: Some(100.0),
            ..ValueLimits::default()
        };
        assert_eq!(domain((1.0, 60.0), limits), (0.0, 100.0));
        assert_eq!(domain((1.0, 160.0), limits), (0.0, 160.0));
    }

    #[test]
    fn a_hard_maximum_cuts() {
        let limits = ValueLimits {
            max: Some(1.0),
            soft_max: Some(7.0),
            ..ValueLimits::default()
        };
        assert_eq!(domain((0.0, 50.0), limits), (0.0, 1.0));
    }

    #[test]
    fn no_data_still_has_an_axis() {
        let domain = ValueDomain::new(None, &ValueLimits::default());
        assert_eq!((domain.lo, domain.hi), (0.0, 1.0));
    }

    proptest! {
        #[test]
        fn every_input_gives_a_finite_domain_with_extent(
            a in any::<f64>(), b in any::<f64>(),
            min in any::<Option<f64>>(), max in any::<Option<f64>>(), soft_max in any::<Option<f64>>(),
        ) {
            let extent = (a.is_finite() && b.is_finite()).then(|| (a.min(b), a.max(b)));
            let domain = ValueDomain::new(extent, &ValueLimits { min, max, soft_max });
            prop_assert!(domain.lo.is_finite() && domain.hi.is_finite());
            prop_assert!((domain.hi - domain.lo).is_finite());
            prop_assert!(domain.lo < domain.hi, "{domain:?}");
        }

        #[test]
        fn positions_and_values_are_inverse(
            lo in -1e9..1e9, span in 1e-3..1e9, value in -1e9..1e9, to in 10.0..4000.0,
        ) {
            let scale = Scale::new((lo, lo + span), (to, 0.0));
            let back = scale.value_at(scale.position(value));
            prop_assert!((back - value).abs() <= 1e-9 * (value.abs() + lo.abs() + span));
        }
    }
}
