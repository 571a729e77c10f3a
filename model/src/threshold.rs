//! From a value to "ok", "warning" or "critical".

use serde::{Deserialize, Serialize};

/// A ladder of limits.
///
/// `values` may stand in any order. One value: critical beyond it. Two, as the original meant
/// them: `[a, b]` is ok up to `a`, a warning up to `b`, critical beyond; inverted, `[80, 100]`
/// is ok from 100, a warning from 80, critical below. On longer ladders everything beyond the
/// second value is critical.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The limits, in the unit of the value.
    pub values: Vec<f64>,
    /// Whether low values are the bad ones.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub invert: bool,
}

/// How bad a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Within all limits.
    Ok,
    /// Beyond the first limit.
    Warning,
    /// Beyond the second limit, or the only one.
    Critical,
}

impl Threshold {
    /// The level of a value; `None` without limits or for a value that is no number, because
    /// nothing may look healthy that was not compared.
    pub fn level(&self, value: f64) -> Option<Level> {
        if value.is_nan() || self.values.is_empty() {
            return None;
        }
        let breached = self.values.iter().filter(|it| {
            if self.invert {
                value < **it
            } else {
                value > **it
            }
        });
        Some(match breached.count() {
            0 => Level::Ok,
            1 if self.values.len() > 1 => Level::Warning,
            _ => Level::Critical,
        })
    }
}

/// The worst level that any of several ladders gives.
pub fn worst(thresholds: &[Threshold], value: f64) -> Option<Level> {
    thresholds.iter().filter_map(|it| it.level(value)).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Level::{Critical, Ok, Warning};

    fn check(values: &[f64], invert: bool, expected: &[(f64, Level)]) {
        let threshold = Threshold {
            values: values.to_vec(),
            invert,
        };
        for (value, level) in expected {
            assert_eq!(
                threshold.level(*value),
                Some(*level),
                "{value} on {values:?}"
            );
        }
    }

    #[test]
    fn keeps_the_originals_two_value_meaning() {
        let normal = [
            (80.0, Ok),
            (80.1, Warning),
            (100.0, Warning),
            (100.1, Critical),
        ];
        check(&[80.0, 100.0], false, &normal);
        check(&[100.0, 80.0], false, &normal);
        check(
            &[80.0, 100.0],
            true,
            &[
                (100.0, Ok),
                (99.0, Warning),
                (80.0, Warning),
                (79.0, Critical),
            ],
        );
    }

    #[test]
    fn ladders_of_other_lengths() {
        check(&[5.0], false, &[(5.0, Ok), (6.0, Critical)]);
        check(&[5.0], true, &[(5.0, Ok), (4.0, Critical)]);
        check(
            &[1.0, 2.0, 3.0],
            false,
            &[(1.0, Ok), (1.5, Warning), (2.5, Critical), (9.0, Critical)],
        );
    }

    #[test]
    fn what_was_not_compared_has_no_level() {
        assert_eq!(Threshold::default().level(1.0), None);
        let threshold = Threshold {
            values: vec![1.0],
            invert: false,
        };
        assert_eq!(threshold.level(f64::NAN), None);
    }
}
